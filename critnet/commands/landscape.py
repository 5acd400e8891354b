"""`critnet landscape`: every real critical point, its index, and the global minimum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from algebra.errors import InputError
from critnet.inputs import DataFiles, read_network, read_system
from critnet.options import WRITABLE, at_option, common_options, data_options
from critnet.session import Session
from critnet.tables import count_text, heading, notes, number, table, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

#: Points shown to people; --json gives all of them.
ROWS_SHOWN = 200


@click.command("landscape")
@click.option("--network", "architecture", metavar="ARCH", help="Such as 2-2-2,m=2,seed=3.")
@click.option(
    "--objective",
    metavar="SYSTEM",
    help="Instead of a network: a file with one polynomial, or with a gradient.",
)
@at_option
@click.option(
    "--descents",
    type=click.IntRange(0, 100_000),
    default=0,
    show_default=True,
    help="Descents from random starting points: which minimum is reached how often.",
)
@click.option(
    "--count/--no-count",
    "counting",
    default=True,
    show_default=True,
    help="Count exactly, so that completeness and the global minimum are known.",
)
@click.option("--plot", type=WRITABLE, help="Picture: .png, .svg, .pdf or interactive .html.")
@click.option("--csv", "table_file", type=WRITABLE, help="Table of the points: .csv or .parquet.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for points.csv, landscape.svg and certificate.json.",
)
@data_options
@common_options("landscape")
def command(
    session: Session,
    architecture: str | None,
    objective: str | None,
    values: tuple[str, ...],
    descents: int,
    counting: bool,
    plot: Path | None,
    table_file: Path | None,
    output: Path | None,
    files: DataFiles,
) -> None:
    """Loss, Morse index and kind of every real critical point; the certified global minimum."""
    source = _source(architecture, objective, values, files)
    for path, suffixes in ((plot, (".png", ".svg", ".pdf", ".html")), (table_file, TABLES)):
        if path is not None and path.suffix.lower() not in suffixes:
            raise InputError(f"{path.name}: expected a name that ends in {', '.join(suffixes)}")
    system = source()
    warm_up(session)
    from proofs.descent import descend
    from proofs.landscape import landscape

    with session.stage("landscape"):
        result = landscape(system, seed=session.seed, counting=counting, budget=session.budget)
    document = result.to_dict()
    if descents:
        with session.stage("descents"):
            reached = descend(result, descents, seed=session.seed, budget=session.budget)
        document["descents"] = reached.to_dict()
    written = _write(result, plot, table_file, output)
    if written:
        document["files"] = [str(path) for path in written]
        session.message(f"written: {', '.join(map(str, written))}")

    session.emit(document, lambda console: _render(console, system.name, document))


TABLES = (".csv", ".parquet")


def _source(
    architecture: str | None, objective: str | None, values: tuple[str, ...], files: DataFiles
) -> Callable[[], PolynomialSystem]:
    if (architecture is None) == (objective is None):
        raise InputError("give either --network ARCH, such as 2-2-2, or --objective FILE")
    if objective is not None:
        return lambda: read_system(objective, "auto", files, values)
    if values:
        raise InputError("--at belongs to --objective; --data gives a network's data")

    def read() -> PolynomialSystem:
        network, data = read_network(str(architecture), files)
        return network.gradient_system(data=data)

    return read


def _write(
    result: Any, plot: Path | None, table_file: Path | None, output: Path | None
) -> list[Path]:
    """The files the user asked for."""
    if plot is None and table_file is None and output is None:
        return []
    from proofs.landscape_files import write_landscape, write_table
    from proofs.landscape_plots import draw_landscape

    written = [] if output is None else list(write_landscape(result, output))
    if plot is not None:
        written.append(draw_landscape(result, plot))
    if table_file is not None:
        written.append(write_table(result, table_file))
    return written


def _render(console: Console, name: str, document: Mapping[str, Any]) -> None:
    heading(
        console,
        name or "objective",
        f"{count_text(document['real'])} real critical points",
    )
    rows = [
        (
            str(k),
            p["kind"],
            "?" if p["index"] is None else str(p["index"]),
            f"{p['loss']:.12g}",
            word("certified" if p["certified"] else "numerical"),
            str(p["orbit"]),
            escape(", ".join(p["zero"]) or "none"),
        )
        for k, p in enumerate(document["points"][:ROWS_SHOWN])
    ]
    columns = ["", "kind", "index", "loss", "word", "orbit", "zero weights"]
    console.print(table(None, columns, rows, right="loss index"))
    if len(document["points"]) > ROWS_SHOWN:
        console.print(f"… {len(document['points']) - ROWS_SHOWN} more with --json or --csv")
    if document["complete"]:
        console.print(f"no real critical point is missing ({word(document['complete_word'])})")
    else:
        console.print(
            f"perhaps not all real critical points: {document['incomplete_because']}",
            markup=False,
        )
    _render_minimum(console, document["global_minimum"])
    descents = document.get("descents")
    if descents is not None:
        shares = ", ".join(f"point {k}: {number(v)}" for k, v in descents["reached"].items())
        elsewhere = ""
        if descents["elsewhere"]:
            elsewhere = (
                f"; elsewhere: {descents['elsewhere']} (lowest value {descents['best']:.6g})"
            )
        console.print(
            f"{number(descents['starts'])} descents ended at {shares or 'none'}{elsewhere}"
        )
    notes(console, document["notes"])


def _render_minimum(console: Console, minimum: Mapping[str, Any] | None) -> None:
    """The global minimum, or why the lowest value is not known to be one."""
    if minimum is None:
        return
    low, high = minimum["loss_enclosure"]
    places = ", ".join(map(str, minimum["points"]))
    if minimum["verdict"] == "holds":
        console.print(
            f"[bold]global minimum[/] in \\[{low}, {high}] ({word(minimum['word'])}) "
            f"at point{'s' if len(minimum['points']) > 1 else ''} {places}"
        )
        notes(console, (f"relies on: {reason}" for reason in minimum["relies_on"]))
    else:
        console.print(
            f"lowest value found in \\[{low}, {high}] at {places}; as a global minimum "
            f"{word(minimum['verdict'])}: {escape(minimum['why'])}"
        )
