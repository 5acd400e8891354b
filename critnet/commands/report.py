"""`critnet report`: the proof-check report of a network."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from critnet.failures import DONE, LIMIT, REJECTED
from critnet.inputs import DataFiles, read_network
from critnet.options import common_options, network_option
from critnet.session import Session
from critnet.tables import counts_table, heading, notes, table, word
from critnet.versions import versions
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from proofs.reports import Report

COUNT_LABELS = {
    "complex": "complex critical points",
    "torus": "… all weights nonzero",
    "real": "… real",
}


@click.command("report")
@network_option()
@click.option(
    "-o",
    "--output",
    "directory",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the report; created if need be, an earlier report in it is replaced.",
)
@click.option("--pdf", is_flag=True, help="Also report.pdf, printed by an installed Chromium.")
@common_options("report")
def command(
    session: Session, architecture: str, files: DataFiles, directory: Path, pdf: bool
) -> int:
    """Write the proof-check report of a network: report.html, .md, .json and certificates."""
    from proofs.reports.pdf import browser, write_pdf

    network, data = read_network(architecture, files)
    if pdf:
        browser()  # said before the work, not after it
    directory.mkdir(parents=True, exist_ok=True)
    warm_up(session)
    from proofs.reports import report

    with session.stage("report"):
        result = report(
            network,
            directory,
            data=data,
            seed=session.seed,
            budget=session.budget,
            versions=versions(),
            reproduce=_commands(session, architecture, files, directory, pdf),
        )
    if pdf:
        write_pdf(directory / "report.html")
    limit = session.limit_hit if result.document["limits"] else None
    document = {k: v for k, v in result.document.items() if k not in ("schema", "run")}
    summary = {"directory": str(directory), "variables": document["network"]["variables"]}
    if limit:
        summary["limit"] = limit
    session.emit({**summary, **document}, lambda console: _render(console, result))
    if result.disagreements:
        session.message("ENGINES DISAGREE: do not rely on this report", "error")
        return REJECTED
    if limit:
        session.message(f"{limit}; the report says what is missing", "error")
        return LIMIT
    return DONE


def _commands(
    session: Session, architecture: str, files: DataFiles, directory: Path, pdf: bool
) -> list[str]:
    """The commands that repeat and re-check the report."""
    words = ["critnet", "report", "--network", architecture]
    for option, value in (
        ("--data", files.data),
        ("--x", files.x),
        ("--y", files.y),
        ("--lambda", files.penalty),
    ):
        words += [option, str(value)] if value is not None else []
    words += ["--seed", str(session.seed)] if session.seed else []
    words += ["-o", str(directory), *(["--pdf"] if pdf else [])]
    return [shlex.join(words), shlex.join(["critnet", "check", str(directory)])]


def _render(console: Console, result: Report) -> None:
    document = result.document
    heading(console, f"network {document['network']['name']}", f"N = {document['network']['N']}")
    console.print(
        counts_table(
            "Critical points",
            {label: document["counts"].get(key) for key, label in COUNT_LABELS.items()},
        )
    )
    console.print(counts_table("Bounds", {b["label"]: b for b in document["bounds"]}))
    rows = [
        (
            escape(c["id"]),
            escape(c["title"]),
            word(c["verdict"]),
            word(c["word"]) if c["verdict"] in ("holds", "fails") else "",
        )
        for c in document["claims"]
        if c["verdict"] != "not-applicable"
    ]
    console.print(table("Claims", ["claim", "what it says", "verdict", "word"], rows))
    notes(console, document["limits"])
    for problem in result.disagreements:
        console.print(f"[bold red]ENGINES DISAGREE[/] {escape(problem)}")
    page = (result.directory / "report.html").resolve()
    console.print(f"written: {page}", markup=False, soft_wrap=True)
