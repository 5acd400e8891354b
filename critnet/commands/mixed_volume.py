"""`critnet mixed-volume`: one exact mixed volume and its mixed cells."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from algebra.errors import InputError
from critnet.options import WRITABLE, common_options, system_argument
from critnet.session import Session, plain
from critnet.tables import counts_table, heading, number
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

#: Larger mixed volumes come without their cells unless --cells or --plot asks for them.
CELLS_SHOWN = 20_000


@click.command("mixed-volume")
@system_argument
@click.option("--affine", is_flag=True, help="Bound on all of C^n: origin added to each support.")
@click.option("--stable", is_flag=True, help="The stable mixed volume of Huber and Sturmfels.")
@click.option("--certify", is_flag=True, help="Prove both directions where that is feasible.")
@click.option("--cells", "cells_file", type=WRITABLE, help="Write all mixed cells to this file.")
@click.option("--plot", "plot_file", type=WRITABLE, help="Draw the subdivision (n = 2 or 3).")
@common_options("mixed-volume")
def command(
    session: Session,
    source: Callable[[], PolynomialSystem],
    affine: bool,
    stable: bool,
    certify: bool,
    cells_file: Path | None,
    plot_file: Path | None,
) -> None:
    """One exact mixed volume of the Newton polytopes of SYSTEM (default: torus)."""
    if affine and stable:
        raise InputError("--affine and --stable exclude each other: choose one")
    system = source()
    system.require_square()
    if plot_file is not None and len(system.variables) not in (2, 3):
        raise InputError(f"--plot needs 2 or 3 unknowns: this system has {len(system.variables)}")
    kind = "affine" if affine else "stable" if stable else "torus"
    warm_up(session, "polytopes")
    from polytopes import mixed_cells, mixed_volume
    from proofs.settlement import settle

    options: dict[str, Any] = {
        "kind": kind,
        "seed": session.seed,
        "budget": session.budget,
    }
    with session.stage("mixed volume"):
        result = mixed_volume(system.supports, **options)
    cells = None
    wanted = certify or cells_file is not None or plot_file is not None
    if kind != "stable" and (wanted or (session.json and result.value <= CELLS_SHOWN)):
        with session.stage("mixed cells"):
            cells = mixed_cells(system.supports, **options)
        result = result.with_cells(cells)
    if certify:
        with session.stage("settle"):
            result = settle(result, system=system)
    document = {"variables": list(system.variables), **result.to_dict()}
    if cells_file is not None and cells is not None:
        cells_file.write_text(json.dumps(plain(cells), indent=1) + "\n", encoding="utf-8")
        session.message(f"{len(cells)} mixed cells written to {cells_file}")
    if plot_file is not None:
        _draw(cells, plot_file)
        session.message(f"picture written to {plot_file}")

    def render(console: Console) -> None:
        heading(console, system.name or "system", f"{len(system.variables)} unknowns")
        console.print(
            counts_table(
                None, {f"mixed volume, {kind}": {"source": document.get("bounds"), **document}}
            )
        )
        if cells is not None:
            plural = "" if len(cells) == 1 else "s"
            console.print(f"{number(len(cells))} mixed cell{plural}")

    session.emit(document, render)


def _draw(cells: Any, path: Path) -> None:
    from polytopes.drawing import draw_mixed_cells

    draw_mixed_cells(cells, path)
