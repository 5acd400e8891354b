"""`critnet regions`: where one or two parameters keep the number of real zeros constant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from algebra.errors import InputError
from critnet.commands.sweep import read_subject
from critnet.options import WRITABLE, common_options
from critnet.session import Session
from critnet.tables import heading, notes, table, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from homotopy.regions import RegionMap

#: Intervals of one parameter shown to people; --json gives all of them.
ROWS_SHOWN = 60
SUFFIXES = (".svg", ".png", ".pdf")


@click.command("regions")
@click.option("--network", "architecture", metavar="ARCH", help="Such as 2-2-2.")
@click.option("--system", "file", metavar="FILE", help="A system with `parameters`.")
@click.option("--objective", metavar="FILE", help="One polynomial with `parameters`.")
@click.option(
    "--axis",
    "axes",
    multiple=True,
    required=True,
    metavar="NAME=LOW..HIGH",
    help="A parameter and its exact range, once or twice: y1_1=1/4..4.",
)
@click.option(
    "--depth",
    type=click.IntRange(0, 20),
    default=6,
    show_default=True,
    help="Times a cell is halved before it is left undecided.",
)
@click.option(
    "--number",
    type=click.IntRange(0, 10**9),
    default=0,
    show_default=True,
    help="The other parameters are those of this sample of the sweep with root --seed.",
)
@click.option("--log", is_flag=True, help="Halve and draw the ranges on a logarithmic scale.")
@click.option(
    "--exact/--no-exact",
    default=None,
    help="The exact boundary too, for one parameter (default: where it takes little).",
)
@click.option("--plot", type=WRITABLE, help="Picture of the range: .svg, .png or .pdf.")
@common_options("regions")
def command(
    session: Session,
    architecture: str | None,
    file: str | None,
    objective: str | None,
    axes: tuple[str, ...],
    depth: int,
    number: int,
    log: bool,
    exact: bool | None,
    plot: Path | None,
) -> None:
    """Cells of one or two parameters on which the number of real zeros is certified constant.

    For networks: the number of real critical points; parameters are x1_1, y1_1, l1_1_1, …
    """
    if plot is not None and plot.suffix.lower() not in SUFFIXES:
        raise InputError(f"{plot.name}: expected a name that ends in {', '.join(SUFFIXES)}")
    ranges = [_range(text) for text in axes]
    subject = read_subject(architecture, file, objective)
    warm_up(session)
    from homotopy.regions import regions

    with session.stage("regions"):
        result = regions(
            subject,
            ranges,
            depth=depth,
            number=number,
            log=log,
            exact=exact,
            seed=session.seed,
            budget=session.budget,
        )
    document = result.to_dict()
    if plot is not None:
        from homotopy.region_pictures import draw_regions

        draw_regions(result, plot)
        session.message(f"written: {plot}")
    session.emit(
        {"variables": list(subject.variables), **document},
        lambda console: _render(console, result, document),
    )


def _range(text: str) -> tuple[str, str, str]:
    name, _, ends = text.partition("=")
    low, dots, high = ends.partition("..")
    if not (name and dots and low and high):
        raise InputError(f"--axis {text}: expected NAME=LOW..HIGH, such as y1_1=1/4..4")
    return name.strip(), low.strip(), high.strip()


def _render(console: Console, result: RegionMap, document: Mapping[str, Any]) -> None:
    names = " and ".join(axis.name for axis in result.axes)
    heading(console, document["subject"], f"real zeros over {names}, {len(result.cells)} cells")
    rows = [(real, f"{share:.2%}") for real, share in document["shares"].items()]
    console.print(table(None, ["real zeros", "share of the range"], rows, right="real share"))
    if result.exact is not None:
        _render_exact(console, result)
    elif len(result.axes) == 1:
        intervals = result.intervals()
        strips = [
            (f"{float(low):.9g}", f"{float(high):.9g}", "undecided" if k is None else str(k))
            for low, high, k in intervals[:ROWS_SHOWN]
        ]
        console.print(table(None, ["from", "to", "real zeros"], strips, right="from to"))
        if len(intervals) > ROWS_SHOWN:
            console.print(f"… {len(intervals) - ROWS_SHOWN} more with --json")
    console.print(f"constant on each decided cell: {word(document['word'])}")
    notes(console, (f"relies on: {reason}" for reason in document["relies_on"]))
    notes(console, document["notes"])


def _render_exact(console: Console, result: RegionMap) -> None:
    """Intervals between the roots of the discriminant, and how much of each is certified."""
    (axis,), boundary = result.axes, result.exact
    assert boundary is not None
    ends = [(axis.low, axis.low), *((v.low, v.high) for v in boundary.values), (axis.high,) * 2]
    rows = []
    for k, count in enumerate(boundary.counts):
        low, high = ends[k][1], ends[k + 1][0]
        what = ""
        if k < len(boundary.values):
            value = boundary.values[k]
            degree = (boundary.factors if value.meet else boundary.conditions)[
                value.polynomial
            ].degree()
            what = "two zeros meet" if value.meet else "zeros may pass through infinity"
            what += f" (root of degree {degree})"
        rows.append(
            (f"{float(low):.10g}", f"{float(high):.10g}", str(count),
             f"{result.confirmed(low, high):.1%}", what)
        )  # fmt: skip
    columns = ["from", "to", "real zeros", "certified on", "at its end"]
    console.print(table(None, columns, rows, right="from to certified"))
    console.print(
        f"exact boundary, constant between: {word(str(boundary.word))} (discriminant over Q, "
        "counts by signature and by certified boxes)"
    )
