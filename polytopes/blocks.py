"""Systems in blocks of variables: own points, the supports of the block theorem, candidates.

Block theorem. Coordinates and supports are partitioned into blocks, block c having as many of
each. A point of a support of block c is own if it vanishes outside the block's coordinates. Let
T_c contain 0 and the parts in c of all points, not own, of supports outside c. For a support i of
block c let Q_i contain its own points, and p_c + r T_c for its other points p, where p_c is the
part of p in c and r the number of other blocks in which p does not vanish. Then

    prod_c MV(own points of block c) <= MV(A_1, ..., A_n) <= prod_c MV(Q_i : i in block c).

The left side is monotonicity. For the right side let f be generic with supports Q_i, and
P_i = conv(A_i and Q_i). Given w != 0 take, among the blocks with w_c != 0, one for which h(c) = max
over T_c of w_c is largest (h >= 0 because 0 is in T_c). For i in c and p not own,
<w, p> = <w_c, p_c> + sum over other blocks <= <w_c, p_c> + r h(c) <= max over Q_i of w: so the
face of P_i in direction w meets Q_i, and the face system of f contains the n_c equations of block
c, which are generic and quasi-homogeneous for w_c != 0: no zero with all coordinates nonzero. By
Bernshtein's second theorem f has MV(P_1, ..., P_n) zeros there; f is a product over the blocks.

Related criteria: F. Bihan, I. Soprunov, "Criteria for strict monotonicity of the mixed volume of
convex polytopes", Adv. Geom. 19 (2019); T. Chen, "Unmixing the mixed volume computation",
Discrete Comput. Geom. 62 (2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from polytopes.supports import INT64_SAFE, ExactArray, IntArray, distinct_rows, unique_rows


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Coordinates and supports of one block, ascending."""

    variables: tuple[int, ...]
    equations: tuple[int, ...]


def own_points(supports: Sequence[ExactArray], blocks: Sequence[Block]) -> list[IntArray]:
    """Per support the rows of its own points."""
    block_of = {i: c for c, b in enumerate(blocks) for i in b.equations}
    return [
        np.flatnonzero(_others_met(a, blocks, block_of[i]) == 0) for i, a in enumerate(supports)
    ]


def own_parts(supports: Sequence[ExactArray], blocks: Sequence[Block]) -> list[list[ExactArray]]:
    """Own points of every support, block by block, in the block's coordinates."""
    rows = own_points(supports, blocks)
    return [
        [unique_rows(supports[i][rows[i]][:, list(b.variables)]) for i in b.equations]
        for b in blocks
    ]


def upper_parts(supports: Sequence[ExactArray], blocks: Sequence[Block]) -> list[list[ExactArray]]:
    """The supports Q_i of the block theorem, block by block, in the block's coordinates."""
    if max(int(np.abs(a).max()) for a in supports) > INT64_SAFE // (len(blocks) + 1):
        supports = [a.astype(object) for a in supports]
    mixed = []  # of each block, the points of its supports that are not own
    for d, b in enumerate(blocks):
        rows = np.concatenate([supports[i] for i in b.equations])
        mixed.append(rows[_others_met(rows, blocks, d) > 0])
    out = []
    for c, b in enumerate(blocks):
        variables = list(b.variables)
        others = [rows[:, variables] for d, rows in enumerate(mixed) if d != c]
        origin = np.zeros((1, len(variables)), np.int64)
        shifts = unique_rows(np.concatenate([origin, *others]))
        block = []
        for i in b.equations:
            parts, met = supports[i][:, variables], _others_met(supports[i], blocks, c)
            pieces = [parts[met == 0]]
            for r in range(1, len(blocks)):
                sums = parts[met == r][:, None, :] + r * shifts[None, :, :]
                pieces.append(sums.reshape(-1, len(variables)))
            rows = np.concatenate(pieces)
            is_narrow = rows.dtype == np.int64
            block.append(unique_rows(rows) if is_narrow else distinct_rows(rows.tolist()))
        out.append(block)
    return out


def candidate_blocks(supports: Sequence[ExactArray]) -> list[tuple[Block, ...]]:
    """Partitions worth trying: components of the variables that occur in common small monomials.

    Only a guess; the block theorem decides.
    """
    n = len(supports)
    patterns = {tuple(row) for a in supports for row in (a != 0).tolist()}
    occurring = [[j for j, used in enumerate(p) if used] for p in sorted(patterns)]
    out: list[tuple[Block, ...]] = []
    for size in range(1, n):
        graph = nx.Graph()
        graph.add_nodes_from(range(n))
        for monomial in occurring:
            if len(monomial) <= size:
                graph.add_edges_from((monomial[0], j) for j in monomial[1:])
        groups = sorted(sorted(g) for g in nx.connected_components(graph))
        if len(groups) == 1:
            break
        blocks = _with_equations(supports, groups)
        if blocks is not None and all(blocks_key(blocks) != blocks_key(b) for b in out):
            out.append(blocks)
    return out


def blocks_key(blocks: Sequence[Block]) -> tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]:
    """A value to compare partitions by."""
    return tuple((b.variables, b.equations) for b in blocks)


def _with_equations(
    supports: Sequence[ExactArray], groups: list[list[int]]
) -> tuple[Block, ...] | None:
    """Give every group of variables as many equations with own monomials in it, if possible."""
    n = len(supports)
    group_of = {j: c for c, g in enumerate(groups) for j in g}
    graph = nx.Graph()
    left = {("equation", i) for i in range(n)}
    graph.add_nodes_from(left)
    for i, a in enumerate(supports):
        for row in {tuple(row) for row in (a != 0).tolist()}:
            variables = [j for j, used in enumerate(row) if used]
            if len({group_of[j] for j in variables}) == 1:
                graph.add_edges_from((("equation", i), ("variable", j)) for j in variables)
    matching = nx.bipartite.hopcroft_karp_matching(graph, left)
    equations: list[list[int]] = [[] for _ in groups]
    for i in range(n):
        if ("equation", i) not in matching:
            return None
        equations[group_of[matching["equation", i][1]]].append(i)
    if any(len(e) != len(g) for e, g in zip(equations, groups, strict=True)):
        return None
    return tuple(Block(tuple(g), tuple(e)) for g, e in zip(groups, equations, strict=True))


def _others_met(points: ExactArray, blocks: Sequence[Block], c: int) -> IntArray:
    """In how many blocks other than c each point does not vanish: 0 for own points."""
    member = np.zeros((points.shape[1], len(blocks)), np.int64)
    for d, b in enumerate(blocks):
        if d != c:
            member[list(b.variables), d] = 1
    met: IntArray = ((points != 0).astype(np.int64) @ member > 0).sum(axis=1)
    return met
