"""`critnet count`: exact numbers of zeros."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from critnet.options import WRITABLE, common_options, system_argument
from critnet.session import Session
from critnet.tables import counts_table, heading, notes, plural
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

LABELS = {
    "complex": "isolated complex zeros",
    "with_multiplicity": "… with multiplicity",
    "torus": "… all coordinates nonzero",
    "real": "… real",
}


@click.command("count")
@system_argument
@click.option("--torus", is_flag=True, help="Only zeros with all coordinates nonzero.")
@click.option("--real", is_flag=True, help="Only the real zeros.")
@click.option("--certificate", type=WRITABLE, help="Write the proof for `critnet check`.")
@common_options("count")
def command(
    session: Session,
    source: Callable[[], PolynomialSystem],
    torus: bool,
    real: bool,
    certificate: Path | None,
) -> None:
    """Dimension and exact numbers of complex, torus and real zeros of SYSTEM."""
    system = source()
    warm_up(session)
    from proofs.counting import count

    with session.stage("count"):
        result = count(
            system, thorough=certificate is not None, seed=session.seed, budget=session.budget
        )
    if certificate is not None:
        _write(session, result.certificates, certificate)
    document = {"variables": list(system.variables), **result.to_dict()}
    wanted = [k for k, flag in (("torus", torus), ("real", real)) if flag] or list(LABELS)

    def render(console: Console) -> None:
        heading(
            console,
            system.name or "system",
            f"{plural(len(system.equations), 'equation')} in "
            f"{plural(len(system.variables), 'unknown')}",
        )
        console.print(f"dimension of the zero set: {dimension_text(document.get('dimension'))}")
        console.print(counts_table(None, {LABELS[k]: document.get(k) for k in wanted}))
        patterns = document.get("patterns")
        if patterns and not (torus or real):
            console.print(pattern_table(patterns))
        notes(console, document.get("notes") or ())

    session.emit(document, render)


def _write(session: Session, found: tuple[Any, ...], path: Path) -> None:
    """The accepted certificate; several are written as one conjunction."""
    from proofs.certificates import conjunction, write_certificate

    if not found:
        session.message("there is no certificate to write", "warning")
        return
    write_certificate(found[0] if len(found) == 1 else conjunction("count", found), path)


def dimension_text(dimension: Any) -> str:
    """The dimension in words."""
    if dimension is None:
        return "unknown"
    if dimension == -1:
        return "-1 (no zeros)"
    return f"{dimension}" + (" (finitely many zeros)" if dimension == 0 else "")


def pattern_table(patterns: Any) -> Any:
    """Counts by the set of coordinates that vanish."""
    if isinstance(patterns, Mapping):
        entries = list(patterns.items())
    else:
        entries = [(", ".join(entry["zero"]), entry) for entry in patterns]
    return counts_table(
        "By the coordinates that are zero",
        {(name or "none zero"): entry for name, entry in entries},
    )
