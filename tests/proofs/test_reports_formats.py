"""Writing a report: formulas, escaping, pictures."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algebra.networks import LinearNetwork
from proofs.reports import pictures, polygons, poset
from proofs.reports.blocks import Callout, Code, Figure, Link, Mark, Math, Paragraph, Section, Table
from proofs.reports.html import standalone_picture, to_html
from proofs.reports.markdown import escape, inline, to_markdown
from proofs.reports.mathematics import TexError, mathml

HOSTILE = "<script>alert('x')</script> & \"quoted\" $tex$ `code` | **bold** [link](x)"

# -- formulas ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("w_{ij}", "<msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>"),
        (r"\frac{1}{2}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac>"),
        (r"\lambda_1^2", "<msubsup><mi>λ</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (r"\mathbb{C}", "<mi>ℂ</mi>"),
        (r"\text{a < b}", "<mtext>a &lt; b</mtext>"),
        ("x<y", "<mi>x</mi><mo>&lt;</mo><mi>y</mi>"),
    ],
)
def test_formulas_become_mathml(tex, expected):
    assert mathml(tex) == f"<math><mrow>{expected}</mrow></math>"


@pytest.mark.parametrize("tex", ["x^", "_2", "{x", "x}", r"\unknown", "x^2^3", r"\frac{1}"])
def test_formulas_outside_the_subset_are_refused(tex):
    with pytest.raises(TexError):
        mathml(tex)


@given(st.text(alphabet="xyab12+-=<>&()^_{}\\ ", max_size=12))
def test_a_formula_is_well_formed_xml_or_refused(tex):
    try:
        text = mathml(tex)
    except TexError:
        return
    assert ElementTree.fromstring(text).tag == "math"


# -- literal text stays literal ---------------------------------------------------------------


def test_data_cannot_become_markup_in_html():
    blocks = [
        Paragraph(HOSTILE),
        Paragraph([Code(HOSTILE), Link(HOSTILE, "#a"), Mark("proved")]),
        Table([HOSTILE], [[HOSTILE]], HOSTILE),
        Callout("bad", HOSTILE, HOSTILE),
    ]
    text = to_html(HOSTILE, HOSTILE, [Section("a", HOSTILE, blocks)])
    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;") >= 8


def test_data_cannot_become_markup_in_markdown():
    text = escape(HOSTILE)
    assert "<script>" not in text
    assert r"\|" in text
    assert r"\*\*bold\*\*" in text
    assert "\n" not in escape("two\nlines")


def test_code_keeps_its_backquotes():
    assert inline([Code("a`b")]) == "``a`b``"


def test_markdown_keeps_tex_and_draws_tables():
    blocks = [Paragraph(["For all ", Math("x^2")]), Table(["a", "b"], [["1", "2"]])]
    text = to_markdown("T", [Section("s", "S", blocks)])
    assert "For all $x^2$" in text
    assert "| a | b |\n| --- | --- |\n| 1 | 2 |" in text


# -- pictures ---------------------------------------------------------------------------------


def network_patterns(zero_sets):
    return [poset.Pattern(frozenset(zero), "1") for zero in zero_sets]


def test_the_poset_of_two_neurons_is_a_diamond():
    one = ["w1_1_1", "w2_1_1"]
    two = ["w1_2_1", "w2_1_2"]
    graph = poset.order(network_patterns([one + two, one, two, []]))
    assert sorted(graph.edges) == [(0, 1), (0, 2), (1, 3), (2, 3)]


@pytest.mark.parametrize(
    ("zero", "name"),
    [
        ([], "all weights nonzero"),
        (["w1_1_1", "w1_2_1", "w2_1_1", "w2_1_2"], "all weights zero"),
        (["w1_1_1", "w2_1_1"], "neuron 1 off"),
        (["w1_2_1", "w2_1_2"], "neuron 2 off"),
        (["w1_1_1"], "1 weight zero"),
        (["w1_1_1", "w2_1_1", "w1_2_1"], "neuron 1 off, 1 more weight zero"),
    ],
)
def test_patterns_have_names(zero, name):
    assert poset.pattern_name(frozenset(zero), (1, 2, 1)) == name


def test_neurons_of_deep_networks_are_named_with_their_layer():
    zero = frozenset({"w1_1_1", "w2_1_1"})
    assert poset.pattern_name(zero, (1, 2, 1, 1)) == "neuron 1 of layer 1 off"


def test_pictures_are_well_formed():
    drawn = [
        poset.draw(network_patterns([["w1_1_1", "w2_1_1"], []]), (1, 1, 1)),
        pictures.bounds_bars([("Bézout <9>", 9, False), ("N", 5, True), ("none", 0, False)]),
        pictures.complex_panels(["x", "y"], [([0.0, 1.0], [0.0, -2.0], True)]),
        pictures.complex_panels(["x"], []),
        pictures.path_panels(["x"], [([[[1.0, 0.0], [0.5, 2.0]]], True), ([[[0.0, 0.0]]], False)]),
        pictures.path_panels(["x", "y"], []),
        pictures.course_panels(["x"], [([1.0, 0.0], [[[1.0, 0.0], [0.5, 2.0]]], True)]),
        pictures.course_panels(["x"], [([1.0], [[[1.0, 0.0]]], False)]),
        pictures.loss_by_index([(1.5, 0), (2.5, 2), (1.5, None)]),
        pictures.loss_by_index([(1.0, 0)]),
    ]
    for svg in drawn:
        assert svg is not None
        ElementTree.fromstring(svg)
        ElementTree.fromstring(standalone_picture(svg))
    assert pictures.loss_by_index([(1.0, None)]) is None


def test_unreadable_pictures_are_not_drawn():
    many = network_patterns([[f"w1_1_{k}"] for k in range(poset.MAX_DRAWN + 1)])
    assert poset.draw(many, (50, 1, 1)) is None
    assert poset.draw(network_patterns([[]]), (poset.MAX_WIDTH + 1, 1, 1)) is None
    assert poset.draw([], (1, 1, 1)) is None


def test_a_figure_appears_in_both_formats():
    figure = Figure("name", "<svg></svg>", "the caption", "the description")
    section = Section("s", "S", [figure])
    assert "the caption" in to_html("T", "", [section])
    assert "![the description](pictures/name.svg)" in to_markdown("T", [section])


# -- Newton polygons --------------------------------------------------------------------------


def test_newton_polygons_of_the_smallest_network_are_those_of_its_equations():
    # ∂L/∂w1 = w2 (w2 w1 x - y) x + λ w1 has degrees (1, 2), (0, 1), (1, 0) in (W_1, W_2).
    supports = [np.array([[1, 2], [0, 1], [1, 0]]), np.array([[2, 1], [1, 0], [0, 1]])]
    first, second = polygons.polygons(["w1_1_1", "w2_1_1"], (1, 1, 1), supports)
    assert first["vertices"] == [[0, 1], [1, 0], [1, 2]]
    assert first["points"] == [[0, 1, 1], [1, 0, 1], [1, 2, 1]]
    assert first["dimension"] == [2, 2]
    assert second["vertices"] == [[0, 1], [1, 0], [2, 1]]
    assert second["axes"] == ["degree in W_1", "degree in W_2"]


def test_equations_of_a_layer_with_one_polygon_are_one_kind():
    system = LinearNetwork.parse("2-2-2").gradient_system()
    kinds = polygons.polygons(system.variables, (2, 2, 2), system.supports)
    assert [kind["layer"] for kind in kinds] == [1, 2]
    assert [name for kind in kinds for name in kind["equations"]] == list(system.variables)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
def test_vertices_go_around_the_hull_and_hold_every_point(points):
    support = np.array(points)
    (kind,) = polygons.polygons(["w1_1_1", "w2_1_1"], (1, 1, 1), [support, support[:0]])
    corners = kind["vertices"]
    assert {tuple(v) for v in corners} <= set(points)
    for a, b in itertools.pairwise([*corners, corners[0]]):
        for p in points:
            assert (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) >= 0
    ElementTree.fromstring(polygons.draw([kind]))


def test_a_deep_network_has_its_own_layer_on_one_axis():
    system = LinearNetwork.parse("1-1-1-1").gradient_system()
    kinds = polygons.polygons(system.variables, (1, 1, 1, 1), system.supports)
    assert [kind["axes"][0] for kind in kinds] == [f"degree in W_{k}" for k in (1, 2, 3)]
    assert all(kind["vertices"] == [[0, 2], [1, 0], [1, 4]] for kind in kinds)
