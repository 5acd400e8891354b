"""Exact reductions of a mixed volume to smaller ones, each with the theorem that allows it.

* zero: a support of one point, or no perfect matching between supports and coordinates.
* triangular: supports that vary in as many coordinates only split off as a factor.
* segment: a support on a line splits off with its lattice length; n = 1 is nothing else.
* lattice: points in a sublattice of index g contribute the factor g.
* equal: n supports that are equal up to translation give n! times the volume (Kushnirenko).
* blocks: monomials that mix blocks of variables do not count, when two bounds meet
  (`polytopes.blocks`).
* traversal: none applies; the tropical homotopy decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from flint import fmpz_mat

from algebra.limits import UNLIMITED, Budget
from polytopes.blocks import Block, candidate_blocks, own_parts, upper_parts
from polytopes.hull import as_rows, convex_hull
from polytopes.supports import ExactArray, distinct_rows, translated, unique_rows
from polytopes.vertices import without_midpoints

#: Supports of the upper side of the block theorem with more points than this are not tried.
MAX_BLOCK_POINTS = 3000

#: Equal supports go through their hull if it surely has no more facets than this. The hull took
#: from a hundredth of the traversal's time to 1.5 times it (n = 3, ..., 12, up to 300 points); but
#: it is kept in memory, and the traversal is not.
MAX_FACETS = 100_000

#: Exponents beyond which the lattice of all differences is looked at.
LARGE_EXPONENT = 1000

Volume = Callable[[list[ExactArray], Budget], tuple[int, int]]
#: Mixed volumes known already, by the sorted points of the supports.
Memory = dict[tuple[tuple[tuple[int, ...], ...], ...], "Reduction"]


@dataclass(frozen=True, slots=True, eq=False)
class Reduction:
    """A mixed volume with the tree of reductions that led to it.

    Attributes
    ----------
    method : str
        "zero", "triangular", "segment", "lattice", "blocks", "equal" or "traversal".
    supports : list of exact arrays
        What it is the mixed volume of.
    value, exchanges : int
    parts : tuple of Reduction
        Factors; for "blocks" those of the upper side.
    blocks : tuple of Block
        The split of "triangular" (in order) and "blocks".
    factor : int
        Lattice length or index.
    """

    method: str
    supports: list[ExactArray]
    value: int
    exchanges: int = 0
    parts: tuple[Reduction, ...] = ()
    blocks: tuple[Block, ...] = ()
    factor: int = 1

    def methods(self) -> set[str]:
        """All methods used in the tree."""
        return {self.method}.union(*(p.methods() for p in self.parts))


def reduce_volume(
    supports: Sequence[ExactArray],
    volume: Volume,
    budget: Budget = UNLIMITED,
    memory: Memory | None = None,
) -> Reduction:
    """The mixed volume by reductions, with `volume` for what they leave over.

    What is equal point for point (blocks of hidden units, say) costs once.

    Parameters
    ----------
    supports : n exact arrays (m_i, n), n >= 1
    volume : function
        (supports, budget) -> (mixed volume, exchanges), called on supports with at least two
        points each.
    memory : dict or None
        Known results, in and out; a result taken from it counts no exchanges.
    """
    arrays = [unique_rows(a) for a in supports]
    memory = {} if memory is None else memory
    key = tuple(tuple(sorted(as_rows(a))) for a in arrays)
    if key not in memory:
        memory[key] = _reduced(arrays, volume, budget, memory)
        return memory[key]
    return replace(memory[key], exchanges=0)


def _reduced(arrays: list[ExactArray], volume: Volume, budget: Budget, memory: Memory) -> Reduction:
    if min(len(a) for a in arrays) < 2:
        return Reduction("zero", arrays, 0)
    if len(arrays) == 1:
        length = int(arrays[0].max()) - int(arrays[0].min())
        return Reduction("segment", arrays, length, factor=length)
    blocks = triangular_blocks(arrays)
    if blocks is None:
        return Reduction("zero", arrays, 0)
    if len(blocks) > 1:
        factors = triangular_parts(arrays, blocks)
        parts = tuple(reduce_volume(p, volume, budget, memory) for p in factors)
        value = math.prod(p.value for p in parts)
        cost = sum(p.exchanges for p in parts)
        return Reduction("triangular", arrays, value, cost, parts, blocks)
    by_blocks = block_reduction(arrays, volume, budget, memory)
    if by_blocks is not None:
        return by_blocks
    segment = _split_segment(arrays)
    if segment is not None:
        length, rest = segment
        part = reduce_volume(rest, volume, budget, memory)
        return Reduction(
            "segment", arrays, length * part.value, part.exchanges, (part,), (), length
        )
    index, coordinates = lattice_coordinates(arrays)
    if index == 0:
        return Reduction("zero", arrays, 0)
    # Lattice bases are skew: they pay only where they make large exponents small.
    if index > 1 and max(int(np.abs(a).max()) for a in arrays) > LARGE_EXPONENT:
        part = reduce_volume(coordinates, volume, budget, memory)
        return Reduction("lattice", arrays, index * part.value, part.exchanges, (part,), (), index)
    if _are_equal(arrays) and _most_facets(len(arrays), len(arrays[0])) <= MAX_FACETS:
        return Reduction("equal", arrays, convex_hull(as_rows(arrays[0]), budget).volume)
    value, exchanges = volume([without_midpoints(a) for a in arrays], budget)
    return Reduction("traversal", arrays, value, exchanges)


# -- triangular systems ----------------------------------------------------------------------------


def triangular_blocks(supports: Sequence[ExactArray]) -> tuple[Block, ...] | None:
    """Blocks such that each support varies only in the coordinates of its own and earlier blocks.

    Strong components of the graph of a maximum matching (Dulmage-Mendelsohn): None if there is no
    perfect matching of supports with coordinates in which they vary, so that MV = 0.
    """
    n = len(supports)
    varying = [[j for j in range(n) if any(row[j] != a[0][j] for row in a)] for a in supports]
    graph = nx.Graph()
    left = {("equation", i) for i in range(n)}
    graph.add_nodes_from(left)
    graph.add_edges_from((("equation", i), ("variable", j)) for i in range(n) for j in varying[i])
    matching = nx.bipartite.hopcroft_karp_matching(graph, left)
    if any(e not in matching for e in left):
        return None
    partner = {i: matching["equation", i][1] for i in range(n)}
    owner = {j: i for i, j in partner.items()}
    uses = nx.DiGraph()
    uses.add_nodes_from(range(n))
    uses.add_edges_from((owner[j], i) for i in range(n) for j in varying[i] if owner[j] != i)
    condensed = nx.condensation(uses)
    members = nx.get_node_attributes(condensed, "members")
    order = nx.lexicographical_topological_sort(condensed, key=lambda c: min(members[c]))
    return tuple(
        Block(tuple(sorted(partner[i] for i in members[c])), tuple(sorted(members[c])))
        for c in order
    )


def triangular_parts(
    supports: Sequence[ExactArray], blocks: Sequence[Block]
) -> list[list[ExactArray]]:
    """The supports of each block in the block's coordinates."""
    return [[unique_rows(supports[i][:, list(b.variables)]) for i in b.equations] for b in blocks]


# -- blocks ----------------------------------------------------------------------------------------


def block_reduction(
    supports: list[ExactArray], volume: Volume, budget: Budget, memory: Memory
) -> Reduction | None:
    """The block theorem, where its two sides meet, block by block, and are not 0."""
    cost = 0

    def reduced(part: list[ExactArray]) -> Reduction:
        nonlocal cost
        found = reduce_volume(part, volume, budget, memory)
        cost += found.exchanges
        return found

    for blocks in candidate_blocks(supports):
        own = own_parts(supports, blocks)
        if any(len(a) < 2 for block in own for a in block):
            continue
        upper = upper_parts(supports, blocks)
        if max(len(a) for block in upper for a in block) > MAX_BLOCK_POINTS:
            continue
        lower_sides = [reduced(part) for part in own]
        upper_sides = []
        for low, part in zip(lower_sides, upper, strict=True):
            upper_sides.append(reduced(part))
            if low.value == 0 or upper_sides[-1].value != low.value:
                break
        else:
            value = math.prod(r.value for r in upper_sides)
            return Reduction("blocks", supports, value, cost, tuple(upper_sides), blocks)
    return None


# -- segments, lattices, points --------------------------------------------------------------------


def _split_segment(supports: list[ExactArray]) -> tuple[int, list[ExactArray]] | None:
    """Lattice length of a support on a line, and the others projected along it."""
    n = len(supports)
    for i, a in enumerate(supports):
        rows = as_rows(a)
        steps = [[x - y for x, y in zip(p, rows[0], strict=True)] for p in rows[1:]]
        if fmpz_mat(steps).rank() > 1:
            continue
        divisor = math.gcd(*steps[0])
        direction = [x // divisor for x in steps[0]]
        pivot = next(j for j in range(n) if direction[j])
        positions = [0, *(s[pivot] // direction[pivot] for s in steps)]
        # Unimodular rows whose product with the direction is (1, 0, ..., 0).
        augmented = fmpz_mat(
            [[direction[j], *(int(j == k) for k in range(n))] for j in range(n)]
        ).hnf()
        projection = [[int(augmented[j, k + 1]) for k in range(n)] for j in range(1, n)]
        rest = [
            distinct_rows([_image(projection, p) for p in as_rows(b)])
            for k, b in enumerate(supports)
            if k != i
        ]
        return max(positions) - min(positions), rest
    return None


def lattice_coordinates(supports: Sequence[ExactArray]) -> tuple[int, list[ExactArray]]:
    """Index of the lattice spanned by all differences, and the supports in its coordinates.

    The index is 0 if the differences do not span the space (then the mixed volume is 0).
    """
    n = len(supports)
    differences = []
    for a in supports:
        rows = as_rows(a)
        differences += [[x - y for x, y in zip(p, rows[0], strict=True)] for p in rows[1:]]
    reduced = fmpz_mat(differences).hnf()
    if reduced.rank() < n:
        return 0, list(supports)
    basis = fmpz_mat([[int(reduced[i, j]) for j in range(n)] for i in range(n)])
    index = abs(int(basis.det()))
    if index == 1:
        return 1, list(supports)
    basis = basis.lll()  # the Hermite basis is skew: coordinates in it are large
    out = []
    for a in supports:
        rows = as_rows(a)
        steps = fmpz_mat([[x - y for x, y in zip(p, rows[0], strict=True)] for p in rows])
        solution = basis.transpose().solve(steps.transpose())
        out.append(
            distinct_rows(
                [tuple(int(solution[j, k].p) for j in range(n)) for k in range(len(rows))]
            )
        )
    return index, out


def _are_equal(supports: Sequence[ExactArray]) -> bool:
    """Whether all supports are translates of each other."""
    return len({tuple(sorted(as_rows(translated(a)))) for a in supports}) == 1


def _most_facets(n: int, m: int) -> int:
    """Facets of a polytope with m vertices in dimension n at most (upper bound theorem)."""
    half = n // 2
    return math.comb(m - n + half, half) + math.comb(m - half - 1, n - half - 1)


def _image(matrix: list[list[int]], point: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sum(x * y for x, y in zip(row, point, strict=True)) for row in matrix)
