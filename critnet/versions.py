"""Versions of critnet and of the libraries a result depends on."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path

#: Distributions whose versions stand in every `run` object.
LIBRARIES = ("numpy", "numba", "python-flint", "scipy")


def critnet_version() -> str:
    """Version of the installed distribution, or of the checkout critnet runs from."""
    try:
        return metadata.version("critnet")
    except metadata.PackageNotFoundError:
        return _checkout_version()


def versions() -> dict[str, str]:
    """critnet, Python and `LIBRARIES` with their versions; absent ones are left out."""
    found = {"critnet": critnet_version(), "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _checkout_version() -> str:
    import tomllib

    path = Path(__file__).resolve().parent.parent / "pyproject.toml"
    try:
        project = tomllib.loads(path.read_text(encoding="utf-8"))["project"]
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"
    return str(project.get("version", "unknown"))
