"""The report's page in a real browser: screen, phone, dark, paper. Skipped without Chromium."""

from __future__ import annotations

import re

import pytest
from headless_browser import Browser

from algebra.errors import InputError
from proofs.reports import report
from proofs.reports.pdf import browser as find_browser
from proofs.reports.pdf import write_pdf

try:
    CHROMIUM = find_browser()
except InputError:
    pytest.skip("needs a headless Chromium: apt install chromium", allow_module_level=True)

#: Widths in CSS pixels: a desktop, a phone.
DESKTOP, PHONE = 1280, 390
#: Contrast that WCAG 2.1, 1.4.3, asks of text.
CONTRAST = 4.5


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return report("1-1-1", tmp_path_factory.mktemp("report"), versions={"critnet": "test"})


@pytest.fixture(scope="module")
def page(written):
    return (written.directory / "report.html").resolve().as_uri()


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(CHROMIUM, tmp_path_factory.mktemp("profile")) as running:
        yield running


def test_the_browser_tells_of_errors_and_of_files_that_are_loaded(browser, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="missing.png"><script>console.error("one"); nothing.here</script>')
    browser.open(bad.as_uri())
    text = " ".join(browser.messages)
    assert "one" in text
    assert "Uncaught" in text
    assert any(address.endswith("missing.png") for address in browser.requests)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_page_is_quiet_loads_nothing_and_fits(browser, page, width, dark):
    browser.open(page, width=width, dark=dark)
    assert browser.messages == []
    assert {a for a in browser.requests if not a.startswith("data:")} == {page}
    browser.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_readable_in_light_and_dark(browser, page, dark):
    browser.open(page, dark=dark)
    script = """(() => {
      const channels = (c) => c.match(/[\\d.]+/g).slice(0, 3).map((v) => {
        v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
      const light = (c) => { const [r, g, b] = channels(c);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const behind = (e) => { const c = getComputedStyle(e).backgroundColor;
        return /, 0\\)$|^transparent$/.test(c) && e.parentElement ? behind(e.parentElement) : c; };
      const texts = document.querySelectorAll("p, td, th, a, .mark, .label, .callout");
      const ratios = [...texts].map((e) => {
        const pair = [light(getComputedStyle(e).color), light(behind(e))].sort((a, b) => b - a);
        return (pair[0] + 0.05) / (pair[1] + 0.05); });
      return [light(behind(document.body)), Math.min(...ratios), ratios.length];
    })()"""
    background, contrast, texts = browser.evaluate(script)
    assert (background < 0.1) == dark
    assert texts > 100
    assert contrast >= CONTRAST


def test_formulas_are_drawn(browser, page):
    browser.open(page, width=PHONE)
    sizes = browser.evaluate(
        "[...document.querySelectorAll('main > section > p math, .formula math')]"
        ".map((m) => { const b = m.getBoundingClientRect(); return [b.width, b.height, b.right]; })"
    )
    assert len(sizes) > 4
    assert all(width > 2 and height > 5 and right <= PHONE for width, height, right in sizes)
    bars = browser.evaluate(
        "[...document.querySelectorAll('.formula mo')].filter((m) => m.textContent === '‖')"
        ".map((m) => m.getBoundingClientRect().height)"
    )
    assert len(bars) == 2
    assert bars[0] == bars[1]


def test_every_link_leads_somewhere_and_opens_its_claim(browser, page, written):
    browser.open(page)
    targets = browser.evaluate(
        "[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))"
    )
    assert len(targets) > 20
    for target in set(targets):
        if target.startswith("#"):
            assert browser.evaluate(f"document.getElementById({target[1:]!r}) !== null"), target
        else:
            assert (written.directory / target).is_file(), target
    link = next(target for target in targets if target.startswith("#claim-"))
    is_open = f"document.getElementById({link[1:]!r}).open"
    assert browser.evaluate(is_open) is False
    browser.evaluate(
        "new Promise((done) => { addEventListener('hashchange', () => done(true));"
        f" document.querySelector('a[href=\"{link}\"]').click(); }})"
    )
    assert browser.evaluate(is_open) is True


def test_paper_shows_what_the_screen_folds_away(browser, page):
    hidden = (
        "[...document.querySelectorAll('details > .inside')]"
        ".filter((e) => !e.checkVisibility({contentVisibilityAuto: true})).length"
    )
    browser.open(page)
    assert browser.evaluate(hidden) > 20
    browser.open(page, medium="print")
    assert browser.evaluate(hidden) == 0
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"


def test_the_pdf_is_written_and_short(written):
    content = write_pdf(written.directory / "report.html").read_bytes()
    assert content.startswith(b"%PDF-")
    assert 5 < len(re.findall(rb"/Type\s*/Page\b", content)) <= 25
