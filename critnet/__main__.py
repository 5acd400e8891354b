"""Entry point of the `critnet` command and of `python -m critnet`."""

from __future__ import annotations

from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and leave with its exit code (docs/cli.md)."""
    from critnet.cli import cli

    cli.main(prog_name="critnet")


if __name__ == "__main__":
    main()
