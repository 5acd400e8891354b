"""`critnet sweep`: many random data sets, each with its certified number of real points."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from algebra.errors import InputError
from critnet.inputs import NETWORK_PREFIX, DataFiles, read_system
from critnet.options import WRITABLE, common_options
from critnet.session import Session
from critnet.tables import heading, notes, number, table, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.networks import LinearNetwork
    from algebra.systems import PolynomialSystem
    from homotopy.maximise import MaximiseResult
    from homotopy.sweep import SweepResult

#: Width of the longest bar of the histogram.
BAR = 40


@click.command("sweep")
@click.option("--network", "architecture", metavar="ARCH", help="Such as 2-2-2: its data vary.")
@click.option("--system", "file", metavar="FILE", help="A system whose `parameters` vary.")
@click.option(
    "--objective",
    metavar="FILE",
    help="One polynomial whose `parameters` vary: its critical points are counted.",
)
@click.option(
    "--samples", type=click.IntRange(0, 10**9), default=1000, show_default=True, metavar="N"
)
@click.option("--store", type=WRITABLE, help="SQLite file; a stopped sweep goes on from it.")
@click.option(
    "--signs",
    type=click.Choice(["positive", "any"]),
    help="Signs of a network's regulariser (default positive) or of parameters (default any).",
)
@click.option(
    "--coordinates",
    type=click.Choice(["full", "reduced"]),
    default="full",
    show_default=True,
    help="Track all weights, or the d + p unknowns of one hidden layer and one data point.",
)
@click.option(
    "--distribution",
    type=click.Choice(["wide", "uniform", "normal", "lognormal", "loguniform"]),
    default="wide",
    show_default=True,
    help="Of the random data; see docs/sweeps.md.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on Dask: tcp://host:8786, or local (extra cluster).",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory for histogram.csv, the best data and their certificate.",
)
@click.option("--until", metavar="CONDITION", help='Stop early, for example "max_real>=9".')
@click.option(
    "--maximise",
    "rounds",
    type=click.IntRange(1, 100_000),
    metavar="ROUNDS",
    help="Then search parameters with more real zeros, in so many rounds.",
)
@common_options("sweep")
def command(
    session: Session,
    architecture: str | None,
    file: str | None,
    objective: str | None,
    samples: int,
    store: Path | None,
    signs: str | None,
    coordinates: str,
    distribution: str,
    cluster: str | None,
    output: Path | None,
    until: str | None,
    rounds: int | None,
) -> None:
    """Histogram of the number of real critical points over random data sets of a network.

    With --system: of the real zeros of a square system over random values of its parameters; with
    --objective: of the real critical points of one polynomial.
    Here --seed is the root of the samples: sample k depends on it and on k alone.
    """
    subject = read_subject(architecture, file, objective)
    warm_up(session)
    from homotopy.sweep import sweep

    with session.stage("sweep"):
        result = sweep(
            subject,
            samples,
            signs=signs,
            coordinates=coordinates,
            distribution=distribution,
            cluster=cluster,
            store=store,
            until=until,
            seed=session.seed,
            budget=session.budget,
        )
    document = result.to_dict()
    if rounds is not None:
        from homotopy.maximise import maximise_real

        with session.stage("maximise"):
            highest = maximise_real(
                subject,
                rounds=rounds,
                signs=signs,
                coordinates=coordinates,
                seed=session.seed,
                budget=session.budget,
            )
        document["maximised"] = highest.to_dict()
    if output is not None:
        written = _write(result, highest if rounds is not None else None, output)
        document["files"] = [str(path) for path in written]
        session.message(f"written: {', '.join(map(str, written))}")

    def render(console: Console) -> None:
        heading(
            console,
            document["subject"],
            f"{number(document['samples'])} samples, signs {document['signs']}, "
            f"{document['zeros']} complex zeros each, {result.rate:.0f} samples/s",
        )
        console.print(histogram_table(document["histogram"]))
        best = document["best"]
        if best is not None:
            console.print(
                f"most real zeros: [bold]{document['max_real']}[/], first at sample "
                f"{best['number']} (seed {best['seed']}); --json gives its exact data"
            )
        if document["minima"]:
            shares = ", ".join(f"{k} in {number(v)}" for k, v in document["minima"].items())
            console.print(f"local minima (certified Morse indices): {shares}")
        if "maximised" in document:
            found = document["maximised"]
            console.print(
                f"search over the parameters: [bold]{found['real']}[/] real zeros after "
                f"{found['rounds']} rounds; --json gives their exact values"
            )
        console.print(f"the counts are {word(document['word'])}")
        notes(console, (f"relies on: {reason}" for reason in document["relies_on"]))
        if document["failed"]:
            console.print(f"[bold red]{document['failed']} samples have no certified count[/]")
        notes(console, document["notes"])

    session.emit(document, render)


def read_subject(
    architecture: str | None, file: str | None, objective: str | None
) -> LinearNetwork | PolynomialSystem:
    """The network, system or gradient with parameters; exactly one must be given."""
    from algebra.networks import LinearNetwork

    if sum(v is not None for v in (architecture, file, objective)) != 1:
        raise InputError("expected one of --network ARCH, --system FILE and --objective FILE")
    if file is not None:
        return read_system(file, "auto", DataFiles())
    if objective is not None:
        from homotopy.families import gradient_of

        return gradient_of(read_system(objective, "auto", DataFiles()))
    assert architecture is not None
    return LinearNetwork.parse(architecture.removeprefix(NETWORK_PREFIX))


def _write(result: SweepResult, highest: MaximiseResult | None, folder: Path) -> list[Path]:
    """histogram.csv; best.json, which --data reads, and best-certificate.json; likewise found-."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["real,samples", *(f"{k},{v}" for k, v in sorted(result.histogram.items()))]
    documents = {}
    if result.best is not None:
        documents["best.json"] = result.best["data"]
        documents["best-certificate.json"] = result.certificate
    if highest is not None:
        documents["found.json"] = highest.data
        documents["found-certificate.json"] = highest.certificate
    written = [folder / "histogram.csv"]
    written[0].write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, document in documents.items():
        written.append(folder / name)
        written[-1].write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return written


def histogram_table(histogram: dict[str, int]) -> Any:
    """Real counts, samples and bars."""
    total, top = sum(histogram.values()), max(histogram.values(), default=1)
    rows = [
        (real, number(count), f"{count / total:.2%}", "█" * max(1, round(BAR * count / top)))
        for real, count in histogram.items()
    ]
    return table(None, ["real", "samples", "share", ""], rows, right="real samples share")
