"""`critnet mixed-volume`: one exact mixed volume, its mixed cells, a proof, a picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from algebra.errors import InputError
from critnet.options import WRITABLE, common_options, system_argument
from critnet.session import Session, plain
from critnet.tables import heading, number, table, word

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

#: Larger mixed volumes come without their cells unless --cells or --plot asks for them.
CELLS_SHOWN = 20_000
#: Zero patterns shown to people.
PATTERNS_SHOWN = 20


@click.command("mixed-volume")
@system_argument
@click.option("--affine", is_flag=True, help="Bound on all of C^n: origin added to each support.")
@click.option("--stable", is_flag=True, help="The stable mixed volume of Huber and Sturmfels.")
@click.option(
    "--certify",
    is_flag=True,
    help="Prove both directions; where that is too large, compute once more in another way.",
)
@click.option(
    "--certificate",
    "certificate_file",
    type=WRITABLE,
    help="Write what is proved to this file, for `critnet check` (implies --certify).",
)
@click.option("--cells", "cells_file", type=WRITABLE, help="Write all mixed cells to this file.")
@click.option("--plot", "plot_file", type=WRITABLE, help="Draw the subdivision (n = 2 or 3).")
@common_options("mixed-volume")
def command(
    session: Session,
    source: Callable[[], PolynomialSystem],
    affine: bool,
    stable: bool,
    certify: bool,
    certificate_file: Path | None,
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
    from polytopes import mixed_cells, mixed_volume, stable_cells

    options: dict[str, Any] = {"seed": session.seed, "budget": session.budget}
    with session.stage("mixed volume"):
        result = mixed_volume(system.supports, kind=kind, **options)
    if certify or certificate_file is not None:
        from proofs.settled_volumes import certify_mixed_volume

        with session.stage("certificate"):
            result = certify_mixed_volume(result, **options)
    cells: Any = result.cells
    asked = cells_file is not None or plot_file is not None
    if asked or (session.json and kind != "stable" and result.value <= CELLS_SHOWN):
        with session.stage("mixed cells"):
            if kind == "stable":
                cells = stable_cells(system.supports, **options)
            elif cells is None:
                cells = mixed_cells(system.supports, kind=kind, **options)
                result = result if certify else result.with_cells(cells)
    document: dict[str, Any] = {"variables": list(system.variables), **result.to_dict()}
    if cells is not None and document["cells"] is None:
        document["cells"] = cells.to_dict()["cells"]
    if certificate_file is not None:
        _write_certificate(session, result, certificate_file)
    if cells_file is not None:
        cells_file.write_text(json.dumps(plain(cells), indent=1) + "\n", encoding="utf-8")
        session.message(f"{len(document['cells'])} mixed cells written to {cells_file}")
    if plot_file is not None:
        from polytopes.drawing import draw_mixed_cells

        draw_mixed_cells(cells, plot_file, variables=system.variables)
        session.message(f"picture written to {plot_file}")

    def render(console: Console) -> None:
        heading(console, system.name or "system", f"{len(system.variables)} unknowns")
        console.print(
            f"mixed volume, {kind}: [bold]{number(result.value)}[/] ({word(document['word'])})",
            highlight=False,
        )
        console.print(f"bounds from above: {document['bounds']}", markup=False, highlight=False)
        for name, sign in (("lower", "≥"), ("upper", "≤")):
            side = document[name]
            console.print(
                f"  {sign} {word(side['word'])}: {escape(side['source'])}", highlight=False
            )
        if result.patterns:
            console.print("zeros that the stable cells predict, by the coordinates that vanish:")
            console.print(_pattern_table(result.patterns, system.variables))
        if cells is not None and kind != "stable":
            plural = "" if len(cells) == 1 else "s"
            console.print(f"{number(len(cells))} mixed cell{plural}", highlight=False)

    session.emit(document, render)


def _write_certificate(session: Session, result: Any, path: Path) -> None:
    from proofs.certificates import write_certificate
    from proofs.settled_volumes import mixed_volume_document

    certificate = mixed_volume_document(result)
    if certificate is None:
        session.message("nothing is proved, so there is no certificate", "warning")
        return
    write_certificate(certificate, path)
    session.message(f"certificate written to {path}")


def _pattern_table(patterns: Mapping[tuple[int, ...], int], variables: Sequence[str]) -> Any:
    """Number of zeros per set of vanishing coordinates."""
    rows = [
        (", ".join(variables[k] for k in pattern) or "none", number(count))
        for pattern, count in patterns.items()
    ]
    left_out = len(rows) - PATTERNS_SHOWN
    if left_out > 0:
        rows = [*rows[:PATTERNS_SHOWN], (f"… {left_out} more with --json", "")]
    return table(None, ["coordinates 0", "zeros"], rows, right="zeros")
