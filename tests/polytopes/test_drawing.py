"""Pictures: the subdivision that is drawn is exact; files are written; refusals are clear."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from polytopes import mixed_cells, newton_polytope
from polytopes.drawing import draw_mixed_cells, draw_newton_polytope, plane_subdivision

POINTS = st.lists(
    st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=3, max_size=6, unique_by=tuple
)


@given(POINTS, POINTS, st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_cells_in_the_plane_tile_the_minkowski_sum(first, second, seed):
    total = newton_polytope(first) + newton_polytope(second)
    if total.dimension < 2:
        return
    cells = mixed_cells([first, second], seed=seed)
    pieces = plane_subdivision(cells)
    assert sum(c.doubled_area for c in pieces) == total.lattice_volume
    mixed = [c.doubled_area // 2 for c in pieces if c.kind == (1, 1)]
    assert sorted(mixed) == sorted(int(v) for v in cells.volumes)


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
    draw_mixed_cells(mixed_cells([[(0, 0), (1, 0), (0, 1)], [(0, 0), (2, 1), (1, 2)]]), target)
    text = target.read_text()
    assert "volume" in text or "area" in text
    assert "<script src=" not in text


def test_other_dimensions_and_formats_are_refused(tmp_path):
    with pytest.raises(InputError, match="2 or 3"):
        draw_mixed_cells(mixed_cells([[[0], [3]]]), tmp_path / "a.png")
    with pytest.raises(InputError, match="format"):
        draw_mixed_cells(mixed_cells([[(0, 0), (1, 0)], [(0, 0), (0, 1)]]), tmp_path / "a.txt")
