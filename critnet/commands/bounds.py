"""`critnet bounds`: the classical and polyhedral bounds side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from rich.console import Console

from algebra.errors import LimitReached
from critnet.options import common_options, system_argument
from critnet.session import Session
from critnet.tables import heading, number, table, word

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

#: Field of the document -> name for people.
LABELS = {
    "bezout": "Bézout",
    "multihomogeneous_bezout": "multihomogeneous Bézout",
    "torus_mixed_volume": "mixed volume, torus (BKK)",
    "affine_mixed_volume": "mixed volume, affine (Li–Wang)",
    "stable_mixed_volume": "mixed volume, stable",
}


@click.command("bounds")
@system_argument
@common_options("bounds")
def command(session: Session, source: Callable[[], PolynomialSystem]) -> None:
    """Upper bounds on the number of isolated zeros of SYSTEM."""
    system = source()
    system.require_square()
    from polytopes import Bounds, bounds
    from proofs.settlement import settle

    exhausted: LimitReached | None = None
    with session.stage("bounds"):
        try:
            result = bounds(system, budget=session.budget)
        except LimitReached as limit:
            if not isinstance(limit.partial, Bounds):
                raise
            exhausted, result = limit, limit.partial
    session.timings.update({LABELS[key]: round(t, 4) for key, t in result.seconds.items()})
    with session.stage("proofs"):
        result = settle(result, system=system)
    document = {"variables": list(system.variables), **result.to_dict()}
    if exhausted is not None:
        document["limit"] = str(exhausted)

    def render(console: Console) -> None:
        heading(console, system.name or "system", f"{document['n']} unknowns")
        rows = [
            (
                label,
                number(document[key]["value"]),
                word(document[key]["word"] if document[key]["value"] is not None else None),
                "(C*)^n" if key == "torus_mixed_volume" else "C^n",
                document[key]["start"] or "–",
                f"{result.seconds[key]:.3f}" if key in result.seconds else "–",
            )
            for key, label in LABELS.items()
        ]
        columns = ["", "value", "word", "zeros in", "paths of the start", "seconds"]
        title = "Upper bounds on the isolated zeros, with multiplicity"
        console.print(table(title, columns, rows, right="value seconds"))
        groups = [", ".join(group) for group in document["partition"]]
        if 1 < len(groups) < document["n"]:
            console.print("Groups of variables: " + " | ".join(groups), markup=False)

    session.emit(document, render)
    if exhausted is not None:
        raise exhausted
