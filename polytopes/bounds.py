"""All upper bounds on the number of isolated zeros, side by side.

Bézout, multihomogeneous Bézout, and the torus, affine and stable mixed volume. Each is exact for
the supports; what each bounds stands in `Bounds.explanations`.
"""

from __future__ import annotations

import html
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Word
from polytopes.bezout import Partition, best_partition, bezout_number
from polytopes.errors import SupportError
from polytopes.mixed_volume import BOUNDS_WHAT, mixed_volume
from polytopes.reductions import Memory, Reduction
from polytopes.supports import ExactArray, as_supports

EXPLANATIONS = {
    "bezout": "isolated zeros in C^n, with multiplicity",
    "multihomogeneous_bezout": "isolated zeros in C^n, with multiplicity",
    "torus_mixed_volume": BOUNDS_WHAT["torus"],
    "affine_mixed_volume": BOUNDS_WHAT["affine"],
    "stable_mixed_volume": BOUNDS_WHAT["stable"],
}
#: The start system of `homotopy.solve` that tracks as many paths as the bound says.
STARTS = {
    "bezout": "total-degree",
    "multihomogeneous_bezout": "multihomogeneous",
    "torus_mixed_volume": "polyhedral, region torus",
    "affine_mixed_volume": "polyhedral",
    "stable_mixed_volume": None,
}
UNKNOWN = Bound(None, Word.NUMERICAL, "not computed")
BEZOUT = "Bézout's theorem"
MORGAN_SOMMESE = "A. P. Morgan, A. J. Sommese, Appl. Math. Comput. 24 (1987), 101-113"


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Upper bounds for a square system, each a `Bound`.

    Attributes
    ----------
    n : int
        Number of equations and of unknowns.
    partition : tuple of tuples of int
        Groups of variables behind `multihomogeneous_bezout`.
    zero_patterns : dict
        Sets of coordinates that vanish -> number of zeros predicted by the stable cells.
    seconds : dict
        Processor time that each bound took to compute, mixed volumes found for an earlier one not
        counted; the other cost of a bound is its value, the number of paths that the start system
        in `starts` tracks.
    reductions : dict
        How the torus and the affine mixed volume were found, for certificates.
    """

    n: int
    bezout: Bound = UNKNOWN
    multihomogeneous_bezout: Bound = UNKNOWN
    torus_mixed_volume: Bound = UNKNOWN
    affine_mixed_volume: Bound = UNKNOWN
    stable_mixed_volume: Bound = UNKNOWN
    variables: tuple[str, ...] = ()
    partition: Partition = ()
    zero_patterns: Mapping[tuple[int, ...], int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    reductions: Mapping[str, Reduction] = field(default_factory=dict, repr=False)
    system: PolynomialSystem | None = field(default=None, repr=False)

    @property
    def explanations(self) -> dict[str, str]:
        """What each bound bounds."""
        return dict(EXPLANATIONS)

    @property
    def starts(self) -> dict[str, str | None]:
        """The start system that tracks as many paths as the bound; None if none does."""
        return dict(STARTS)

    def __repr__(self) -> str:
        values = ", ".join(f"{k}={getattr(self, k).value}" for k in EXPLANATIONS)
        return f"Bounds(n={self.n}, {values})"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{h}</th>" for h in ("", "value", "word", "bounds", "paths of", "s"))
        rows = "".join(
            f"<tr><th>{html.escape(k.replace('_', ' '))}</th><td>{getattr(self, k).value}</td>"
            f"<td>{getattr(self, k).word}</td><td>{html.escape(text)}</td>"
            f"<td>{STARTS[k] or ''}</td><td>{self.seconds.get(k, 0):.3g}</td></tr>"
            for k, text in EXPLANATIONS.items()
        )
        return f"<table><tr>{head}</tr>{rows}</table>"

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract's `bounds` document."""
        names = self.variables or tuple(f"x{j + 1}" for j in range(self.n))
        fields = {
            key: {**getattr(self, key).to_dict(), "bounds": text, "start": STARTS[key]}
            for key, text in EXPLANATIONS.items()
        }
        return {
            "n": self.n,
            **fields,
            "partition": [[names[j] for j in group] for group in self.partition],
            "zero_patterns": [
                {"zero": [names[j] for j in pattern], "count": count}
                for pattern, count in self.zero_patterns.items()
            ],
        }


def bounds(
    system: PolynomialSystem | Sequence[Any],
    *,
    stable: bool = True,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> Bounds:
    """Upper bounds on the isolated zeros of a square system.

    Parameters
    ----------
    system : PolynomialSystem, or n integer arrays (m_i, n) of exponents >= 0
    stable : bool
        Whether the stable mixed volume is wanted.
    seed : int
        Accepted as everywhere; nothing is drawn here.

    Raises
    ------
    NotSquare
        As many equations as unknowns are needed.
    SupportError
        An equation is zero: it bounds nothing.
    InputError
        Negative exponents.
    LimitReached
        The budget is exhausted; `partial` is the `Bounds` known so far.

    Examples
    --------
    >>> bounds([[[2, 0], [0, 0]], [[1, 1], [0, 0]]])
    Bounds(n=2, bezout=4, multihomogeneous_bezout=2, torus_mixed_volume=2, \
affine_mixed_volume=2, stable_mixed_volume=2)
    """
    supports, source = _read(system)
    variables = () if source is None else source.variables
    known = Bounds(len(supports), variables=variables, system=source)
    memory: Memory = {}
    for key in EXPLANATIONS:
        if key == "stable_mixed_volume" and not stable:
            break
        start = time.process_time()
        try:
            budget.check()
            fields = _found(key, supports, source, budget, memory)
        except LimitReached as limit:
            raise LimitReached(str(limit), known) from limit
        spent = {**known.seconds, key: time.process_time() - start}
        reductions = {**known.reductions, **fields.pop("reductions", {})}
        known = replace(known, **fields, seconds=spent, reductions=reductions)
    return known


def _read(
    system: PolynomialSystem | Sequence[Any],
) -> tuple[list[ExactArray], PolynomialSystem | None]:
    """The supports, and the system that they belong to if there is one."""
    source = system if isinstance(system, PolynomialSystem) else None
    raw: Sequence[Any] = system.supports if isinstance(system, PolynomialSystem) else system
    if source is not None:
        source.require_square()
        for i, a in enumerate(raw):
            if len(a) == 0:
                raise SupportError(f"equation {i + 1} is zero: remove it")
    supports = as_supports(raw)
    for i, a in enumerate(supports):
        if (a < 0).any():
            raise InputError(f"support {i + 1} has negative exponents: expected polynomials")
    return supports, source


def _found(
    key: str,
    supports: list[ExactArray],
    source: PolynomialSystem | None,
    budget: Budget,
    memory: Memory,
) -> dict[str, Any]:
    """The fields of `Bounds` that belong to one bound."""
    if key == "bezout":
        return {key: _bezout(bezout_number(supports), source, None)}
    if key == "multihomogeneous_bezout":
        number, partition = best_partition(supports, budget)
        return {key: _bezout(number, source, partition), "partition": partition}
    kind = key.removesuffix("_mixed_volume")
    volume = mixed_volume(supports, kind=kind, budget=budget, memory=memory)
    if volume.reduction is None:
        return {key: volume.as_bound(), "zero_patterns": volume.patterns}
    return {key: volume.as_bound(), "reductions": {key: volume.reduction}}


def _bezout(value: int, system: PolynomialSystem | None, partition: Partition | None) -> Bound:
    """The bound with its certificate, where there is a system to certify it for."""
    certificates: tuple[dict[str, Any], ...] = ()
    if system is not None and not system.parameters:
        n = len(system.variables)
        groups = [list(range(n))] if partition is None else [list(g) for g in partition]
        certificates = (
            {
                "schema": "critnet/certificate/2",
                "kind": "bezout",
                "system": _system_json(system),
                "claim": {"at_most": value},
                "proof": {"groups": groups},
            },
        )
    source = (
        "product of the degrees"
        if partition is None
        else f"{len(partition)} group{'s' if len(partition) > 1 else ''} of variables"
    )
    theorem = BEZOUT if partition is None else MORGAN_SOMMESE
    return Bound(value, Word.PROBABLE, source, certificates, (theorem,))


def _system_json(system: PolynomialSystem) -> dict[str, Any]:
    """The system in the certificate format (docs/certificates.md)."""
    return {
        "variables": list(system.variables),
        "parameters": list(system.parameters),
        "imaginary": system.imaginary,
        "equations": [
            [[str(c), [int(e) for e in m]] for m, c in f.terms()] for f in system.equations
        ],
    }
