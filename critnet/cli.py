"""The command `critnet`: which subcommands there are, and how they are loaded.

A subcommand's module is imported when it runs, so `critnet --help` imports no engine.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from critnet.failures import guarded
from critnet.session import Session

#: Subcommand -> (what it gives, section of the help). The module is critnet.commands.<name>.
COMMANDS: dict[str, tuple[str, str]] = {
    "report": ("Write the proof-check report of a network.", "Networks"),
    "verify": ("Verdicts on the thesis's claims and on ours.", "Networks"),
    "table": ("Table 3.1 recomputed beside the printed one.", "Networks"),
    "landscape": ("Real critical points, Morse indices, the global minimum.", "Networks"),
    "sweep": ("Certified real counts of many random data sets.", "Networks"),
    "regions": ("Where parameters keep the real count constant, and a picture.", "Networks"),
    "explore": ("Counts over ranges of architectures, and formulas.", "Networks"),
    "network": ("Print a network's gradient system and data.", "Networks"),
    "bounds": ("Bézout, multihomogeneous and mixed-volume bounds.", "Systems"),
    "mixed-volume": ("One exact mixed volume and its mixed cells.", "Systems"),
    "groebner": ("The reduced Gröbner basis.", "Systems"),
    "ideal": ("Membership, saturation, colon, elimination, intersection.", "Systems"),
    "count": ("Exact numbers of complex, torus and real zeros.", "Systems"),
    "solve": ("All isolated zeros, certified.", "Systems"),
    "check": ("Re-check a report or certificate, with the checker alone.", "Trust"),
}


class CommandGroup(click.Group):
    """Loads subcommands on demand and turns every ending into an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one subcommand."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"critnet.commands.{cmd_name.replace('-', '_')}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a suggestion for a mistyped name."""
        import difflib

        name = args[0] if args else ""
        if name not in COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise click.UsageError(f"No such command {name!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Help lines from the table above: importing all modules would be slow."""
        for section in dict.fromkeys(section for _, section in COMMANDS.values()):
            rows = [(name, text) for name, (text, where) in COMMANDS.items() if where == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run, and always leave by `SystemExit` with one of the documented codes."""
        arguments = list(sys.argv[1:] if args is None else args)
        session = Session(json="--json" in arguments)
        inner = super().main
        sys.exit(
            guarded(
                session,
                lambda: inner(
                    args=arguments,
                    prog_name=prog_name or "critnet",
                    standalone_mode=False,
                    obj=session,
                    **extra,
                ),
            )
        )


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from critnet.versions import critnet_version

    click.echo(f"critnet {critnet_version()}")
    ctx.exit()


@click.group(
    cls=CommandGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="SYSTEM is a file, - for standard input, or a family such as cyclic:7, katsura:8 or "
    "network:2-2-2,m=2,seed=3. Exit codes: 0 done; 1 a claim fails, a certificate is rejected or "
    "engines disagree; 2 unusable input; 3 a limit was hit; 130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version and leave.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Bound, count, find and certify the critical points of deep linear networks.

    Start with: critnet report --network 2-2-2 -o report
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
