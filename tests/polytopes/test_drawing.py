"""Pictures: the subdivision that is drawn is exact; files are written; refusals are clear."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from polytopes import mixed_cells, newton_polytope, stable_cells
from polytopes.drawing import draw_mixed_cells, draw_newton_polytope
from polytopes.scenes import polytope_scene, subdivision_scene
from polytopes.subdivision import subdivision

POINTS = st.lists(
    st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=3, max_size=6, unique_by=tuple
)


SPACE = st.lists(
    st.lists(st.integers(0, 2), min_size=3, max_size=3), min_size=2, max_size=5, unique_by=tuple
)


def assert_cells_tile(supports, seed):
    total = newton_polytope(supports[0])
    for a in supports[1:]:
        total = total + newton_polytope(a)
    n = len(supports)
    cells = mixed_cells(supports, seed=seed)
    pieces = subdivision(cells)
    # A sum of lower dimension has volume 0 and no cells.
    assert sum(c.volume for c in pieces) * math.factorial(n) == total.normalised_volume
    mixed = {c.parts: c.volume for c in pieces if c.is_mixed}
    found = {
        tuple(map(tuple, e)): int(v)
        for e, v in zip(cells.edges.tolist(), cells.volumes, strict=True)
    }
    assert mixed == found


@given(POINTS, POINTS, st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_cells_in_the_plane_tile_the_minkowski_sum(first, second, seed):
    assert_cells_tile([first, second], seed)


@given(SPACE, SPACE, SPACE, st.integers(0, 5))
@settings(deadline=None, max_examples=25)
def test_cells_in_space_tile_the_minkowski_sum(a, b, c, seed):
    assert_cells_tile([a, b, c], seed)


def test_scenes_name_types_and_label_cells_with_their_volume():
    supports = [[(0, 1), (0, 2), (1, 3)], [(1, 0), (2, 0), (3, 1)]]
    scene = subdivision_scene(stable_cells(supports), variables=("x", "y"))
    stable = [p for p in scene.pieces if p.strong]
    assert sum(int(p.label) for p in stable) == 6
    assert {p.kind for p in stable} == {
        "zeros with nonzero coordinates",
        "zeros with x = 0",
        "zeros with y = 0",
        "zeros with x = y = 0",
    }
    assert "not stable" in {p.kind for p in scene.pieces}
    affine = subdivision_scene(mixed_cells(supports, kind="affine"))
    assert sum(int(p.label) for p in affine.pieces if p.strong) == 8


def test_faces_of_a_cube_in_space_are_its_six_squares():
    cube = newton_polytope([(i, j, k) for i in (0, 2) for j in (0, 2) for k in (0, 2)])
    (piece,) = polytope_scene(cube).pieces
    assert sorted(len(face) for face in piece.faces) == [4] * 6
    for face in piece.faces:
        sides = np.linalg.norm(face - np.roll(face, 1, axis=0), axis=1)
        assert np.allclose(sides, 2)  # neighbours along an edge, never across the square


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_pictures_are_written_in_the_format_of_their_suffix(tmp_path, suffix):
    plane = [[(0, 0), (3, 0), (0, 3), (1, 1)], [(0, 0), (2, 0), (0, 1)]]
    space = [np.vstack([np.zeros(3, int), np.eye(3, dtype=int) * k]) for k in (1, 2, 1)]
    for name, supports in (("plane", plane), ("space", space)):
        target = tmp_path / f"{name}{suffix}"
        draw_mixed_cells(mixed_cells(supports), target)
        assert target.stat().st_size > 1000
        draw_newton_polytope(newton_polytope(supports[0]), target)
        assert target.stat().st_size > 1000


def test_interactive_pictures_stand_alone(tmp_path):
    pytest.importorskip("plotly")
    target = tmp_path / "cells.html"
    plane = [[(0, 0), (1, 0), (0, 1)], [(0, 0), (2, 1), (1, 2)]]
    space = [np.vstack([np.zeros(3, int), np.eye(3, dtype=int) * k]) for k in (1, 2, 1)]
    for supports in (plane, space):
        draw_mixed_cells(mixed_cells(supports), target)
        text = target.read_text()
        assert "mixed: edge of P" in text
        assert "<script src=" not in text
        assert ("cells moved apart by" in text) == (len(supports) == 3)
    draw_newton_polytope(newton_polytope(space[1]), target, variables=("a", "b", "c"))
    assert "4 vertices, 4 facets" in target.read_text()


@pytest.mark.parametrize("suffix", [".png", ".html"])
def test_degenerate_pictures_are_drawn(tmp_path, suffix):
    pytest.importorskip("plotly")
    target = tmp_path / f"degenerate{suffix}"
    for points in (
        [(0, 1)],
        [(0, 0), (2, 1)],
        [(0, 0, 0), (1, 2, 3)],
        [(0, 0), (10**9, -1), (1, 0)],
    ):
        draw_newton_polytope(newton_polytope(points), target)
        assert target.stat().st_size > 1000
    draw_mixed_cells(mixed_cells([[(0, 0), (1, 0)], [(0, 0), (2, 0)]]), target)
    assert target.stat().st_size > 1000


def test_other_dimensions_and_formats_are_refused(tmp_path):
    with pytest.raises(InputError, match="2 or 3"):
        draw_mixed_cells(mixed_cells([[[0], [3]]]), tmp_path / "a.png")
    with pytest.raises(InputError, match="10"):
        draw_newton_polytope(newton_polytope([(0, 0), (10**16, 1), (1, 0)]), tmp_path / "a.png")
    with pytest.raises(InputError, match="format"):
        draw_mixed_cells(mixed_cells([[(0, 0), (1, 0)], [(0, 0), (0, 1)]]), tmp_path / "a.txt")
