"""`critnet check`: a report or certificate, re-checked with the checker alone."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from critnet.failures import DONE, REJECTED
from critnet.options import common_options
from critnet.session import Session
from critnet.tables import number

#: Sentences shown to people; --json gives all of them.
SHOWN = 20
#: Characters of a sentence shown to people.
LENGTH = 200


@click.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--coq", is_flag=True, help="Let Coq check the polynomial identities as well.")
@common_options("check")
def command(session: Session, path: Path, coq: bool) -> int:
    """Re-check the report folder, report.json or certificate at PATH.

    Nothing but the checker and python-flint is loaded: no engine, no Numba.
    """
    from proofs.checking import check

    with session.stage("check"):
        result = check(path)
    second = None
    if coq:
        from proofs.export.coq import check_path_with_coq

        with session.stage("coq"):
            second = check_path_with_coq(path)

    def render(console: Console) -> None:
        verdict = "[bold green]accepted[/]" if result.accepted else "[bold red]rejected[/]"
        console.print(f"{verdict}: {number(result.certificates)} certificates accepted")
        for where, why in result.rejected[:SHOWN]:
            console.print(f"  ✗ {where}: {why}", markup=False, soft_wrap=True)
        for title, sentences in (("Proved", result.proved), ("Assumed", result.assumed)):
            if sentences:
                console.print(f"\n[bold]{title}[/]")
            for sentence in sentences[:SHOWN]:
                short = sentence if len(sentence) <= LENGTH else sentence[: LENGTH - 1] + "…"
                console.print(f"  • {short}", markup=False, soft_wrap=True)
            if len(sentences) > SHOWN:
                console.print(f"  … {len(sentences) - SHOWN} more with --json")

        if second is not None:
            console.print(f"\n[bold]Coq[/]: {second.message}", soft_wrap=True)

    document = {"path": str(path), **result.to_dict()}
    if second is not None:
        document["coq"] = second.to_dict()
    session.emit(document, render)
    refuted = second is not None and second.accepted is False
    return DONE if result.accepted and not refuted else REJECTED
