"""`critnet ideal`: questions about the ideal that a system generates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from critnet.inputs import DataFiles, read_system
from critnet.options import READABLE, WRITABLE, common_options, system_argument
from critnet.session import Session
from critnet.tables import heading, word
from critnet.warmup import warm_up

if TYPE_CHECKING:
    from algebra.systems import PolynomialSystem

POLYNOMIAL = "POLYNOMIAL"


@click.command("ideal")
@system_argument
@click.option("--contains", metavar=POLYNOMIAL, help="Is it a combination of the equations?")
@click.option("--radical-contains", metavar=POLYNOMIAL, help="Does it vanish on all zeros?")
@click.option("--normal-form", metavar=POLYNOMIAL, help="Its remainder modulo the ideal.")
@click.option("--saturate", metavar=POLYNOMIAL, help="The ideal without the zeros of this.")
@click.option("--colon", metavar=POLYNOMIAL, help="All g whose product with this is in the ideal.")
@click.option("--eliminate", metavar="x,y,…", help="The ideal in the other variables.")
@click.option("--intersect", metavar="FILE", type=READABLE, help="Intersection with this system.")
@click.option("--equals", metavar="FILE", type=READABLE, help="Is it the ideal of this system?")
@click.option("--cofactors", is_flag=True, help="Identities that prove the answer.")
@click.option("--certificate", type=WRITABLE, help="Write them for `critnet check`.")
@common_options("ideal")
def command(
    session: Session,
    source: Callable[[], PolynomialSystem],
    cofactors: bool,
    certificate: Path | None,
    **questions: Any,
) -> None:
    """One question about the ideal of SYSTEM, answered exactly."""
    asked = {name: value for name, value in questions.items() if value is not None}
    if len(asked) != 1:
        options = ", ".join("--" + name.replace("_", "-") for name in questions)
        raise click.UsageError(f"{len(asked)} questions: give exactly one of {options}")
    [(question, value)] = asked.items()
    system = source()
    warm_up(session, "algebra")
    from proofs.settlement import settle

    with session.stage("ideal"):
        answer = settle(_answer(session, system, question, value, cofactors or bool(certificate)))
    if certificate is not None:
        _write(answer, certificate)
    document = {"variables": list(system.variables), "question": question, **answer.to_dict()}

    def render(console: Console) -> None:
        heading(console, system.name or "system", f"{question.replace('_', ' ')}: {value}")
        for line in _lines(document):
            console.print(line, markup=False, soft_wrap=True)
        console.print(word(document["word"]))

    session.emit(document, render)


def _answer(
    session: Session, system: PolynomialSystem, question: str, value: Any, cofactors: bool
) -> Any:
    from algebra.ideal_results import NormalForm
    from algebra.ideals import Ideal
    from algebra.parametric import parametric_membership

    if system.parameters and question == "contains":
        return parametric_membership(system, value, cofactors=cofactors, budget=session.budget)
    ideal = Ideal.of(system, budget=session.budget)
    if question == "normal_form":
        f = ideal.polynomial(value)
        return NormalForm(f, ideal.normal_form(f), ideal.basis.word)
    if question in ("intersect", "equals"):
        value = Ideal.of(read_system(str(value), "auto", DataFiles()), budget=session.budget)
    return getattr(ideal, question)(value, cofactors=cofactors)


def _lines(document: dict[str, Any]) -> list[str]:
    """The answer for people: generators or a sentence, then identities."""
    lines = list(document.get("generators", ()))
    if "normal_form" in document:
        lines.append(document["normal_form"])
    if "generators" in document and not lines:
        lines.append("0 (the zero ideal)")
    if "holds" in document:
        lines.append("yes" if document["holds"] else "no")
    for part in document.get("evidence") or [document]:
        if part.get("cofactors") is not None:
            lines.append(identity_text(part))
    return lines


def identity_text(part: dict[str, Any]) -> str:
    """Condition powers times a power of the polynomial = Σ cofactor · f_i, as text."""
    factors = [(c["polynomial"], c["power"]) for c in part["conditions"]]
    factors.append((part["polynomial"], part["power"]))
    left = " * ".join(f"({p})^{e}" if e > 1 else f"({p})" for p, e in factors)
    products = [f"({h})*f{i}" for i, h in enumerate(part["cofactors"], 1) if h != "0"]
    return f"{left} = {' + '.join(products) or '0'}"


def _write(answer: Any, path: Path) -> None:
    from algebra.ideal_results import Membership, certificates
    from proofs import certificates as write

    parts = [answer] if isinstance(answer, Membership) else list(getattr(answer, "evidence", ()))
    documents = certificates(parts)
    if not documents or len(documents) < len(parts):
        raise click.UsageError("no complete set of identities was found: nothing to write")
    if len(documents) == 1:
        write.write_certificate(documents[0], path)
    else:
        write.write_certificate(write.conjunction("ideal operation", documents), path)
