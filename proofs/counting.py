"""`count`: how many isolated zeros, from every source at once.

Exact algebra modulo primes counts (probable). Homotopy continuation finds zeros, and boxes prove
that they are there (at least). Bézout numbers, mixed volumes and ranks of Macaulay matrices, for
one hidden layer after the reduction to d + p unknowns, prove that there are no more (at most).
The trace form counts distinct and real zeros once more, multiple ones included.
The checker has the last word.
"""

from __future__ import annotations

import html
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from algebra.errors import BeyondFloats, InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from algebra.words import Bound, Count, Word
from proofs.certificates import Document
from proofs.count_certificates import (
    claimed,
    reduction_of,
    trace_form_documents,
    upper_documents,
    whole_document,
    with_exact_points,
)
from proofs.settlement import Evidence, certificates_of

UNKNOWN = Bound(None, Word.NUMERICAL, "no bound known")
NOTHING = Bound(0, Word.NUMERICAL, "nothing found")

#: Time for the search of an upper bound's certificate: times what the count took, and seconds.
PATIENCE, LEAST_SEARCH = 10.0, 10.0

#: Start systems to try again with where zeros are missing.
OTHER_STARTS = ("polyhedral", "total-degree")


@dataclass(frozen=True)
class CountResult:
    """Numbers of isolated zeros of one system.

    Attributes
    ----------
    system : PolynomialSystem
    dimension : int or None
        Of the zero set: -1 for no zeros, None where unknown.
    complex, with_multiplicity, torus, real, nonreal : Count
        Isolated zeros: each once, with multiplicity, without zero coordinate, real, not real.
    patterns : dict
        {names of the vanishing variables, comma-separated: Count}; "" is the torus.
    certificates : tuple of documents
        What the checker accepted: usually one of kind `count` that states everything.
    notes : tuple of str
        What a reader should know, in sentences.
    solution : SolveResult or None
        The zeros, where they were computed.
    """

    system: PolynomialSystem
    dimension: int | None
    complex: Count
    with_multiplicity: Count
    torus: Count
    real: Count
    nonreal: Count
    patterns: Mapping[str, Count] = field(default_factory=dict)
    certificates: tuple[Document, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    solution: Any = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "dimension": self.dimension,
            "complex": self.complex.to_dict(),
            "with_multiplicity": self.with_multiplicity.to_dict(),
            "torus": self.torus.to_dict(),
            "real": self.real.to_dict(),
            "nonreal": self.nonreal.to_dict(),
            "patterns": [
                {"zero": key.split(",") if key else [], **count.to_dict()}
                for key, count in self.patterns.items()
            ],
            "relies_on": list(self.complex.upper.relies_on),
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        return (
            f"CountResult(dimension {self.dimension}, complex {self.complex!r}, "
            f"torus {self.torus!r}, real {self.real!r})"
        )

    def _repr_html_(self) -> str:
        names = ("complex", "with_multiplicity", "torus", "real")
        rows = "".join(
            f"<tr><th>{n.replace('_', ' ')}</th><td>{html.escape(repr(getattr(self, n)))}</td></tr>"
            for n in names
        )
        return f"<table>{rows}</table>"


def count(
    system: PolynomialSystem,
    *,
    torus: bool = True,
    real: bool = True,
    real_limit: int | None = None,
    certify: bool = True,
    solution: Any = None,
    thorough: bool = False,
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> CountResult:
    """Count the isolated zeros of a system, and prove the numbers where possible.

    Parameters
    ----------
    torus, real : bool
        Whether zeros without zero coordinate, and real zeros, are wanted from the algebra.
    real_limit : int, optional
        With more complex zeros than this the real ones are left to the boxes.
    certify : bool
        Whether to solve numerically and look for certificates; otherwise algebra alone counts.
    solution : SolveResult, optional
        A certified solution of the same system, if there is one already.
    thorough : bool
        Whether to look for an upper bound's certificate as long as `budget` allows; otherwise it
        may take `PATIENCE` times what the count took, and at least `LEAST_SEARCH` seconds.
    seed : int
        Of the random choices; never changes a result.

    Raises
    ------
    InputError
        The system has parameters without values.
    EnginesDisagree
        Two sources contradict each other; the message shows both sides.

    Examples
    --------
    >>> system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): -2}])
    >>> count(system).real
    Count(2, proved)
    """
    system.require_specialised()
    notes: list[str] = []
    begun = time.monotonic()
    counts, dimension = _algebraic_counts(system, torus, real, real_limit, notes, budget)
    documents: list[Document] = []
    if certify and dimension in (None, 0) and system.is_square:
        try:
            zeros = _lifted(system, counts, seed, budget) if solution is None else solution
            if zeros is None:
                from homotopy.solve import solve

                zeros = solution = solve(system, seed=seed, budget=budget)
            if zeros is not None:
                zeros = _found_again(system, zeros, counts, seed, notes, budget)
                zeros = _with_huge_zeros(system, zeros, counts, notes, budget)
                solution = zeros if solution is not None else None
            documents = certificates_of(zeros)
        except BeyondFloats as problem:
            notes.append(f"solving: {problem}")
        except LimitReached as limit:
            notes.append(f"solving: {limit}")
            if limit.partial is not None:
                documents = certificates_of(limit.partial)
    elif certify and not system.is_square:
        notes.append("not a square system: its zeros are counted, but not boxed")
    patience = None if thorough else PATIENCE * (time.monotonic() - begun)
    return _combine(system, dimension, counts, documents, solution, notes, budget, patience)


def _lifted(system: PolynomialSystem, counts: dict[str, Count], seed: int, budget: Budget) -> Any:
    """Boxes around the lifted zeros of an isomorphic system in fewer unknowns, if these are all.

    One hidden layer of 3-4-3: 593 paths in 7 unknowns instead of 28561 in 24.
    """
    reduction, wanted = reduction_of(system), counts["complex"].value
    if reduction is None or wanted is None:
        return None
    from homotopy.certify import certify
    from homotopy.solve import solve

    small = solve(reduction.reduced, seed=seed, budget=budget)
    lifted = [reduction.lift(point) for point in small.points.tolist()]
    together = certify(system, lifted, budget=budget)
    return together if together.distinct_count >= wanted else None


def _missing(zeros: Any, counts: dict[str, Count]) -> int:
    """How many simple zeros exact algebra counts beyond those in boxes.

    0 where zeros are multiple: those have no boxes, and the difference says nothing.
    """
    wanted, proof = counts["complex"].value, _boxes(zeros)
    if wanted is None or proof is None or wanted != counts["with_multiplicity"].value:
        return 0
    return max(0, wanted - proof.distinct_count)


def _boxes(zeros: Any) -> Any:
    """The `CertifyResult` of a result of `solve`, or of `certify`."""
    from homotopy.results import SolveResult

    return zeros.proof if isinstance(zeros, SolveResult) else zeros


def _found_again(
    system: PolynomialSystem,
    zeros: Any,
    counts: dict[str, Count],
    seed: int,
    notes: list[str],
    budget: Budget,
) -> Any:
    """More boxes from other starts while zeros are missing.

    A zero that one homotopy loses, another one rarely loses too; both are kept.
    """
    from homotopy.certify import certify
    from homotopy.errors import StartUnavailable
    from homotopy.results import SolveResult
    from homotopy.solve import solve

    for attempt, start in enumerate(OTHER_STARTS, start=1):
        missing = _missing(zeros, counts)
        if not missing:
            break
        try:
            points = solve(system, start=start, seed=seed + attempt, budget=budget).points
        except StartUnavailable:
            continue
        known = [box.center for box in _boxes(zeros).boxes]
        together = certify(system, [*known, *points], budget=budget)
        found = together.distinct_count - len(known)
        if found > 0:
            notes.append(
                f"lost by the first start, found by another one ({start}): "
                f"{found} of {counts['complex'].value} zeros"
            )
            zeros = zeros.with_boxes(together) if isinstance(zeros, SolveResult) else together
    return zeros


def _with_huge_zeros(
    system: PolynomialSystem,
    zeros: Any,
    counts: dict[str, Count],
    notes: list[str],
    budget: Budget,
) -> Any:
    """More zeros near the ends of divergent paths while zeros are missing."""
    from homotopy.huge import with_huge_zeros
    from homotopy.results import SolveResult

    wanted = counts["complex"].value
    if wanted is not None and _missing(zeros, counts) and isinstance(zeros, SolveResult):
        zeros = with_huge_zeros(zeros, system, wanted, budget=budget)
    if missing := _missing(zeros, counts):
        notes.append(f"{missing} of {wanted} zeros were not found numerically")
    return zeros


def _combine(
    system: PolynomialSystem,
    dimension: int | None,
    counts: dict[str, Count],
    documents: list[Document],
    solution: Any,
    notes: list[str],
    budget: Budget,
    patience: float | None = 0.0,
) -> CountResult:
    """Merge the algebra's counts with what certificates prove; `patience` in seconds."""
    probable = counts["with_multiplicity"].upper.value
    # The boxes first: whatever happens afterwards, what they prove is kept.
    try:
        documents = [with_exact_points(document, budget) for document in documents]
        evidence = Evidence.of(documents, system, budget)
    except LimitReached as limit:
        notes.append(f"boxes: {limit}; what they would prove is not proved")
        evidence = Evidence.of((), system)
    if (documents or probable is not None) and dimension in (None, -1, 0):
        try:
            evidence = _with_upper(system, probable, documents, evidence, notes, budget, patience)
        except LimitReached as limit:
            notes.append(f"upper bound: {limit}; what was found is not checked")
    notes += [problem for problem in evidence.problems.values() if problem]
    settled = {name: evidence.settle_count(value, name) for name, value in counts.items()}
    patterns = {
        quantity.partition(":")[2]: evidence.settle_count(
            counts.get(quantity, Count(NOTHING, UNKNOWN)), quantity
        )
        for quantity, _ in sorted(evidence.facts | dict.fromkeys((q, "") for q in counts))
        if quantity.startswith("pattern:")
    }
    if settled["torus"].lower.value or settled["torus"].upper.value:
        patterns = {"": settled["torus"], **patterns}
    if dimension is None and evidence.facts.get(("with_multiplicity", "at_most")) is not None:
        notes.append("the bound holds for the isolated zeros; the dimension was not computed")
    return CountResult(
        system,
        dimension,
        settled["complex"],
        settled["with_multiplicity"],
        settled["torus"],
        settled["real"],
        settled["nonreal"],
        patterns,
        evidence.documents,
        tuple(dict.fromkeys(notes)),
        solution,
    )


def _with_upper(
    system: PolynomialSystem,
    probable: int | None,
    documents: list[Document],
    evidence: Evidence,
    notes: list[str],
    budget: Budget,
    patience: float | None,
) -> Evidence:
    """What the checker accepts of boxes, an upper bound and a trace form in one document.

    The search has a time of its own; where it ends without a proof, a note says so.
    """
    # What the boxes claim is a target for the upper bound.
    found = max((claimed(d).get(("complex", "at_least"), 0) for d in documents), default=0)
    search = budget
    if patience is not None:
        end = time.monotonic() + max(LEAST_SEARCH, patience)
        search = replace(budget, deadline=min(end, budget.deadline or end))
    before = len(notes)
    upper = upper_documents(system, found, probable, notes, search)
    upper += trace_form_documents(system, found, probable, upper, notes, search)
    if search is not budget and any("time limit" in note for note in notes[before:]):
        notes.append("without --certificate the search for certificates has little time")
    whole = whole_document(system, documents, upper)
    if whole is None:
        return evidence
    together = Evidence.of([whole], system, budget)
    return Evidence.of([*documents, *upper], system, budget) if together.problems else together


# -- algebra --------------------------------------------------------------------------------------


def _algebraic_counts(
    system: PolynomialSystem,
    torus: bool,
    real: bool,
    real_limit: int | None,
    notes: list[str],
    budget: Budget,
) -> tuple[dict[str, Count], int | None]:
    """Counts by `algebra.counting`, quantity by quantity, and the dimension."""
    from algebra.counting import count_zeros

    nothing = Count(NOTHING, UNKNOWN)
    counts = dict.fromkeys(("complex", "with_multiplicity", "torus", "real", "nonreal"), nothing)
    try:
        found = count_zeros(system, torus=torus, budget=budget)
    except LimitReached as limit:
        notes.append(f"exact algebra: {limit}")
        return counts, None
    except InputError as problem:
        notes.append(f"exact algebra: {problem}")
        return counts, None
    notes += found.notes
    counts["complex"] = found.distinct
    for name in ("with_multiplicity", "torus"):
        value = getattr(found, name)
        if value is not None:
            counts[name] = value
    if real:
        counts["real"] = _real_count(system, found, real_limit, notes, budget)
    total, on_line = counts["complex"].value, counts["real"].value
    if total is not None and on_line is not None:
        word = min(counts["complex"].word, counts["real"].word, key=lambda w: w.rank)
        counts["nonreal"] = Count.exactly(total - on_line, word, "the others")
    for names, value in found.patterns.items():
        if names:
            counts[f"pattern:{','.join(names)}"] = value
    boundary = [value for names, value in found.patterns.items() if names]
    if all(value.value is not None for value in boundary) and counts["torus"].value is not None:
        total = sum(value.value or 0 for value in boundary)
        counts["boundary"] = Count.exactly(total, counts["torus"].word, "sum over zero patterns")
    return counts, found.dimension


def _real_count(
    system: PolynomialSystem,
    found: Any,
    real_limit: int | None,
    notes: list[str],
    budget: Budget,
) -> Count:
    """The exact real count; a limit met here leaves the other counts as they are."""
    from algebra.counting import real_zero_count

    zeros = found.distinct.value
    if real_limit is not None and zeros is not None and zeros > real_limit:
        notes.append(f"{zeros} zeros: real ones are counted by boxes alone")
        return Count(NOTHING, UNKNOWN)
    try:
        count, remark = real_zero_count(system, found.dimension, zeros or 0, budget=budget)
        notes += [remark] if remark else []
        return count
    except LimitReached as limit:
        notes.append(f"real zeros: {limit}")
        return Count(NOTHING, UNKNOWN)


# -- solutions -----------------------------------------------------------------------------------


def complete(
    solution: Any,
    system: PolynomialSystem,
    budget: Budget = UNLIMITED,
    *,
    region: str = "affine",
) -> Any:
    """A `SolveResult` whose completeness is settled with an upper bound, if one can be proved.

    Parameters
    ----------
    region : {"affine", "torus"}
        Which zeros `solution.completeness` counts.
    """
    quantity = "torus" if region == "torus" else "complex"
    counts = dict.fromkeys(
        ("complex", "with_multiplicity", "torus", "real", "nonreal"), Count(NOTHING, UNKNOWN)
    )
    counts[quantity] = solution.completeness
    result = _combine(system, None, counts, certificates_of(solution), solution, [], budget)
    return replace(solution, completeness=getattr(result, quantity))
