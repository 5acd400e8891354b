"""`critnet bounds`: the classical and polyhedral bounds side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from rich.console import Console

from critnet.options import common_options, system_argument
from critnet.session import Session
from critnet.tables import counts_table, heading
from critnet.warmup import warm_up

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
    warm_up(session, "polytopes")
    from polytopes import bounds
    from proofs.settlement import settle

    with session.stage("bounds"):
        result = settle(bounds(system, seed=session.seed, budget=session.budget), system=system)
    document = {"variables": list(system.variables), **result.to_dict()}

    def render(console: Console) -> None:
        heading(console, system.name or "system", f"{document['n']} unknowns")
        console.print(
            counts_table(
                "Bounds on the isolated zeros",
                {label: document.get(key) for key, label in LABELS.items()},
            )
        )
        console.print(
            "The torus bound counts zeros with all coordinates nonzero; the others all of C^n."
        )

    session.emit(document, render)
