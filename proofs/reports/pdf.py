"""The report on paper: report.pdf, printed from report.html by an installed Chromium.

A browser is the only common program that draws MathML and the page's style sheet for print alike,
so no second layout is kept. It reads the one file, with a profile of its own that is thrown away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from algebra.errors import InputError

#: Names under which the browser is installed.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Seconds that printing may take.
PATIENCE = 180


def browser() -> str:
    """Path of an installed browser that prints.

    Raises
    ------
    InputError
        There is none.
    """
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    raise InputError("a PDF needs Chromium or Chrome: none is installed (apt install chromium)")


def write_pdf(page: Path) -> Path:
    """Print an HTML file to a PDF beside it, and return its path.

    Raises
    ------
    InputError
        No browser is installed, or it could not print.
    """
    target = page.with_suffix(".pdf")
    target.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="critnet-", ignore_cleanup_errors=True) as profile:
        command = [
            browser(),
            "--headless=new",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--user-data-dir={profile}",
            f"--print-to-pdf={target.resolve()}",
            page.resolve().as_uri(),
        ]
        if os.geteuid() == 0:
            # Chromium's sandbox does not start for root; the page holds nothing foreign.
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            raise InputError(f"{command[0]} did not print within {PATIENCE} s") from None
    if not target.is_file():
        raise InputError(f"{command[0]} did not write {target.name}")
    return target
