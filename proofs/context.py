"""What the claims about one network share: every heavy computation runs once, and only if needed.

A computation that hits a limit is not tried again: the same `LimitReached` is raised for every
claim that asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from algebra.words import Count, Word
from proofs import genericity as tests
from proofs.certificates import Document
from proofs.implications import Implications
from proofs.reduction import RankOneData, Reduction, rank_one_data, reduce_network
from proofs.settlement import Settled, settle, settle_certificate

if TYPE_CHECKING:
    from homotopy.results import SolveResult
    from polytopes import Bounds

T = TypeVar("T")

#: Share of the time that is left which one heavy computation may take: cheap claims follow it.
HEAVY_SHARE = 0.4
#: More paths than this are not followed for a claim.
PATH_LIMIT = 20_000
#: Most weights of deeper networks for which the stable mixed volume is computed.
STABLE_WEIGHTS = 9
#: More complex zeros than this: the real ones are counted by their boxes alone.
REAL_LIMIT = 300
#: Most weights for which the full gradient system is counted; beyond, only the reduced one is.
FULL_WEIGHTS = 12


REFINED_BEZOUT = (
    "as many isolated zeros as the (multihomogeneous) Bézout number of equations of positive "
    "degrees leave no others: every further component would contribute (W. Fulton, Intersection "
    "Theory, Theorem 12.2)"
)


@dataclass(frozen=True)
class PatternCounts:
    """Critical points by the set of weights that vanish.

    Attributes
    ----------
    patterns : dict
        {names of the vanishing weights: Count}; patterns without zeros may be missing.
    total : Count
        All isolated critical points, each counted once.
    real : Count
        The real ones among them.
    dimension : int or None
        Of the zero set.
    certificates : tuple of documents
    source : str
        "gradient system" or "reduced system".
    """

    patterns: Mapping[frozenset[str], Count]
    total: Count
    real: Count
    dimension: int | None
    certificates: tuple[Document, ...] = field(repr=False)
    source: str

    @property
    def complete(self) -> bool:
        """Whether the lower bounds of the patterns account for all critical points."""
        lower = sum(count.lower.value or 0 for count in self.patterns.values())
        return self.dimension == 0 and self.total.value is not None and lower == self.total.value


@dataclass
class Context:
    """A network, its data, and what has been computed about them so far.

    Attributes
    ----------
    seed : int
        Of the algorithms' random choices; changes no verdict.
    disagreements : list of str
        Filled by claims: engines that contradict each other.
    """

    network: LinearNetwork
    data: NetworkData
    seed: int = 0
    budget: Budget = UNLIMITED
    disagreements: list[str] = field(default_factory=list)
    _known: dict[str, Any] = field(default_factory=dict, repr=False)
    _settled: dict[int, tuple[Document, Settled]] = field(default_factory=dict, repr=False)

    def once(self, key: str, compute: Callable[[], T]) -> T:
        """`compute()`, or what it gave the first time."""
        if key not in self._known:
            try:
                self._known[key] = compute()
            except (LimitReached, InputError) as problem:
                self._known[key] = problem
        value = self._known[key]
        if isinstance(value, LimitReached | InputError):
            raise value
        return value

    def known(self, key: str) -> Any:
        """What `once` computed under this name, or None: never starts a computation."""
        value = self._known.get(key)
        return None if isinstance(value, Exception) else value

    def settle(self, document: Document) -> Settled:
        """The checker's word on a certificate, asked once per document."""
        key = id(document)
        if key not in self._settled:
            self._settled[key] = (document, settle_certificate(document))
        return self._settled[key][1]

    # -- the network ------------------------------------------------------------------------------

    @property
    def system(self) -> PolynomialSystem:
        """The gradient system of the data."""
        return self.once("system", lambda: self.network.gradient_system(data=self.data))

    @property
    def rank(self) -> int:
        """The rank of X, exact."""
        return self.once("rank", lambda: tests.matrix_rank(self.data.X))

    @property
    def rank_one(self) -> RankOneData | None:
        """The factors of X where its rank is one."""
        return self.once("rank_one", lambda: rank_one_data(self.data))

    @property
    def special(self) -> list[str]:
        """What is special about the data, in words; empty for data like random ones."""
        return self.once("special", lambda: tests.special_data(self.network, self.data))

    @property
    def reducible(self) -> bool:
        """Whether the reduction to d + p unknowns exists."""
        return (
            self.network.hidden_layers == 1 and self.data.regularised and self.rank_one is not None
        )

    @property
    def reduction(self) -> Reduction:
        """The reduction; `reducible` must hold."""
        return self.once("reduction", lambda: reduce_network(self.network, self.data))

    @property
    def genericity(self) -> tests.Genericity:
        """Conditions (i)-(iii) of docs/theory.md; one hidden layer only."""
        return self.once("genericity", lambda: tests.genericity(self.network, self.data))

    # -- engines ----------------------------------------------------------------------------------

    @property
    def bounds(self) -> Bounds:
        """All upper bounds by exponents."""

        def compute() -> Bounds:
            from polytopes import bounds

            few = self.network.hidden_layers == 1 or self.network.weight_count <= STABLE_WEIGHTS
            budget = self.budget.share(HEAVY_SHARE)
            found = bounds(self.system, stable=few, seed=self.seed, budget=budget)
            return settle(found, system=self.system)

        return self.once("bounds", compute)

    @property
    def counts(self) -> Any:
        """`proofs.count` of the gradient system: exact numbers with their words."""
        if self.network.weight_count > FULL_WEIGHTS:
            raise LimitReached(
                f"{self.network.weight_count} weights: the gradient system is counted up to "
                f"{FULL_WEIGHTS}"
            )
        return self.once("counts", lambda: self._count(self.system, self.followable))

    @property
    def reduced_counts(self) -> Any:
        """`proofs.count` of the reduced system."""
        return self.once("reduced_counts", lambda: self._count(self.reduction.reduced))

    @property
    def followable(self) -> bool:
        """Whether all zeros can be found by a reasonable number of paths."""
        paths = self.bounds.affine_mixed_volume.value
        return self.reducible or (paths is not None and paths <= PATH_LIMIT)

    def _count(self, system: PolynomialSystem, certify: bool = True) -> Any:
        from proofs.counting import count

        return count(
            system,
            real_limit=REAL_LIMIT,
            certify=certify,
            seed=self.seed,
            budget=self.budget.share(HEAVY_SHARE),
        )

    @property
    def solution(self) -> SolveResult:
        """All isolated zeros of the gradient system, certified.

        Raises
        ------
        LimitReached
            Also where there would be too many paths.
        """

        def compute() -> SolveResult:
            from homotopy import solve

            if not self.followable:
                raise LimitReached(
                    f"{self.bounds.affine_mixed_volume.value} paths: the limit is {PATH_LIMIT}"
                )

            found = solve(self.system, seed=self.seed, budget=self.budget.share(HEAVY_SHARE))
            return settle(found, system=self.system)

        return self.once("solution", compute)

    @property
    def implications(self) -> Implications:
        """Implications between vanishing weights, decided by the ideal of the gradient."""
        return self.once("implications", lambda: Implications(self.system))

    # -- zero patterns ----------------------------------------------------------------------------

    @property
    def pattern_counts(self) -> PatternCounts:
        """Critical points by zero pattern: full system or, beyond its size, the reduced one."""

        def compute() -> PatternCounts:
            if self.network.weight_count <= FULL_WEIGHTS:
                return _patterns_of(self.counts, self.system.variables, "gradient system")
            return self.reduced_patterns

        return self.once("pattern_counts", compute)

    def finiteness(self, counts: PatternCounts) -> tuple[Word, tuple[str, ...]]:
        """How sure it is that there are no other critical points, and what that rests on.

        The counts are of isolated points; an unseen curve of critical points would not change
        them. Meant for dimension 0 only.
        """
        for document in counts.certificates:
            if {part["kind"] for part in _parts([document])} & {"quotient-dimension", "signature"}:
                return self.settle(document).word, ()  # dim Q[x]/I is finite
        number = counts.total.value
        if number is not None and any(_fills(p, number) for p in _parts(counts.certificates)):
            return counts.total.word, (REFINED_BEZOUT,)
        return Word.PROBABLE, ("finitely many critical points: Gröbner basis modulo primes",)

    @property
    def reduced_patterns(self) -> PatternCounts:
        """The same through the reduction: which t_i and r_k vanish decides which weights do."""

        def compute() -> PatternCounts:
            reduced = self.reduction.reduced
            found = _patterns_of(self.reduced_counts, reduced.variables, "reduced system")
            images: dict[frozenset[str], Count] = {}
            for zero, count in found.patterns.items():
                images[self.vanishing_weights(zero)] = count
            certificates = (self.reduction.certificate(), *found.certificates)
            return PatternCounts(
                images, found.total, found.real, found.dimension, certificates, "reduced system"
            )

        return self.once("reduced_patterns", compute)

    def vanishing_weights(self, zero: frozenset[str]) -> frozenset[str]:
        """Weights that vanish where exactly the reduced unknowns `zero` do."""
        gens = {name: k for k, name in enumerate(self.reduction.reduced.variables)}
        dead = {gens[name] for name in zero}
        return frozenset(
            weight
            for weight, image in zip(self.system.variables, self.reduction.forward, strict=True)
            if image == 0 or any(e and k in dead for k, e in enumerate(image.degrees()))
        )


def _parts(documents: Iterable[Document]) -> Iterator[Document]:
    """The documents and everything inside them."""
    for document in documents:
        yield document
        proof = document.get("proof")
        if isinstance(proof, dict):
            yield from _parts(proof.get("parts", ()))
            yield from _parts([proof["upper"]] if "upper" in proof else ())


def _fills(document: Document, zeros: int) -> bool:
    """Whether it is a Bézout number equal to `zeros`, all equations of positive degrees."""
    if document["kind"] != "bezout" or document["claim"]["at_most"] != zeros:
        return False
    return all(
        max((sum(m[k] for k in group) for _, m in equation), default=0) > 0
        for equation in document["system"]["equations"]
        for group in document["proof"]["groups"]
    )


def _patterns_of(counts: Any, variables: tuple[str, ...], source: str) -> PatternCounts:
    patterns = {}
    for key, count in counts.patterns.items():
        names = key.replace(" ", "").split(",") if isinstance(key, str) else key
        patterns[
            frozenset(variables[k] if isinstance(k, int) else str(k) for k in names if k != "")
        ] = count
    return PatternCounts(
        patterns,
        counts.complex,
        counts.real,
        counts.dimension,
        tuple(counts.certificates),
        source,
    )
