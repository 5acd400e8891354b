"""Documents: every relative link leads somewhere, every command is described, README's commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from critnet.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path for folder in (ROOT, ROOT / "docs", ROOT / "examples") for path in folder.glob("*.md")
)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(path):
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (path.parent / target.partition("#")[0]).exists(), target


def test_every_command_is_described():
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    for name in COMMANDS:
        assert f"`critnet {name} " in text, name


@pytest.mark.parametrize("name", ["report", "tests"])
def test_the_readme_holds_each_command_in_one_line(name):
    text = (ROOT / "README.md").read_text("utf-8")
    match = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)```", text, flags=re.DOTALL)
    assert match is not None
    assert match[1].count("\n") == 1


def test_the_readme_shows_the_commands_that_exist():
    text = (ROOT / "README.md").read_text("utf-8")
    for name in re.findall(r"^critnet ([a-z-]+)", text, flags=re.MULTILINE):
        assert name in COMMANDS
