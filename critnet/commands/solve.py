"""`critnet solve`: all isolated zeros, with certificates and completeness."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from algebra.errors import InputError
from critnet.commands.count import dimension_text
from critnet.options import WRITABLE, common_options, system_argument
from critnet.session import Session
from critnet.tables import count_text, heading, notes, number, table, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem
    from homotopy.results import SolveResult

STARTS = ("auto", "polyhedral", "total-degree", "multihomogeneous", "monodromy", "decoupled")
#: Seconds that exact algebra gets at least where numerics leave completeness open.
PATIENCE = 10.0
#: Zeros shown to people; --json gives all of them.
ROWS_SHOWN = 200
#: Formats of --plot.
PICTURES = (".png", ".svg", ".pdf")
#: Coordinates shown per zero.
COLUMNS_SHOWN = 4


@click.command("solve")
@system_argument
@click.option("--start", type=click.Choice(STARTS), default="auto", show_default=True)
@click.option(
    "--region", type=click.Choice(["affine", "torus"]), default="affine", show_default=True
)
@click.option("--no-certify", is_flag=True, help="Skip the interval test of every zero.")
@click.option("--store", type=WRITABLE, help="Journal (SQLite) to resume from after an interrupt.")
@click.option("--plot", type=WRITABLE, help="Picture of the paths: .png, .svg or .pdf.")
@common_options("solve")
def command(
    session: Session,
    source: Callable[[], PolynomialSystem],
    start: str,
    region: str,
    no_certify: bool,
    store: Path | None,
    plot: Path | None,
) -> None:
    """All isolated zeros of SYSTEM, certified, and whether they are all."""
    if plot is not None and plot.suffix.lower() not in PICTURES:
        raise InputError(f"{plot.name}: expected a name that ends in {', '.join(PICTURES)}")
    system = source()
    warm_up(session)
    from homotopy.solve import solve
    from proofs.counting import complete

    with session.stage("solve"):
        result = solve(
            system,
            start=start,
            region=region,
            certify=not no_certify,
            seed=session.seed,
            budget=session.budget,
            store=store,
        )
    if not no_certify:
        with session.stage("completeness"):
            result = complete(result, system, session.budget, region=region)
            if result.dimension is None or result.completeness.value is None:
                result = _with_algebra(session, result, system, region)
    document = {"variables": list(system.variables), **result.to_dict()}
    if plot is not None and system.variables:
        from homotopy.drawing import draw_paths

        with session.stage("picture"):
            count = draw_paths(
                system, plot, start=start, region=region, seed=session.seed, budget=session.budget
            )
        session.message(f"{count} paths drawn in {plot}")

    def render(console: Console) -> None:
        heading(console, system.name or "system", f"start: {document.get('start', start)}")
        console.print(solutions_table(document["variables"], document["solutions"]))
        if len(document["solutions"]) > ROWS_SHOWN:
            console.print(f"… {len(document['solutions']) - ROWS_SHOWN} more with --json")
        console.print(paths_text(document["paths"]))
        for line in components_text(document["dimension"], document["components"]):
            console.print(line)
        completeness = document["completeness"]
        console.print(
            f"isolated zeros: [bold]{count_text(completeness)}[/] "
            f"({word(completeness['word'])}; upper bound from {completeness.get('upper_from')})"
        )
        notes(console, document.get("notes") or ())

    session.emit(document, render)


def _with_algebra(
    session: Session, result: SolveResult, system: PolynomialSystem, region: str
) -> SolveResult:
    """Dimension and completeness from exact algebra, where paths and exponents do not settle them.

    It gets as much time as solving took, so that a hopeless Gröbner basis delays nobody.
    """
    from algebra.limits import Budget
    from proofs.counting import count

    seconds = max(PATIENCE, session.timings["solve"])
    left = session.budget.remaining()
    budget = Budget.of(
        seconds=seconds if left is None else min(seconds, left),
        memory_bytes=session.memory_limit,
        progress=session.progress,
        threads=session.jobs,
    )
    counted = count(system, solution=result, real=False, seed=session.seed, budget=budget)
    settled = counted.torus if region == "torus" else counted.complex
    if counted.solution is not None:
        # Exact counts may have led to more zeros.
        result = counted.solution
    return dataclasses.replace(
        result,
        dimension=result.dimension if counted.dimension is None else counted.dimension,
        completeness=settled if result.completeness.value is None else result.completeness,
        notes=tuple(dict.fromkeys((*result.notes, *counted.notes))),
    )


def solutions_table(variables: list[str], solutions: list[Mapping[str, Any]]) -> Any:
    """The zeros, a few coordinates each."""
    shown = variables[:COLUMNS_SHOWN]
    multiple = any(s["multiplicity"] > 1 for s in solutions)
    columns = ["", *shown, *(["…"] if len(variables) > len(shown) else []), "real", "radius"]
    if multiple:
        columns.append("multiplicity")
    rows = []
    for index, solution in enumerate(solutions[:ROWS_SHOWN], start=1):
        coordinates = [
            complex_text(re, im) for re, im in zip(solution["re"], solution["im"], strict=True)
        ][: len(shown)]
        real = {True: "yes", False: "no", None: "?"}[solution["real"]]
        radius = "–" if solution["radius"] is None else f"{solution['radius']:.0e}"
        more = ["…"] if len(variables) > len(shown) else []
        times = [multiplicity_text(solution)] if multiple else []
        rows.append((str(index), *coordinates, *more, real, radius, *times))
    return table(None, columns, rows, right=" ".join(shown))


def multiplicity_text(solution: Mapping[str, Any]) -> str:
    """The multiplicity, with ~ where it only counts paths."""
    multiplicity = solution["multiplicity"]
    known = multiplicity == 1 or solution.get("exact")
    return f"{multiplicity}" if known else f"~{multiplicity}"


def complex_text(re: float, im: float) -> str:
    """A complex number with five digits."""
    if im == 0:
        return f"{re:.5g}"
    sign = "+" if im > 0 else "−"
    return f"{re:.4g}{sign}{abs(im):.4g}i"


def components_text(dimension: int | None, components: list[Mapping[str, Any]]) -> list[str]:
    """The dimension, and each component of positive dimension in one line."""
    lines = [f"dimension of the zero set: {dimension_text(dimension)}"]
    for component in components:
        irreducible = {True: "irreducible", False: "reducible", None: "perhaps reducible"}
        multiple = component["multiplicity"]
        lines.append(
            f"  dimension {component['dimension']}: degree {number(component['degree'])}, "
            f"{irreducible[component['irreducible']]}"
            + (f", multiplicity {multiple}" if multiple > 1 else "")
            + f" ({component['word']})"
        )
    return lines


def paths_text(paths: Mapping[str, int]) -> str:
    """Where the paths ended, in one line."""
    ends = ", ".join(
        f"{number(paths[key])} {label}"
        for key, label in (
            ("success", "at zeros"),
            ("at_infinity", "at infinity"),
            ("singular", "singular"),
            ("failed", "failed"),
            ("retracked", "tracked again"),
        )
        if paths.get(key)
    )
    return f"{number(paths['tracked'])} paths tracked" + (f": {ends}" if ends else "")
