"""Mixed cells: literature, the independent check, its refusals."""

import itertools
import json

import numpy as np
import pytest

from polytopes import LiftingError, is_mixed_cell, mixed_cells

SQUARE = [
    np.array([(0, 0), (0, 2), (1, 0), (1, 1)]),
    np.array([(0, 0), (0, 1), (1, 1), (2, 0)]),
]


@pytest.mark.parametrize(
    ("liftings", "volumes"),
    [(((0, 0, 0, 1), (0, 3, 4, 8)), [1, 1, 2]), (((0, 0, 0, 2), (0, 3, 4, 8)), [1, 3])],
)
def test_volumes_of_cells_for_two_given_liftings(liftings, volumes):
    # Test suite of S. Timme, MixedSubdivisions.jl.
    cells = mixed_cells(SQUARE, liftings=liftings)
    assert sorted(cells.volumes.tolist()) == volumes
    for j in range(len(cells)):
        assert is_mixed_cell(SQUARE, cells.liftings, cells.edges[j], int(cells.volumes[j]))


@pytest.mark.parametrize("seed", range(3))
def test_every_cell_of_a_random_lifting_passes_the_independent_check(seed):
    rng = np.random.default_rng(seed)
    supports = [np.unique(rng.integers(-3, 4, (7, 4)), axis=0) for _ in range(4)]
    cells = mixed_cells(supports, seed=seed)
    assert len(cells) > 0
    assert len({e.tobytes() for e in cells.edges}) == len(cells)
    for j in range(len(cells)):
        assert is_mixed_cell(supports, cells.liftings, cells.edges[j], int(cells.volumes[j]))
        for a, w, (p, q) in zip(supports, cells.liftings, cells.edges[j], strict=True):
            heights = [
                sum(x * int(e) for x, e in zip(cells.normal(j), row, strict=True)) + int(w[r])
                for r, row in enumerate(a)
            ]
            assert heights[p] == heights[q] == min(heights)


def test_among_all_pairs_of_edges_the_check_accepts_exactly_the_cells():
    cells = mixed_cells(SQUARE, liftings=((0, 0, 0, 1), (0, 3, 4, 8)))
    pairs = list(itertools.combinations(range(4), 2))
    accepted = []
    for edges in itertools.product(pairs, pairs):
        e = [SQUARE[i][p] - SQUARE[i][q] for i, (p, q) in enumerate(edges)]
        volume = abs(int(e[0][0] * e[1][1] - e[0][1] * e[1][0]))
        if is_mixed_cell(SQUARE, cells.liftings, np.array(edges), volume):
            accepted.append([list(pair) for pair in edges])
        assert not is_mixed_cell(SQUARE, cells.liftings, np.array(edges), volume + 1)
    assert accepted == cells.edges.tolist()


def test_a_lifting_with_ties_is_refused():
    with pytest.raises(LiftingError, match="generic"):
        mixed_cells(SQUARE, liftings=((0, 0, 0, 0), (0, 0, 0, 0)))


def test_affine_cells_refer_to_supports_with_the_origin_appended():
    supports = [[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]]
    cells = mixed_cells(supports, kind="affine")
    assert cells.mixed_volume == 8
    assert [a[-1].tolist() for a in cells.supports] == [[0, 0], [0, 0]]
    assert [len(w) for w in cells.liftings] == [4, 4]


def test_the_certificate_of_the_cells_is_accepted_and_damaged_ones_are_not():
    from proofs.checker import CertificateRejected, check_document

    document = mixed_cells(SQUARE).certificate()
    checked = check_document(document)
    assert checked.facts["mixed_volume", "at_least"] == 4
    too_much = {**document, "claim": {"at_least": 5}}
    twice = json.loads(json.dumps(document))
    twice["proof"]["cells"] += twice["proof"]["cells"][:1]
    flat = json.loads(json.dumps(document))
    flat["proof"]["lifting"] = [[0] * 4, [0] * 4]
    for damaged in (too_much, twice, flat):
        with pytest.raises(CertificateRejected):
            check_document(damaged)
