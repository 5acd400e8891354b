"""`critnet sweep`: many random data sets, each with its certified number of real points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from critnet.options import WRITABLE, common_options
from critnet.session import Session
from critnet.tables import heading, notes, number, table
from critnet.warmup import warm_up

#: Width of the longest bar of the histogram.
BAR = 40


@click.command("sweep")
@click.option("--network", "architecture", metavar="ARCH", required=True, help="Such as 2-2-2.")
@click.option(
    "--samples", type=click.IntRange(0, 10**9), default=1000, show_default=True, metavar="N"
)
@click.option("--store", type=WRITABLE, help="SQLite file; a stopped sweep goes on from it.")
@click.option(
    "--signs",
    type=click.Choice(["positive", "any"]),
    default="positive",
    show_default=True,
    help="Signs of the regulariser.",
)
@click.option(
    "--coordinates",
    type=click.Choice(["full", "reduced"]),
    default="full",
    show_default=True,
    help="Track all weights, or the d + p unknowns of one hidden layer and one data point.",
)
@click.option("--until", metavar="CONDITION", help='Stop early, for example "max_real>=9".')
@common_options("sweep")
def command(
    session: Session,
    architecture: str,
    samples: int,
    store: Path | None,
    signs: str,
    coordinates: str,
    until: str | None,
) -> None:
    """Histogram of the number of real critical points over random data sets of a network.

    Here --seed is the root of the samples: sample k depends on it and on k alone.
    """
    from algebra.networks import LinearNetwork

    network = LinearNetwork.parse(architecture)
    warm_up(session, "algebra", "homotopy")
    from homotopy.sweep import sweep

    with session.stage("sweep"):
        result = sweep(
            network,
            samples,
            signs=signs,
            coordinates=coordinates,
            store=store,
            until=until,
            seed=session.seed,
            budget=session.budget,
        )
    document = result.to_dict()

    def render(console: Console) -> None:
        heading(
            console,
            f"network {network.name}",
            f"{number(document['samples'])} samples, λ {signs}, {document['zeros']} complex "
            f"critical points each, {result.rate:.0f} samples/s",
        )
        console.print(histogram_table(document["histogram"]))
        best = document["best"]
        if best is not None:
            console.print(
                f"most real critical points: [bold]{document['max_real']}[/], first at sample "
                f"{best['number']}: critnet landscape --network "
                f"{network.name},seed={best['seed']},signs={signs}"
            )
        if document["failed"]:
            console.print(f"[bold red]{document['failed']} samples have no certified count[/]")
        notes(console, document["notes"])

    session.emit(document, render)


def histogram_table(histogram: dict[str, int]) -> Any:
    """Real counts, samples and bars."""
    total, top = sum(histogram.values()), max(histogram.values(), default=1)
    rows = [
        (real, number(count), f"{count / total:.2%}", "█" * max(1, round(BAR * count / top)))
        for real, count in histogram.items()
    ]
    return table(
        None, ["real points", "samples", "share", ""], rows, right="real points samples share"
    )
