"""Regions of constant real count: proved cells against discriminants known in closed form."""

from dataclasses import replace
from fractions import Fraction

import pytest

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.certify import certify
from homotopy.region_cells import Axis, Cell
from homotopy.region_pictures import draw_regions
from homotopy.regions import regions, require_agreement
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


def test_pictures_and_documents_hold_every_cell(tmp_path):
    result = regions(CUBIC, [("a", -1, 1), ("b", -1, 1)], depth=2)
    document = result.to_dict()
    assert len(document["cells"]) == len(result.cells)
    assert result.to_svg().startswith("<svg")
    for suffix, begin in ((".png", b"\x89PNG"), (".pdf", b"%PDF"), (".svg", b"<?xml")):
        path = tmp_path / f"plane{suffix}"
        draw_regions(result, path)
        assert path.read_bytes().startswith(begin)
    with pytest.raises(InputError, match=r"\.svg"):
        draw_regions(result, tmp_path / "plane.gif")
    with pytest.raises(InputError, match="one axis"):
        result.intervals()


# -- the exact boundary --------------------------------------------------------------------------


def test_the_boundary_of_a_cubic_is_its_discriminant():
    cubic = CUBIC.specialise({"a": -3})
    result = regions(cubic, [("b", -4, 4)], depth=6)
    assert [float(v) for v in result.exact.values] == [-2.0, 2.0]  # 4·27 = 27 b²
    assert result.exact.counts == (1, 3, 1)
    assert all(v.meet and v.low == v.high for v in result.exact.values)
    assert 0.8 < result.confirmed(Fraction(-2), Fraction(2)) < 1


def test_a_zero_that_passes_through_infinity_is_a_condition():
    system = PolynomialSystem.parse("variables x; parameters p; p*x^3 + x - 1")
    result = regions(system, [("p", -1, 1)], depth=4)
    # Two real zeros come from infinity on the left, where p x² ~ −1.
    assert [(float(v), v.meet) for v in result.exact.values] == [(-4 / 27, True), (0.0, False)]
    assert result.exact.counts == (1, 3, 1)


def test_the_exact_boundary_of_row_14_separates_the_certified_cells():
    result = regions("2-2-2", [("y1_1", "1/4", "4")], depth=8, number=3)
    assert result.exact.counts == (5, 5, 9, 9, 5)
    ends = [0.25, *map(float, result.exact.values), 4]
    for cell in result.cells:
        ((low, high),) = cell.ends
        inside = [v for v in ends[1:-1] if low < v < high]
        if cell.real is not None:
            assert not inside
            (k,) = [k for k in range(5) if ends[k] <= low and high <= ends[k + 1]]
            assert cell.real == result.exact.counts[k]


def test_an_exact_boundary_that_takes_long_is_left_out_unless_asked_for(monkeypatch):
    monkeypatch.setattr("homotopy.exact_boundaries.UNASKED_SECONDS", 0.0)
    result = regions(SQUARE, [("p", -1, 2)], depth=2)
    assert result.exact is None
    assert "longer" in result.notes[0]
    assert regions(SQUARE, [("p", -1, 2)], depth=2, exact=True).exact.counts == (0, 2)
    with pytest.raises(InputError, match="one parameter"):
        regions(CUBIC, [("a", -3, 2), ("b", -2, 2)], exact=True)


def test_a_wrong_cell_would_be_noticed():
    boundary = regions(SQUARE, [("p", -1, 2)], depth=4)
    wrong = replace(boundary, cells=(Cell((Fraction(1),), (Fraction(1, 2),), 4, 4),))
    with pytest.raises(EnginesDisagree, match="4 real zeros in boxes"):
        require_agreement(wrong, boundary.exact)
    wrong = replace(boundary, cells=(Cell((Fraction(0),), (Fraction(1, 2),), 2, 2),))
    with pytest.raises(EnginesDisagree, match="two zeros meet"):
        require_agreement(wrong, boundary.exact)


def test_logarithmic_ranges_are_halved_by_ratios():
    result = regions(SQUARE, [("p", "1/1000", 1000)], depth=7, log=True, exact=False)
    assert result.shares == {2: pytest.approx(1)}
    axis = Axis("p", Fraction(1, 1000), Fraction(1000), True)
    assert float(axis.middle(axis.low, axis.high)) == pytest.approx(1, rel=0.1)
    assert axis.share(Fraction(1), Fraction(1000)) == pytest.approx(0.5)
    negative = Axis("p", Fraction(-100), Fraction(-1, 100), True)
    assert float(negative.middle(negative.low, negative.high)) == pytest.approx(-1, rel=0.1)


def test_zeros_of_badly_scaled_systems_are_followed_over_whole_cells():
    # Coordinates of sizes 1 to 10^6 that move together: plain balls need cells of width 1e-6.
    system = PolynomialSystem.parse(
        "variables x, y, z; parameters p; x^2 + p*y - 1000000; y^2 - 1000*z + p; z - 1000*x + p*y"
    )
    result = regions(system, [("p", 1, 2)], depth=6, exact=False)
    assert result.shares.get(None, 0) < 0.1


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
