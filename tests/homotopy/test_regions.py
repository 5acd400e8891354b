"""Regions of constant real count: proved cells against discriminants known in closed form."""

from fractions import Fraction

import pytest

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.certify import certify
from homotopy.regions import regions
from homotopy.solve import solve

SQUARE = PolynomialSystem.parse("variables x; parameters p; x^2 - p")
CUBIC = PolynomialSystem.parse("variables x; parameters a, b; x^3 + a*x + b")


def test_intervals_of_a_square_root_surround_the_branch_point():
    intervals = regions(SQUARE, [("p", -1, 2)], depth=9).intervals()
    assert [real for _, _, real in intervals] == [0, None, 2]
    low, high = intervals[1][:2]
    assert low <= 0 <= high
    assert high - low < Fraction(1, 20)
    assert (intervals[0][0], intervals[-1][1]) == (-1, 2)


def test_proved_cells_of_the_cubic_avoid_its_discriminant():
    # x³ + ax + b has three real zeros iff 4a³ + 27b² < 0 (A. Cayley; any algebra book).
    result = regions(CUBIC, [("a", -3, 2), ("b", -2, 2)], depth=5)
    proved = [c for c in result.cells if c.real is not None]
    assert proved
    for cell in proved:
        (a, b), (u, v) = cell.center, cell.half
        corners = [(a + s * u, b + t * v) for s in (-1, 1) for t in (-1, 1)]
        for x, y in [*corners, cell.center]:
            assert (3 if 4 * x**3 + 27 * y**2 < 0 else 1) == cell.real
    for cell in result.cells:
        x, y = cell.center
        if cell.at_center is not None:
            assert (3 if 4 * x**3 + 27 * y**2 < 0 else 1) == cell.at_center
    assert sum(result.shares.values()) == pytest.approx(1)


def test_a_network_changes_its_count_where_theory_says():
    # 1-1-1: three real points iff |x y| > √(λ μ), else one (w1, w2 = 0 is always there).
    result = regions("1-1-1", [("y1_1", "-1", "1")], depth=10)
    data = {k: result.base[k] for k in ("X", "Lambda")}
    x = Fraction(data["X"][0][0])
    product = Fraction(data["Lambda"][0][0][0]) * Fraction(data["Lambda"][1][0][0])
    for low, high, real in result.intervals():
        if real is not None:
            inside = max(abs(low), abs(high)) ** 2 * x**2
            outside = 0 if low <= 0 <= high else min(abs(low), abs(high)) ** 2 * x**2
            assert inside < product if real == 1 else outside > product
    assert {real for _, _, real in result.intervals()} >= {1, 3}


def test_most_of_a_plane_of_data_of_row_14_is_certified():
    # The paper's row 14; a positive regulariser allows at most 9 real critical points.
    result = regions("2-2-2", [("y1_1", "1/4", "4")], depth=8, number=3)
    assert set(result.shares) == {5, 9, None}
    assert result.shares[None] < 0.1
    assert result.word is Word.CERTIFIED
    network = LinearNetwork((2, 2, 2))
    for low, high, real in result.intervals():
        if real is None:
            continue
        data = {**result.base, "Y": [[str((low + 2 * high) / 3)], result.base["Y"][1]]}
        system = network.gradient_system(data=data)
        assert certify(system, solve(system, certify=False).points).real_count == real


def test_no_cell_with_a_vanishing_regulariser_is_decided():
    # At λ = 0 zeros go to infinity; the reduced equations do not describe the gradient there.
    result = regions("1-1-2", [("l1_1_1", "-1/8", "1/2")], depth=9)
    assert any(real is not None for _, _, real in result.intervals())
    for low, high, real in result.intervals():
        assert real is None or low > 0 or high < 0


def test_deep_networks_are_taken_in_all_weights():
    result = regions("1-1-1-1", [("y1_1", "1", "5/4")], depth=7)
    assert result.zeros == 17
    assert all(real is None or real % 4 == 1 for _, _, real in result.intervals())
    assert result.shares.get(None, 0) < 1


def test_pictures_and_documents_hold_every_cell():
    result = regions(CUBIC, [("a", -1, 1), ("b", -1, 1)], depth=2)
    document = result.to_dict()
    assert len(document["cells"]) == len(result.cells)
    assert result.to_svg().count("<rect") >= len(result.cells)
    with pytest.raises(InputError, match="one axis"):
        result.intervals()


def test_bad_axes_and_limits():
    with pytest.raises(InputError, match="no parameter"):
        regions(SQUARE, [("q", 0, 1)])
    with pytest.raises(InputError, match="empty"):
        regions(SQUARE, [("p", 1, 1)])
    with pytest.raises(InputError, match="axes"):
        regions(SQUARE, [])
    with pytest.raises(InputError, match="depth"):
        regions(SQUARE, [("p", 0, 1)], depth=99)
    with pytest.raises(LimitReached) as caught:
        regions(CUBIC, [("a", -3, 2), ("b", -2, 2)], depth=12, budget=Budget.of(seconds=1.5))
    partial = caught.value.partial
    assert sum(partial.shares.values()) == pytest.approx(1)
