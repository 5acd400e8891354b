"""`critnet groebner`: the reduced Gröbner basis."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from algebra.words import Word
from critnet.options import WRITABLE, common_options, system_argument
from critnet.session import Session
from critnet.tables import heading, number, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem


@click.command("groebner")
@system_argument
@click.option(
    "--order",
    default="grevlex",
    show_default=True,
    help="grevlex, lex, elim:K (first K variables out), or weighted:w1,…,wn.",
)
@click.option(
    "--mod", "modulus", type=click.IntRange(2, 2**62), help="Coefficients modulo this prime."
)
@click.option(
    "--deterministic",
    is_flag=True,
    help="Modulo a prime: reduce every row, not random combinations of rows.",
)
@click.option(
    "--certificate", type=WRITABLE, help="Prove the basis over Q; write that for `critnet check`."
)
@click.option("--store", type=WRITABLE, help="SQLite file; an interrupted run over Q continues.")
@common_options("groebner")
def command(
    session: Session,
    source: Callable[[], PolynomialSystem],
    order: str,
    modulus: int | None,
    deterministic: bool,
    certificate: Path | None,
    store: Path | None,
) -> None:
    """The reduced Gröbner basis of the ideal SYSTEM generates."""
    if certificate is not None and modulus is not None:
        raise click.UsageError("--certificate proves bases over Q: leave out --mod")
    system = source()
    warm_up(session, "algebra")
    from algebra.groebner import groebner_basis

    with session.stage("groebner"):
        basis = groebner_basis(
            system, order=order, modulus=modulus, probabilistic=not deterministic, store=store,
            budget=session.budget,
        )  # fmt: skip
    document = {**_size(basis), **basis.to_dict(), "variables": list(system.variables)}
    if certificate is not None:
        with session.stage("certificate"):
            document["word"] = str(_proved(session, system, basis, certificate))

    def render(console: Console) -> None:
        field = f"modulo {modulus}" if modulus else "over the rationals"
        heading(console, system.name or "system", f"reduced basis, {order}, {field}")
        for polynomial in document["basis"]:
            console.print(str(polynomial), markup=False, soft_wrap=True)
        console.print(
            f"[bold]{number(len(document['basis']))} polynomials[/], dimension "
            f"{document.get('dimension')}, degree {number(document.get('degree'))}, "
            f"{word(document.get('word'))}"
        )

    session.emit(document, render)


def _proved(session: Session, system: PolynomialSystem, basis: Any, path: Path) -> Word:
    """The word that the checker justifies; the certificate is written where there is one."""
    from proofs.certificates import write_certificate
    from proofs.groebner_certificates import groebner_certificate
    from proofs.settlement import settle_certificate

    found = groebner_certificate(system, basis, budget=session.budget)
    if found is None:
        session.message("no certificate was found: the basis stays probable", "warning")
        return Word.PROBABLE
    settled = settle_certificate(
        found, system=system, kind="groebner-basis", otherwise=Word.PROBABLE
    )
    if settled.word is not Word.PROVED:
        session.message(f"the checker refuses the certificate: {settled.problem}", "warning")
    else:
        write_certificate(found, path)
    return settled.word


def _size(basis: Any) -> dict[str, int | None]:
    """Dimension and degree of the zero set, from the leading monomials."""
    from algebra.staircase import hilbert_series, krull_dimension

    dimension = krull_dimension(basis.leading)
    degree = 0 if dimension < 0 else hilbert_series(basis.leading).degree
    # With complex coefficients the ring has I as a variable, and every zero comes twice.
    if basis.variables[-1:] == ("I",):
        degree //= 2
    return {"dimension": dimension, "degree": degree}
