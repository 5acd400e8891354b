"""What tracking and solving return: path statuses, path tables, solutions, completeness."""

from __future__ import annotations

import enum
import html
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from algebra.words import Bound, Count, Word
from homotopy.boxes import CertifyResult

ComplexArray = NDArray[np.complex128]


class PathStatus(enum.IntEnum):
    """Why a path stopped; kernels return these members. `ADVICE[status]` says what to try next."""

    SUCCESS = 0
    SINGULAR = 1
    AT_INFINITY = 2
    AT_ZERO = 3
    STEP_TOO_SMALL = 4
    ACCURACY_LIMIT = 5
    TOO_MANY_STEPS = 6
    START_INVALID = 7
    UNDECIDED = 8

    @property
    def ended(self) -> bool:
        """Whether the path's end is understood (a zero, or none because it left the domain)."""
        return self <= PathStatus.AT_ZERO

    @property
    def failed(self) -> bool:
        """Whether tracking stopped before the end was understood."""
        return self > PathStatus.AT_ZERO


ADVICE: dict[PathStatus, str] = {
    PathStatus.SUCCESS: "the end is a regular zero",
    PathStatus.SINGULAR: "the end is a multiple zero or lies on a positive-dimensional component",
    PathStatus.AT_INFINITY: "the path diverges: it gives no zero",
    PathStatus.AT_ZERO: "a coordinate tends to 0: no zero with all coordinates nonzero",
    PathStatus.STEP_TOO_SMALL: "two paths come close: track again with other random constants",
    PathStatus.ACCURACY_LIMIT: "ill-conditioned: scale the system or change the start system",
    PathStatus.TOO_MANY_STEPS: "raise the step limit or change the start system",
    PathStatus.START_INVALID: "the start point is not a regular zero of the start system",
    PathStatus.UNDECIDED: "the endgame could not tell finite from infinite: other constants",
}


@dataclass(frozen=True, slots=True, eq=False)  # eq=False: arrays have no single truth value
class PathResult:
    """End of one path.

    Attributes
    ----------
    status : PathStatus
        Why it stopped.
    point : complex128 array, shape (n,)
        Near a zero of the target for SUCCESS and SINGULAR; the last point otherwise.
    t : float
        Where the path stopped (0 at the target).
    residual : float
        Infinity norm of H(point, t), absolute.
    accuracy : float
        Estimated distance to the path or zero, relative to the coordinates' sizes.
    condition : float
        Estimated condition number of the row-scaled Jacobian at the end.
    winding_number : int or None
        Loops around t = 0 after which the path closes; None if no endgame ran.
    valuation : float64 array, shape (n,)
        Exponents of t in the coordinates' leading terms as measured last; 0 if never measured.
    steps, rejected : int
        Accepted and rejected steps.
    """

    status: PathStatus
    point: ComplexArray
    t: float
    residual: float
    accuracy: float
    condition: float
    winding_number: int | None
    valuation: NDArray[np.float64]
    steps: int
    rejected: int
    samples: tuple[NDArray[np.float64], ComplexArray] | None = None

    def __repr__(self) -> str:
        return (
            f"PathResult({self.status.name}, n={self.point.size}, t={self.t:.1e}, "
            f"|H|={self.residual:.1e}, steps={self.steps})"
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "status": self.status.name.lower(),
            "re": self.point.real.tolist(),
            "im": self.point.imag.tolist(),
            "t": self.t,
            "residual": self.residual,
            "accuracy": self.accuracy,
            "condition": self.condition,
            "winding_number": self.winding_number,
            "steps": self.steps,
            "rejected": self.rejected,
        }

    def _repr_html_(self) -> str:
        cells = (
            f"<tr><th>{html.escape(str(k))}</th><td>{html.escape(str(v))}</td></tr>"
            for k, v in self.to_dict().items()
        )
        return f"<table>{''.join(cells)}</table>"


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """One isolated zero of the target system.

    Attributes
    ----------
    point : complex128 array, shape (n,)
        The zero; coordinates certified to be zero are exactly 0.
    radius : float or None
        Radius of the certified box around `point` in every coordinate; None if neither certified
        nor exact.
    real : bool or None
        Whether all coordinates are real; None where undecided.
    certified : bool
        Whether the interval test of `homotopy.certify` held.
    multiplicity : int
        1 for regular zeros; of multiple ones the number of paths that end here.
    exact : bool
        Whether exact arithmetic has shown a multiple zero with coordinates in Q(i): isolated, and
        of that `multiplicity` (`homotopy.multiple`). `radius` then bounds the rounding of `point`.
    """

    point: ComplexArray
    radius: float | None
    real: bool | None
    certified: bool
    multiplicity: int = 1
    exact: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The contract's `{re, im, radius, real, certified, multiplicity}`, and `exact`."""
        return {
            "re": self.point.real.tolist(),
            "im": self.point.imag.tolist(),
            "radius": self.radius,
            "real": self.real,
            "certified": self.certified,
            "multiplicity": self.multiplicity,
            "exact": self.exact,
        }


@dataclass(frozen=True, eq=False)
class WitnessSet:
    """Points in which components of one dimension meet a general linear space.

    Attributes
    ----------
    dimension : int
    points : complex128 array, shape (degree, n)
        In the system's own units.
    forms : complex128 array, shape (dimension, n + 1)
        The linear space: constants and coefficients of the forms that vanish at `points`.
    multiplicity : int
        Number of paths that end at each point; 1 where the equations are reduced.
    irreducible : bool or None
        Whether monodromy and the trace test show one irreducible component; None: not decided.
    """

    dimension: int
    points: ComplexArray
    forms: ComplexArray
    multiplicity: int
    irreducible: bool | None

    @property
    def degree(self) -> int:
        """Number of points, multiplicity not counted."""
        return len(self.points)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "dimension": self.dimension,
            "degree": self.degree,
            "multiplicity": self.multiplicity,
            "irreducible": self.irreducible,
            "word": "numerical",
            "witness_points": [{"re": p.real.tolist(), "im": p.imag.tolist()} for p in self.points],
            "slice": [{"re": f.real.tolist(), "im": f.imag.tolist()} for f in self.forms],
        }

    def __repr__(self) -> str:
        kind = {True: "irreducible, ", False: "", None: "irreducibility open, "}[self.irreducible]
        return (
            f"WitnessSet(dimension {self.dimension}, degree {self.degree}, {kind}"
            f"multiplicity {self.multiplicity})"
        )


@dataclass(frozen=True, slots=True)
class PathCounts:
    """Where the paths ended: every path is counted once in the middle four numbers."""

    tracked: int = 0
    success: int = 0
    at_infinity: int = 0
    singular: int = 0
    failed: int = 0
    retracked: int = 0

    def to_dict(self) -> dict[str, int]:
        """The contract's `paths`."""
        return {
            "tracked": self.tracked,
            "success": self.success,
            "at_infinity": self.at_infinity,
            "singular": self.singular,
            "failed": self.failed,
            "retracked": self.retracked,
        }


NOTHING_KNOWN = Count(
    Bound(0, Word.NUMERICAL, "nothing found"), Bound(None, Word.NUMERICAL, "no bound")
)


@dataclass(frozen=True, eq=False)
class SolveResult:
    """All isolated zeros that were found, and what is known about completeness.

    Attributes
    ----------
    variables : tuple of str
        Order of the coordinates.
    solutions : tuple of Solution
        In canonical order: sorted by rounded real parts, then imaginary parts.
    paths : PathCounts
        Every path ended in exactly one state.
    completeness : Count
        Number of isolated zeros: `lower` from the certified distinct zeros, `upper` from the
        count named in `upper.source`.
    dimension : int or None
        Dimension of the zero set: -1 for none, 0 for finitely many, None where unknown.
    components : tuple of WitnessSet
        Components of positive dimension that were found, numerically: degrees, witness points.
    start : str
        Name of the start system that was used.
    open_paths : tuple of PathResult
        Paths whose end is still not understood.
    notes : tuple of str
        What a reader should know, in sentences.
    proof : CertifyResult or None
        The boxes of the certified zeros.
    far_ends : complex128 array, shape (k, n), or None
        Where the divergent paths were looked at last.
    """

    variables: tuple[str, ...]
    solutions: tuple[Solution, ...]
    paths: PathCounts
    completeness: Count = NOTHING_KNOWN
    dimension: int | None = None
    components: tuple[WitnessSet, ...] = ()
    start: str = "none"
    seed: int = 0
    open_paths: tuple[PathResult, ...] = ()
    notes: tuple[str, ...] = ()
    proof: CertifyResult | None = field(default=None, repr=False)
    far_ends: ComplexArray | None = field(default=None, repr=False)
    timings: dict[str, float] = field(default_factory=dict, repr=False)

    @property
    def points(self) -> ComplexArray:
        """Solutions as a complex128 array, shape (k, n)."""
        n = len(self.variables)
        return np.array([s.point for s in self.solutions], dtype=np.complex128).reshape(-1, n)

    @property
    def real_points(self) -> NDArray[np.float64]:
        """The real solutions, shape (k, n); undecided ones are left out."""
        n = len(self.variables)
        rows = [s.point.real for s in self.solutions if s.real]
        return np.array(rows, dtype=np.float64).reshape(-1, n)

    @property
    def certificate(self) -> dict[str, Any] | None:
        """Document of kind "boxes" of the published certificate schema, written on first use."""
        return None if self.proof is None else self.proof.certificate

    @property
    def complete(self) -> bool:
        """Whether as many distinct zeros were found as an upper bound allows."""
        return self.completeness.value is not None

    def with_boxes(self, proof: CertifyResult) -> SolveResult:
        """With more certified zeros; the first boxes of `proof` are those known before."""
        known = 0 if self.proof is None else len(self.proof.boxes)
        solutions = tuple(
            Solution(
                box.point,
                box.radius + float(np.spacing(np.max(np.abs(box.point)))),
                box.real,
                True,
                1,
            )
            for box in proof.boxes[known:]
        )
        lower = Bound(proof.distinct_count, Word.CERTIFIED, "disjoint Krawczyk boxes")
        return replace(
            self,
            solutions=(*self.solutions, *solutions),
            proof=proof,
            completeness=replace(self.completeness, lower=lower),
        ).in_order()

    def in_order(self) -> SolveResult:
        """With the solutions in canonical order: by rounded real parts, then imaginary parts."""

        def key(solution: Solution) -> tuple[Any, ...]:
            scale = max(1.0, float(np.max(np.abs(solution.point), initial=0.0)))
            rounded = np.round(solution.point / scale, 9) + 0.0
            return (round(scale, 6), tuple(rounded.real.tolist()), tuple(rounded.imag.tolist()))

        return replace(self, solutions=tuple(sorted(self.solutions, key=key)))

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "variables": list(self.variables),
            "dimension": self.dimension,
            "solutions": [s.to_dict() for s in self.solutions],
            "paths": self.paths.to_dict(),
            "completeness": {
                **self.completeness.to_dict(),
                "upper_from": self.completeness.upper.source,
            },
            "components": [c.to_dict() for c in self.components],
            "start": self.start,
            "open_paths": [p.to_dict() for p in self.open_paths],
            "notes": list(self.notes),
        }

    def to_dataframe(self) -> Any:
        """A pandas table with one row per solution and one column per variable."""
        import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]

        table = pd.DataFrame(self.points, columns=list(self.variables))
        table["real"] = [s.real for s in self.solutions]
        table["certified"] = [s.certified for s in self.solutions]
        table["multiplicity"] = [s.multiplicity for s in self.solutions]
        return table

    def __repr__(self) -> str:
        real = sum(s.real is True for s in self.solutions)
        certified = sum(s.certified for s in self.solutions)
        return (
            f"SolveResult({len(self.solutions)} zeros, {real} real, {certified} certified, "
            f"{self.paths.tracked} paths from {self.start}, completeness {self.completeness!r})"
        )

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(v)}</th>" for v in self.variables)
        rows = "".join(
            "<tr>" + "".join(f"<td>{z:.6g}</td>" for z in s.point) + f"<td>{s.real}</td></tr>"
            for s in self.solutions[:100]
        )
        caption = html.escape(repr(self))
        return f"<table><caption>{caption}</caption><tr>{head}<th>real</th></tr>{rows}</table>"
