"""`critnet explore`: counts over ranges of architectures, and the formulas they support."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape

from critnet.options import WRITABLE, common_options, seconds
from critnet.session import Session
from critnet.tables import number, table, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from proofs.explore import Exploration, ExploreRow

#: How a formula stands, in the colours of verdicts.
STATUS = {"proved": "holds", "refuted": "fails"}


@click.command("explore")
@click.argument("architectures", metavar="[ARCH]...", nargs=-1)
@click.option("--store", type=WRITABLE, help="SQLite file; finished draws are not repeated.")
@click.option(
    "--draws",
    type=click.IntRange(2, 100),
    default=2,
    show_default=True,
    help="Independent data sets that have to agree.",
)
@click.option(
    "--per-draw",
    "per_draw",
    metavar="TIME",
    callback=seconds,
    default="30s",
    show_default=True,
    help="Limit for one data set; what takes longer stays open.",
)
@common_options("explore")
def command(
    session: Session,
    architectures: tuple[str, ...],
    store: Path | None,
    draws: int,
    per_draw: float,
) -> None:
    """Count critical points of each ARCH (default: a range of them) and test formulas.

    Here --seed is the root of the data: draw k has the seed N + k.
    """
    from algebra.networks import LinearNetwork

    networks = [LinearNetwork.parse(name) for name in architectures] or None
    warm_up(session)
    from proofs.explore import explore

    console = session.console()

    def show(row: ExploreRow) -> None:
        session.clear()
        if not session.json:
            console.print(_line(row))

    with session.stage("explore"):
        result = explore(
            networks,
            draws=draws,
            seed=session.seed,
            seconds=per_draw,
            store=store,
            budget=session.budget,
            on_row=show,
        )
    session.emit({"variables": [], **result.to_dict()}, lambda out: _render(out, result))


def _line(row: ExploreRow) -> str:
    """One architecture as soon as it is counted."""
    known = row.generic
    if known is None:
        counted = sum(draw.complex is not None for draw in row.draws)
        why = "the draws disagree" if counted > 1 else "a limit was hit"
        return f"{row.network.name:14s} [yellow]open[/]: {why}"
    return (
        f"{row.network.name:14s} N_C {number(known.complex):>8s}   "
        f"N_C* {number(known.torus):>8s}   BKK {number(row.affine_mixed_volume):>10s}   "
        f"{word('probable')}"
    )


def _render(console: Console, result: Exploration) -> None:
    rows = [
        (
            escape(fit.candidate.formula),
            f"[{_style(fit.status)}]{fit.status}[/]",
            str(len(fit.matched)),
            escape(", ".join(fit.contradicted[:6]) or fit.candidate.refuted_by),
        )
        for fit in result.fits
    ]
    console.print(table("Formulas", ["formula", "status", "right for", "wrong for"], rows))
    console.print("A count is believed once all draws of data agree; it is probable, never more.")


def _style(status: str) -> str:
    from critnet.tables import STYLES

    return STYLES.get(STATUS.get(status, status), "yellow")
