"""Landscapes: every real critical point of an objective, and its certified global minimum.

Zeros of the gradient are found and counted (`homotopy.solve`, `proofs.count`), the real ones are
certified and described (`proofs.critical_points`), and the lowest value is the global minimum
where one is attained and nothing is missing (`proofs.global_minimum`). Morse theory checks the
outcome: for an objective that grows in all directions the index sum is 1.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from flint import fmpq_mpoly

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Count, Word
from homotopy.boxes import CertifyResult
from homotopy.enclosures import Enclosure
from homotopy.results import SolveResult
from proofs.counting import CountResult, count
from proofs.critical_points import (
    KINDS,
    CriticalPoint,
    critical_points,
    enclosure_strings,
)
from proofs.global_minimum import Completeness, GlobalMinimum, completeness, global_minimum
from proofs.objectives import Objective, objective_of

MORSE = (
    "Σ (−1)^index over the critical points is the degree of the gradient on large spheres "
    "(Poincaré–Hopf; J. Milnor, Topology from the Differentiable Viewpoint, §6)"
)
#: Rows of a notebook's table.
ROWS = 100


@dataclass(frozen=True, eq=False)
class Landscape:
    """All real critical points found, lowest first.

    Attributes
    ----------
    objective : Objective
        The function; `objective.gradient` is the system whose zeros the points are.
    points : tuple of CriticalPoint
    completeness : Completeness
        Whether no real critical point is missing, how sure that is, and why.
    real : Count
        Number of isolated real critical points.
    global_minimum : GlobalMinimum or None
        None without certified real critical points.
    notes : tuple of str
        What a reader should know, in sentences.
    counts : CountResult or None
    """

    objective: Objective
    points: tuple[CriticalPoint, ...]
    completeness: Completeness
    real: Count
    global_minimum: GlobalMinimum | None
    notes: tuple[str, ...] = ()
    counts: CountResult | None = field(default=None, repr=False)

    @property
    def system(self) -> PolynomialSystem:
        """The gradient."""
        return self.objective.gradient

    @property
    def complete(self) -> bool:
        """Whether no real critical point is missing."""
        return self.completeness.complete

    @functools.cached_property
    def gradient(self) -> Enclosure:
        """Evaluation of the gradient and the Hessian."""
        return Enclosure.of(self.system)

    @functools.cached_property
    def certificate(self) -> dict[str, Any]:
        """Certificate of kind `boxes`: the boxed points are distinct real zeros of the gradient."""
        boxes = tuple(p.box for p in self.points if p.box is not None)
        return CertifyResult(self.system, boxes, np.arange(len(boxes))).certificate

    @property
    def index_counts(self) -> dict[int, int]:
        """Number of nondegenerate points per certified index."""
        known = [p.index for p in self.points if p.index is not None and not p.nullity]
        return {k: known.count(k) for k in sorted(set(known))}

    @property
    def kind_counts(self) -> dict[str, int]:
        """Number of points per kind that occurs."""
        kinds = [p.kind for p in self.points]
        return {kind: kinds.count(kind) for kind in KINDS if kind in kinds}

    @property
    def morse_sum(self) -> int | None:
        """Σ (−1)^index; None where a point is degenerate or its index not certified."""
        if any(p.index is None or p.nullity for p in self.points):
            return None
        return sum((-1) ** k * number for k, number in self.index_counts.items())

    def of_kind(self, kind: str) -> list[int]:
        """Positions of the points of one kind, lowest first."""
        return [k for k, p in enumerate(self.points) if p.kind == kind]

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "variables": list(self.system.variables),
            "points": [p.to_dict(self.system.variables) for p in self.points],
            "real": self.real.to_dict(),
            "complete": self.complete,
            "complete_word": str(self.completeness.word),
            "incomplete_because": self.completeness.why,
            "kinds": self.kind_counts,
            "index_counts": {str(k): v for k, v in self.index_counts.items()},
            "morse_sum": self.morse_sum,
            "global_minimum": (
                None if self.global_minimum is None else self.global_minimum.to_dict()
            ),
            "notes": list(self.notes),
        }

    def rows(self) -> tuple[list[str], list[list[Any]]]:
        """Column names and one row per point: the table behind CSV files and DataFrames.

        Ends of the enclosure of the loss are exact decimal strings; a name in `zero` is a
        coordinate known to vanish; eigenvalues of the Hessian ascend.
        """
        variables = self.system.variables
        names = ["loss", "loss_low", "loss_high", "index", "nullity", "kind", "certified", "orbit"]
        names += ["zero", *variables, *(f"eigenvalue_{k + 1}" for k in range(len(variables)))]
        rows: list[list[Any]] = []
        for p in self.points:
            low, high = enclosure_strings(p.loss) if p.certified else (None, None)
            zero = " ".join(variables[k] for k in p.zero)
            facts = [p.value, low, high, p.index, p.nullity, p.kind, p.certified, p.orbit, zero]
            rows.append([*facts, *p.weights.tolist(), *p.eigenvalues.tolist()])
        return names, rows

    def to_dataframe(self) -> Any:
        """A pandas table with one row per point.

        Raises
        ------
        InputError
            pandas is not installed.
        """
        try:
            import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]
        except ImportError:
            raise InputError(
                "tables need pandas: install critnet[tables], or write a CSV file instead"
            ) from None
        names, rows = self.rows()
        table = pd.DataFrame(rows, columns=names)
        return table.astype({"index": "Int64"})

    def __repr__(self) -> str:
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.kind_counts.items())
        minimum = self.global_minimum
        lowest = "" if minimum is None else f", lowest loss {float(minimum.loss.mid()):.9g}"
        state = f"complete ({self.completeness.word})" if self.complete else "perhaps incomplete"
        return (
            f"Landscape({len(self.points)} real critical points: {kinds or 'none'}; "
            f"{state}{lowest})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{p.kind}</td><td>{p.index}</td><td>{p.value:.9g}</td>"
            f"<td>{p.orbit}</td></tr>"
            for k, p in enumerate(self.points[:ROWS])
        )
        head = "<tr><th></th><th>kind</th><th>index</th><th>loss</th><th>orbit</th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption>{head}{rows}</table>"


def landscape(
    subject: LinearNetwork | PolynomialSystem | fmpq_mpoly | Objective,
    *,
    data: NetworkData | Mapping[str, Any] | None = None,
    seed: int = 0,
    counting: bool = True,
    counts: CountResult | None = None,
    budget: Budget = UNLIMITED,
) -> Landscape:
    """Every real critical point of a loss, certified, and the global minimum.

    Parameters
    ----------
    subject : LinearNetwork, PolynomialSystem, fmpq_mpoly or Objective
        A network; its gradient system; or another objective: one polynomial, or a square system
        with symmetric Jacobian, which is integrated.
    data : NetworkData or mapping, optional
        Of a network given as such; drawn by its own seed if None.
    seed : int
        Of the solver's random constants; never changes a result.
    counting : bool
        Whether to count the critical points exactly, without which nothing is known to be
        complete. False saves the time for the points alone.
    counts : CountResult, optional
        `proofs.count` of the gradient, if it is known already.

    Raises
    ------
    InputError
        `subject` is none of these, or has parameters or complex coefficients.
    EnginesDisagree
        The points count as complete and their index sum is not 1, though the objective grows in
        all directions.
    LimitReached
        A limit was hit; `partial` is a Landscape of the points known so far, if any.

    Examples
    --------
    >>> well = PolynomialSystem.parse("x^4/4 - x^2/2")
    >>> landscape(well)
    Landscape(3 real critical points: 2 minimum, 1 maximum; complete (proved), lowest loss -0.25)
    """
    objective = _objective(subject, data)
    limit: LimitReached | None = None
    solution = None if counts is None else counts.solution
    if solution is None:
        solution, limit = _solve(objective.gradient, seed, budget)
    if counts is None and counting and limit is None:
        try:
            counts = count(objective.gradient, solution=solution, seed=seed, budget=budget)
        except LimitReached as reached:
            limit = reached
    # What the solver found is worth describing even when the time is up.
    points = critical_points(objective, solution, budget=UNLIMITED if limit else budget)
    result = _assembled(objective, points, counts, solution)
    if limit is not None:
        raise LimitReached(str(limit), result)
    return result


def landscape_of(objective: fmpq_mpoly | PolynomialSystem, **options: Any) -> Landscape:
    """`landscape` of any polynomial objective, or of a gradient system."""
    return landscape(objective, **options)


def _objective(subject: Any, data: Any) -> Objective:
    if isinstance(subject, LinearNetwork):
        return objective_of(subject.gradient_system(data=data))
    if data is not None:
        raise InputError("data belong to a network: give the LinearNetwork itself")
    return objective_of(subject)


def _solve(
    system: PolynomialSystem, seed: int, budget: Budget
) -> tuple[SolveResult, LimitReached | None]:
    """The zeros of the gradient; those found so far where a limit was hit."""
    from homotopy.solve import solve

    try:
        return solve(system, seed=seed, budget=budget), None
    except LimitReached as limit:
        if not isinstance(limit.partial, SolveResult):
            raise LimitReached(str(limit)) from None
        return limit.partial, limit


def _assembled(
    objective: Objective,
    points: list[CriticalPoint],
    counts: CountResult | None,
    solution: SolveResult,
) -> Landscape:
    """The result, checked by Morse theory."""
    known = completeness(points, counts)
    minimum = global_minimum(objective, points, known)
    found = Bound(sum(p.certified for p in points), Word.CERTIFIED, "disjoint Krawczyk boxes")
    real = Count(found, Bound(None, Word.NUMERICAL, "not counted"))
    if counts is not None:
        real = counts.real
    notes = [] if counts is not None else list(solution.notes)
    if counts is not None:
        notes += counts.notes
    uncertified = sum(not p.certified for p in points)
    if uncertified:
        notes.append(
            f"{uncertified} of the points are numerical: degenerate, or perhaps not real or not "
            "isolated"
        )
    result = Landscape(
        objective, tuple(points), known, real, minimum, tuple(dict.fromkeys(notes)), counts
    )
    if known.complete and objective.attains_minimum and result.morse_sum not in (1, None):
        raise EnginesDisagree(
            f"{len(points)} critical points count as complete ({known.word}), but their index sum "
            f"is {result.morse_sum} and must be 1: {MORSE}"
        )
    return result
