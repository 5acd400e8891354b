"""The interactive landscape in a real browser: it fits a desktop and a phone, and answers."""

from __future__ import annotations

import pytest
from headless_browser import Browser

from algebra.errors import InputError
from algebra.systems import PolynomialSystem
from proofs.landscape import landscape
from proofs.landscape_plots import draw_landscape
from proofs.reports.pdf import browser as find_browser

try:
    CHROMIUM = find_browser()
except InputError:
    pytest.skip("needs a headless Chromium: apt install chromium", allow_module_level=True)
pytest.importorskip("plotly")

DESKTOP, PHONE = 1280, 390
SIZES = """[...document.querySelectorAll(".js-plotly-plot")].map((plot) => {
  const panel = plot.closest(".panel").getBoundingClientRect();
  return [panel.left, panel.top, panel.width, plot._fullLayout.width]; })"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    wells = landscape(PolynomialSystem.parse("x^4 + y^4 - 3/2*x^2*y^2 - x^2 - y^2"))
    path = tmp_path_factory.mktemp("page") / "landscape.html"
    return draw_landscape(wells, path).resolve().as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(CHROMIUM, tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_panels_stand_side_by_side_or_below_one_another_and_fit(browser, page, width):
    browser.open(page, width=width)
    assert browser.messages == []
    assert {a for a in browser.requests if not a.startswith(("data:", "blob:"))} == {page}
    assert browser.evaluate("document.documentElement.scrollWidth") <= width
    panels = browser.evaluate(SIZES)
    assert len(panels) == 3
    for _, _, room, drawn in panels:
        assert drawn <= room + 1
    lefts, tops = {p[0] for p in panels}, {p[1] for p in panels}
    assert (len(lefts), len(tops)) == ((3, 1) if width == DESKTOP else (1, 3))


def test_the_table_lists_every_point(browser, page):
    browser.open(page)
    assert browser.evaluate("document.querySelectorAll('tbody tr').length") == 9
    text = browser.evaluate("document.body.innerText")
    assert "Global minimum in [" in text
    assert "no real critical point is missing" in text
