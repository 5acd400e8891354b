"""Reading and writing systems: plain text, PHCpack, msolve, Bertini, JSON, SymPy.

Input is parsed, never evaluated; limits are in `algebra.formats.limits`.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from algebra.errors import InputError
from algebra.formats import bertini, json_format, msolve, phcpack, text
from algebra.formats.limits import MAX_CHARACTERS, decode
from algebra.systems import PolynomialSystem

__all__ = ["FORMATS", "parse_system", "read_system", "recognise", "write_system"]

_MODULES: dict[str, ModuleType] = {
    "text": text,
    "phcpack": phcpack,
    "msolve": msolve,
    "bertini": bertini,
    "json": json_format,
}
#: Names of the formats.
FORMATS = tuple(_MODULES)


def parse_system(content: str | bytes, *, format: str = "auto", name: str = "") -> PolynomialSystem:
    """A system from text in a given format, or in the one it looks like.

    Raises
    ------
    InputError
        Not text, empty, not the format, or beyond a limit; `SyntaxProblem` has line and column.
    """
    if format != "auto":
        _module(format)
    label = name or "the input"
    source = decode(content, label)
    if not source.strip():
        raise InputError(f"{label} is empty: expected polynomials")
    chosen = recognise(source) if format == "auto" else format
    system: PolynomialSystem = _module(chosen).read(source, name)
    return system


def read_system(path: str | Path, *, format: str = "auto") -> PolynomialSystem:
    """A system from a file of at most `MAX_CHARACTERS` bytes."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = file.read(MAX_CHARACTERS + 1)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    if len(content) > MAX_CHARACTERS:
        raise InputError(f"{path} has more than {MAX_CHARACTERS} bytes: the limit")
    return parse_system(content, format=format, name=path.name)


def recognise(source: str) -> str:
    """The format a text looks like; plain text if it looks like nothing else."""
    if source.lstrip().startswith("{"):
        return "json"
    if bertini.RECOGNISED.search(source):
        return "bertini"
    if phcpack.HEADER.match(source) and ";" in source:
        return "phcpack"
    if msolve.HEADER.match(source):
        return "msolve"
    return "text"


def write_system(system: PolynomialSystem, format: str = "text") -> str:
    """The system in a format; reading it back gives the same equations.

    Raises
    ------
    InputError
        An unknown format, or one that cannot express parameters or complex coefficients.
    """
    written: str = _module(format).write(system)
    return written


def _module(format: str) -> ModuleType:
    if format not in _MODULES:
        raise InputError(f"unknown format {format!r}: expected one of {', '.join(FORMATS)}")
    return _MODULES[format]
