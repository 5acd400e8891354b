"""Sentences of a report: formulas found in them, what is cut from them, evidence as text."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs.catalogue import claims
from proofs.reports import evidence, phrases
from proofs.reports.blocks import Code, Items, Mark, Math, Paragraph, Table, items
from proofs.reports.markdown import to_markdown
from proofs.reports.mathematics import mathml
from proofs.reports.notation import typeset

# -- formulas in sentences --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("At most (1+4p)^d points", ["At most ", Math("(1 + 4 p)^{d}"), " points"]),
        ("in W_{H+1}, all data", ["in ", Math("W_{H + 1}"), ", all data"]),
        ("B_C* = (4p)^d isolated", [Math(r"B_{C}^{\ast} = (4 p)^{d}"), " isolated"]),
        ("Σ_k 4^k C(d,k) points", [Math(r"\sum_{k} 4^{k} \binom{d}{k}"), " points"]),
        ("λ_ij ≠ 0 and x_j", [Math(r"\lambda_{i j} \ne 0"), " and ", Math("x_{j}")]),
        ("½‖W_1 X − Y‖² here", [Math(r"\frac{1}{2} \| W_{1} X - Y \|^{2}"), " here"]),
        ("zeros in C^n", ["zeros in ", Math(r"\mathbb{C}^{n}")]),
        ("w1_2_1 = 0 implies w2_1_1^2*x1_1 = 0",
         [Code("w1_2_1"), " = 0 implies ", Code("w2_1_1^2*x1_1"), " = 0"]),
    ],
)  # fmt: skip
def test_formulas_are_found(text, expected):
    assert typeset(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a network 2-2-2,m=2 with a row and I think A is x, y or λ",
        "see docs/theory.md, section 2, file_name.py and path_count",
        "3_000 rows; e_ and ^2 and _ and a*b",
        "A. Bharadwaj, S. Hoşten (2023), arXiv:2301.12651, equations (2)-(5)",
    ],
)
def test_words_stay_words(text):
    assert "".join(typeset(text)) == text


def test_the_same_notation_in_every_claim_can_be_drawn():
    found = 0
    for claim in claims():
        for text in (claim.title, claim.statement, *claim.hypotheses):
            for item in typeset(text):
                if isinstance(item, Math):
                    ElementTree.fromstring(mathml(item.tex))
                    found += 1
                elif isinstance(item, str):
                    assert not re.search(r"[A-Za-z)]\^|[A-Z]_", item), text
    assert found > 40


@given(st.text(alphabet="xyWCaλΣ²⁻¹‖12+-=≤*·()[]^_{}\\$', ", max_size=16))
def test_whatever_is_typeset_is_well_formed(text):
    for item in typeset(text):
        if isinstance(item, Math):
            assert ElementTree.fromstring(mathml(item.tex)).tag == "math"


# -- what the checker accepted ----------------------------------------------------------------


def test_sentences_end_before_raw_polynomials():
    sentence = (
        "The zeros of two systems correspond one to one, with multiplicities and reality, by "
        "w1_1_1 = -38721/47700*t1, w1_1_2 = 5*t2."
    )
    assert phrases.readable(sentence) == (
        "The zeros of two systems correspond one to one, with multiplicities and reality …"
    )
    short = "The mixed volume of the 6 given supports is at most 64: product over 2 blocks."
    assert phrases.readable(short) == short
    assert phrases.readable("312/26*w2_1_1^2*h^2 + 5*h = 0 wherever h^2 = 0") is None


# -- evidence ---------------------------------------------------------------------------------


def plain(text):
    """Literal text of inline items."""
    shown = (item if isinstance(item, str) else getattr(item, "text", None) for item in items(text))
    return "".join(part for part in shown if part)


def test_simple_facts_share_a_paragraph_and_empty_ones_are_left_out():
    count = {"value": 33, "lower": 33, "upper": 33, "word": "proved"}
    (block,) = evidence.blocks(
        {"for_all_data": True, "count": count, "vacuous": "", "failures": [], "B_C": 81}
    )
    assert isinstance(block, Paragraph)
    assert plain(block.text) == "for all data: yes · count: 33  · B_C: 81"
    assert Mark("proved") in block.text


def test_records_of_one_shape_become_a_table():
    rows = [{"active": [1, 2], "off": [], "count": 16}, {"active": [], "off": [1, 2], "count": 1}]
    (table,) = evidence.blocks({"patterns": rows})
    assert isinstance(table, Table)
    assert table.columns == ["active", "off", "count"]
    assert [[plain(cell) for cell in row] for row in table.rows] == [
        ["1, 2", "", "16"],
        ["", "1, 2", "1"],
    ]


def test_records_beside_each_other_become_one_table_with_their_names():
    row = {
        name: {"value": value, "word": "proved", "printed": value, "relies_on": ["x"]}
        for name, value in (("N", 8), ("CBB", 6561), ("BKK", 1089), ("N_C", 33))
    }
    blocks = evidence.blocks({"row": 14, **row})
    assert isinstance(blocks[0], Paragraph)
    assert isinstance(blocks[1], Table)
    assert len(blocks) == 2
    assert blocks[1].columns == ["", "value", "printed"]
    assert blocks[1].rows[3][0] == [Math("N_{C}")]


def test_long_lists_are_shortened_and_matrices_read_row_by_row():
    sentences = [f"the weight number {k} of this network vanishes" for k in range(9)]
    (block,) = evidence.blocks({"without": sentences})
    assert isinstance(block, Items)
    assert plain(block.items[-1]) == f"… and {9 - evidence.MAX_ENTRIES} more in report.json"
    assert plain(evidence.line({"w1_2_1": 3, "zero_at": 0})) == "w1_2_1 3; zero at 0"
    assert evidence.line([["1", "2"], ["3/4", "5"]]) == [Code("1, 2; 3/4, 5")]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.sampled_from(["a", "value", "word", "b_c"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_evidence_of_any_shape_can_be_written(value):
    from proofs.reports.blocks import Section
    from proofs.reports.html import to_html

    section = Section("s", "S", evidence.blocks({"fact": value, "other": 1}))
    assert "other" in to_markdown("T", [section])
    assert "other" in to_html("T", "", [section])
