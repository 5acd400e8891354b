"""Pictures of paths: what is drawn, and refusals."""

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.families import noon
from algebra.systems import PolynomialSystem
from homotopy.drawing import MOST_PATHS, draw_paths, in_the_disc, kind_of
from homotopy.results import PathStatus


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_paths_of_noon_are_drawn(tmp_path, suffix):
    target = tmp_path / f"paths{suffix}"
    assert draw_paths(noon(3), target) == 21
    assert target.stat().st_size > 5000


def test_many_paths_are_sampled(tmp_path):
    assert draw_paths(noon(5), tmp_path / "paths.png") == MOST_PATHS


def test_infinity_is_the_circle_and_the_origin_stays():
    values = in_the_disc(np.array([0, 1, 1j, -1e12]))
    assert np.allclose(values, [0, 0.5, 0.5j, -1])


def test_every_status_has_a_colour():
    assert {kind_of(int(s)) for s in PathStatus} == {
        "regular", "singular", "at infinity", "not understood",
    }  # fmt: skip


def test_what_cannot_be_drawn_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"\.svg"):
        draw_paths(noon(3), tmp_path / "paths.txt")
    with pytest.raises(InputError, match="nonzero equations"):
        draw_paths(PolynomialSystem.parse("x + y"), tmp_path / "paths.png")
