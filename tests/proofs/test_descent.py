"""Descents, disconnectivity graphs, pictures and tables of landscapes."""

import csv
import json

import numpy as np
import pytest
from matplotlib.figure import Figure

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from proofs.checker import check_document
from proofs.descent import connections, descend, disconnectivity, flow, nearest
from proofs.landscape import landscape
from proofs.landscape_files import write_landscape, write_table
from proofs.landscape_plots import draw_landscape, plot_loss_against_index, slice_through


@pytest.fixture(scope="module")
def wells():
    """Four unequal wells around a maximum."""
    return landscape(PolynomialSystem.parse("x^4 + y^4 - 3/2*x^2*y^2 - x^2 - y^2 + x/10 + y/20"))


@pytest.fixture(scope="module")
def network():
    return landscape(LinearNetwork((2, 2, 2), seed=0))


# -- descents -------------------------------------------------------------------------------------


def test_descents_end_at_certified_minima_and_are_all_counted(network):
    found = descend(network, 20, seed=1)
    assert found.total == 20
    assert all(network.points[k].kind == "minimum" for k in found.reached)
    assert found.best >= float(network.global_minimum.loss.mid()) - 1e-9
    assert descend(network, 20, seed=1) == found
    assert descend(network, 0).to_dict()["best"] is None


def test_descents_that_fall_for_ever_are_counted_as_elsewhere():
    found = descend(landscape(PolynomialSystem.parse("x^3 - 3*x + y^2")), 30)
    assert found.total == 30
    assert found.elsewhere > 0
    assert set(found.reached) <= {0}


def test_a_limit_keeps_the_descents_so_far(wells):
    with pytest.raises(LimitReached) as limit:
        descend(wells, 1000, budget=Budget.of(seconds=0))
    assert limit.value.partial.total < 1000


def test_flow_lines_end_where_they_should(wells):
    points = np.array([p.weights for p in wells.points])
    for k in wells.of_kind("minimum"):
        assert nearest(points, flow(wells, points[k] + 0.01)) == k


def test_nothing_is_near_to_a_point_that_is_not_finite():
    assert nearest(np.zeros((1, 2)), np.array([np.nan, 0.0])) is None
    assert nearest(np.zeros((0, 2)), np.zeros(2)) is None


# -- saddles ----------------------------------------------------------------------------------


def test_every_saddle_joins_the_two_wells_beside_it(wells):
    minima = wells.of_kind("minimum")
    joined = connections(wells)
    assert len(joined) == len(minima) == 4
    for connection in joined:
        a, b = connection.ends
        assert a != b
        assert {a, b} <= set(minima)
        # Neighbouring wells differ in the sign of one coordinate.
        u, v = wells.points[a].weights, wells.points[b].weights
        assert int((np.sign(u) != np.sign(v)).sum()) == 1


@pytest.mark.parametrize("subject", ["wells", "network"])
def test_the_disconnectivity_graph_is_a_tree_with_rising_saddles(subject, request):
    result = request.getfixturevalue(subject)
    minima = result.of_kind("minimum")
    merges = disconnectivity(result)
    assert len(merges) == len(minima) - 1
    assert set(merges[-1].left) | set(merges[-1].right) == set(minima)
    heights = [result.points[m.saddle].value for m in merges]
    assert heights == sorted(heights)
    for merge in merges:
        below = [result.points[k].value for k in (*merge.left, *merge.right)]
        assert max(below) < result.points[merge.saddle].value


def test_saddles_held_in_a_symmetric_subspace_still_join_the_minima():
    # Flow lines from two of the saddles end at lower saddles: all weights of a unit stay 0.
    result = landscape(LinearNetwork((2, 3, 2), seed=0), counting=False)
    ends = {end for c in connections(result) for end in c.ends}
    assert any(result.points[end].kind == "saddle" for end in ends)
    merges = disconnectivity(result)
    assert len(merges) == len(result.of_kind("minimum")) - 1


# -- slices and pictures -----------------------------------------------------------------------


def test_a_slice_holds_its_points_with_their_values(wells):
    cut = slice_through(wells, grid=21)
    assert len(cut.axes) == 2
    assert cut.values.shape == (21, 21)
    assert len(cut.marks) == 9  # two variables: every point lies in the plane
    np.testing.assert_allclose(cut.axes @ cut.axes.T, np.eye(2), atol=1e-12)
    for k, where in cut.marks:
        back = cut.origin + where @ cut.axes
        np.testing.assert_allclose(back, wells.points[k].weights, atol=1e-9)


def test_a_slice_in_one_variable_is_a_graph():
    result = landscape(PolynomialSystem.parse("x^4/4 - x^2/2"))
    cut = slice_through(result, grid=11)
    assert cut.values.shape == (11,)
    assert len(cut.marks) == 3


def test_points_on_a_line_span_no_plane(network):
    # A point and its mirror image have the origin between them.
    origin = len(network.points) - 1
    assert network.points[origin].rational is not None
    mirror = next(
        k for k, p in enumerate(network.points)
        if k and np.allclose(p.weights, -network.points[0].weights)
    )  # fmt: skip
    with pytest.raises(InputError, match="on a line"):
        slice_through(network, [0, mirror, origin])
    with pytest.raises(InputError, match="2 or 3"):
        slice_through(network, [0])
    with pytest.raises(InputError, match="points 0 to"):
        slice_through(network, [0, 99])


@pytest.mark.parametrize(("suffix", "start"), [(".svg", b"<?xml"), (".png", b"\x89PNG")])
def test_pictures_are_written_in_the_format_of_their_name(wells, tmp_path, suffix, start):
    path = draw_landscape(wells, tmp_path / f"picture{suffix}")
    assert path.read_bytes().startswith(start)


def test_the_interactive_picture_stands_alone(wells, tmp_path):
    pytest.importorskip("plotly")
    page = draw_landscape(wells, tmp_path / "picture.html").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page
    assert 'src="http' not in page
    assert "point 0: minimum, index 0" in page


def test_one_mark_stands_for_an_orbit(network):
    axes = Figure().subplots()
    plot_loss_against_index(network, axes)
    written = {t.get_text() for t in axes.texts}
    sizes = [sum(p.orbit == o for p in network.points) for o in {p.orbit for p in network.points}]
    assert written == {f"×{size}" for size in sizes if size > 1}


def test_pictures_without_points_or_with_odd_names_are_refused(wells, tmp_path):
    with pytest.raises(InputError, match=r"\.svg"):
        draw_landscape(wells, tmp_path / "picture.gif")
    with pytest.raises(InputError, match="nothing to draw"):
        draw_landscape(landscape(PolynomialSystem.parse("x^3 + x")), tmp_path / "a.png")


# -- tables ---------------------------------------------------------------------------------------


def test_a_csv_table_keeps_every_digit(network, tmp_path):
    path = write_table(network, tmp_path / "points.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(network.points)
    for row, point in zip(rows, network.points, strict=True):
        assert float(row["loss"]) == point.value
        assert [float(row[v]) for v in network.system.variables] == point.weights.tolist()
        assert row["kind"] == point.kind


def test_the_dataframe_has_one_row_per_point(network):
    pytest.importorskip("pandas")
    table = network.to_dataframe()
    assert list(table["kind"]) == [p.kind for p in network.points]
    assert list(table["index"]) == [p.index for p in network.points]


def test_parquet_files_hold_the_same_table(network, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    path = write_table(network, tmp_path / "points.parquet")
    pandas.testing.assert_frame_equal(pandas.read_parquet(path), network.to_dataframe())


def test_other_tables_are_refused(network, tmp_path):
    with pytest.raises(InputError, match=r"\.csv or \.parquet"):
        write_table(network, tmp_path / "points.xlsx")


def test_a_folder_gets_table_picture_and_an_accepted_certificate(wells, tmp_path):
    paths = write_landscape(wells, tmp_path / "out")
    assert [p.name for p in paths] == ["points.csv", "certificate.json", "landscape.svg"]
    facts = check_document(json.loads(paths[1].read_text())).facts
    assert facts["real", "at_least"] == len(wells.points)


def test_what_descents_find_at_no_known_point_is_told():
    # The minima of (x² + y² − 1)² form a circle; the one isolated critical point is a maximum.
    found = descend(landscape(PolynomialSystem.parse("(x^2 + y^2 - 1)^2")), 6)
    assert found.elsewhere == 6
    assert abs(found.best) < 1e-8
