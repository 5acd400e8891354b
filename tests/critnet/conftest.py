from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from critnet.cli import cli


@functools.cache
def documents_schema() -> Draft202012Validator:
    text = resources.files("critnet").joinpath("schemas/documents-1.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))


class CommandLine:
    """Runs commands in this process; standard output and standard error stay apart."""

    def __call__(self, *arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, list(arguments), input=stdin, prog_name="critnet")

    def json(
        self, *arguments: str, stdin: str | bytes | None = None, exit_code: int = 0
    ) -> dict[str, Any]:
        """The one document on standard output, valid by the shipped schema."""
        result = self(*arguments, "--json", stdin=stdin)
        assert result.exit_code == exit_code, result.stderr
        document: dict[str, Any] = json.loads(result.stdout)
        errors = list(documents_schema().iter_errors(document))
        assert not errors, errors[0].message
        return document


@pytest.fixture
def critnet() -> CommandLine:
    return CommandLine()
