"""`critnet landscape`: every real critical point, its index, and the global minimum."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console

from critnet.inputs import DataFiles, read_network
from critnet.options import common_options, data_options
from critnet.session import Session
from critnet.tables import count_text, heading, notes, number, table, word
from critnet.warmup import warm_up

#: Points shown to people; --json gives all of them.
ROWS_SHOWN = 200


@click.command("landscape")
@click.option("--network", "architecture", metavar="ARCH", required=True, help="Such as 2-2-2.")
@click.option(
    "--descents",
    type=click.IntRange(0, 100_000),
    default=0,
    show_default=True,
    help="Descents from random starting weights: which minimum is reached how often.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for points.csv, landscape.svg and certificate.json.",
)
@data_options
@common_options("landscape")
def command(
    session: Session, architecture: str, descents: int, output: Path | None, files: DataFiles
) -> None:
    """Loss, Morse index and kind of every real critical point; the certified global minimum."""
    network, data = read_network(architecture, files)
    system = network.gradient_system(data=data)
    warm_up(session)
    from proofs.descent import descend
    from proofs.landscape import landscape
    from proofs.landscape_files import write_landscape

    with session.stage("landscape"):
        result = landscape(system, seed=session.seed, budget=session.budget)
    document = result.to_dict()
    if descents:
        with session.stage("descents"):
            reached = descend(result, descents, seed=session.seed, budget=session.budget)
        document["descents"] = reached.to_dict()
    if output is not None:
        document["files"] = [str(path) for path in write_landscape(result, output)]

    def render(console: Console) -> None:
        heading(
            console,
            f"network {network.name}",
            f"{count_text(document['real'])} real critical points ({document['real']['word']})",
        )
        rows = [
            (
                str(k),
                p["kind"],
                "?" if p["index"] is None else str(p["index"]),
                f"{p['loss']:.12g}",
                str(p["orbit"]),
                ", ".join(p["zero"]) or "none",
            )
            for k, p in enumerate(document["points"][:ROWS_SHOWN])
        ]
        console.print(
            table(None, ["", "kind", "index", "loss", "orbit", "zero weights"], rows, right="loss")
        )
        minimum = document["global_minimum"]
        if minimum is not None:
            low, high = (format(Decimal(end), "f") for end in minimum["loss_enclosure"])
            console.print(
                f"global minimum in \\[{low}, {high}] "
                f"({word(minimum['word'])}) at {', '.join(map(str, minimum['points']))}"
            )
        if descents:
            shares = ", ".join(
                f"{k}: {number(v)}" for k, v in document["descents"]["reached"].items()
            )
            console.print(f"descents that ended at point … : {shares or 'none'}")
        notes(console, document["notes"])

    session.emit(document, render)
