"""The certified global minimum: existence, completeness of the critical points, the lowest value.

Three things are needed, and each is named in the result. The infimum is attained (the objective
grows in all directions), hence at a critical point. No real critical point is missing: finitely
many zeros of the gradient, as many certified ones as an upper bound allows. The values of the
certified points are enclosed, and the lowest enclosure is the minimum's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx

from algebra.words import Word, weakest
from homotopy.morse import lowest, separated
from proofs.counting import CountResult
from proofs.critical_points import CriticalPoint, enclosure_strings, sharpened
from proofs.objectives import Objective

#: Digits to which points are refined while values of different orbits are not separated.
TIE_DIGITS = (60, 200)

#: Kinds of certificates that show dim Q[x]/I < ∞.
FINITE_KINDS = ("quotient-dimension", "signature", "groebner-basis")
POSITIVITY = (
    "W. Fulton, Intersection Theory, Theorem 12.2: intersections of ample divisors have positive "
    "contributions, so points that reach the Bézout number leave no room for a curve"
)
MODULAR = "finitely many critical points: exact algebra modulo primes"


@dataclass(frozen=True)
class Completeness:
    """Whether the certified points are all real critical points.

    Attributes
    ----------
    complete : bool
    word : Word
        How sure that is; `numerical` where it is not known.
    relies_on : tuple of str
    why : str
        What is missing; empty if `complete`.
    """

    complete: bool
    word: Word = Word.NUMERICAL
    relies_on: tuple[str, ...] = ()
    why: str = ""


def completeness(points: Sequence[CriticalPoint], counts: CountResult | None) -> Completeness:
    """Compare the certified points with the count of real zeros of the gradient."""
    found = sum(p.certified for p in points)
    if counts is None:
        return Completeness(False, why="the critical points were not counted")
    if counts.real.upper.value != found:
        return Completeness(
            False, why=f"{found} real critical points are certified, count says {counts.real!r}"
        )
    word, reasons, why = finiteness(counts)
    if why:
        return Completeness(False, why=why)
    relies = tuple(dict.fromkeys((*counts.complex.upper.relies_on, *reasons)))
    return Completeness(True, weakest(counts.real.upper.word, word), relies)


def finiteness(counts: CountResult) -> tuple[Word, tuple[str, ...], str]:
    """Why the gradient has finitely many zeros: word, what it relies on, or what is missing."""
    upper = counts.with_multiplicity.upper
    # Among certificates of which one was rejected, nothing tells the others' words apart.
    accepted = not any("rejected" in note for note in counts.notes)
    parts = [p for d in counts.certificates for p in _parts(d, d.get("system"))] if accepted else []
    if any(part["kind"] in FINITE_KINDS for part in parts):
        return upper.word, (), ""
    reached = counts.complex.lower.value
    if any(_ample(part) and part["claim"]["at_most"] == reached for part in parts):
        return upper.word, (POSITIVITY,), ""
    if counts.dimension == 0 or counts.dimension == -1:
        return Word.PROBABLE, (MODULAR,), ""
    return Word.NUMERICAL, (), "the critical points may form curves: their dimension is not 0"


def _parts(document: dict[str, Any], system: Any) -> list[dict[str, Any]]:
    """The document and its parts, each with its system, which parts may inherit."""
    here = document.get("system", system)
    inner = document.get("proof", {}).get("parts", [])
    return [{**document, "system": here}, *(p for part in inner for p in _parts(part, here))]


def _ample(part: dict[str, Any]) -> bool:
    """Whether a Bézout number comes from positive degrees of every equation in every group."""
    if part["kind"] != "bezout":
        return False
    groups = part["proof"]["groups"]
    equations = part["system"]["equations"]
    return all(
        any(sum(exponents[k] for k in group) > 0 for _, exponents in equation)
        for equation in equations
        for group in groups
    )


@dataclass(frozen=True, eq=False)
class GlobalMinimum:
    """The lowest value of the objective.

    Attributes
    ----------
    verdict : str
        "holds", "not-applicable" (no reason is known why the infimum should be attained), or
        "undecided" (a critical point may be missing); then the value is only the lowest found.
    word : Word
        How sure it is that `loss` encloses the global minimum.
    loss : arb
    points : tuple of int
        Positions of the critical points that may attain it: one orbit, unless values tie.
    relies_on : tuple of str
    why : str
        What is missing; empty if it holds.
    """

    verdict: str
    word: Word
    loss: arb
    points: tuple[int, ...]
    relies_on: tuple[str, ...] = ()
    why: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "verdict": self.verdict,
            "word": str(self.word),
            "loss": float(self.loss.mid()),
            "loss_enclosure": enclosure_strings(self.loss),
            "points": list(self.points),
            "relies_on": list(self.relies_on),
            "why": self.why,
        }


def global_minimum(
    objective: Objective, points: list[CriticalPoint], known: Completeness
) -> GlobalMinimum | None:
    """The lowest value among the critical points and what it is; None without certified points.

    `points` are refined in place where values of different orbits are too close to compare.
    """
    certified = [k for k, p in enumerate(points) if p.certified]
    if not certified:
        return None
    for digits in TIE_DIGITS:
        tied = _tied(points, certified)
        if len({points[k].orbit for k in tied}) <= 1:
            break
        for k in tied:
            points[k] = sharpened(objective, points[k], digits)
    tied = _tied(points, certified)
    loss = _hull([points[k].loss for k in tied])
    if not objective.attains_minimum:
        return GlobalMinimum("not-applicable", Word.NUMERICAL, loss, tuple(tied), (), objective.why)
    if not known.complete:
        return GlobalMinimum(
            "undecided", Word.NUMERICAL, loss, tuple(tied), (objective.why,), known.why
        )
    word = weakest(Word.CERTIFIED, known.word)
    return GlobalMinimum("holds", word, loss, tuple(tied), (objective.why, *known.relies_on))


def _tied(points: Sequence[CriticalPoint], among: Sequence[int]) -> list[int]:
    """Points whose values may be the lowest."""
    losses = [points[k].loss for k in among]
    return [among[i] for i in separated(losses, lowest(losses))]


def _hull(values: Sequence[arb]) -> arb:
    """Ball around the smallest of the values: from the lowest lower to the lowest upper end."""
    with ctx.workprec(1024):
        low = min(v.lower() for v in values)
        high = min(v.upper() for v in values)
        return arb((low + high) / 2, (high - low) / 2)
