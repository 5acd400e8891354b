"""`critnet verify`: a verdict for each claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.markup import escape

from critnet.failures import DONE, LIMIT, REJECTED
from critnet.inputs import DataFiles, read_network
from critnet.options import common_options, network_option
from critnet.session import Session
from critnet.tables import heading, notes, table, word
from critnet.warmup import prepare_cache, warm_up

if TYPE_CHECKING:
    from proofs.propositions import Claim
    from proofs.verification import VerifyResult

DEFAULT_NETWORK = "2-2-2"


@click.command("verify")
@click.argument("claims", metavar="[CLAIM]...", nargs=-1)
@network_option(required=False)
@click.option(
    "--list",
    "list_only",
    is_flag=True,
    help="Show the claims and leave; with --network, also which of them apply.",
)
@common_options("verify")
def command(
    session: Session,
    claims: tuple[str, ...],
    architecture: str | None,
    files: DataFiles,
    list_only: bool,
) -> int:
    """Decide each CLAIM for a network and its data (default: all claims, network 2-2-2)."""
    prepare_cache()
    from proofs.propositions import find
    from proofs.verification import inapplicable, list_claims, verify

    wanted = find(list_claims(), claims) if claims else list_claims()
    if list_only and architecture is None:
        _list(session, wanted)
        return DONE
    network, data = read_network(architecture or DEFAULT_NETWORK, files)
    if list_only:
        _list(session, wanted, inapplicable(wanted, network, data=data, budget=session.budget))
        return DONE
    warm_up(session)
    with session.stage("verify"):
        result = verify(
            network,
            claims=list(claims) or None,
            data=data,
            seed=session.seed,
            budget=session.budget,
        )
    limit = session.limit_hit if any(r.verdict == "undecided" for r in result.claims) else None
    document = result.to_dict() | ({"limit": limit} if limit else {})
    session.emit(document, lambda console: _render(console, result))
    if result.failed or result.disagreements:
        return REJECTED
    if limit:
        session.message(f"{limit}; undecided claims may be decided with more", "error")
        return LIMIT
    return DONE


def _list(
    session: Session, claims: Sequence[Claim], reasons: Mapping[str, str | None] | None = None
) -> None:
    """All claims; with `reasons`, also whether each applies to the network, or why it does not."""

    def applicability(claim: Claim) -> dict[str, Any]:
        if reasons is None:
            return {}
        return {"applies": reasons[claim.id] is None, "reason": reasons[claim.id] or ""}

    def render(console: Console) -> None:
        columns = ["claim", "what it says", "source"]
        rows = [[escape(c.id), escape(c.title), escape(short_source(c.source))] for c in claims]
        if reasons is not None:
            columns[2] = "applies"
            for claim, row in zip(claims, rows, strict=True):
                reason = reasons[claim.id]
                row[2] = "yes" if reason is None else f"no: {escape(reason)}"
        console.print(table(None, columns, [tuple(row) for row in rows]))
        console.print(
            "Numbers of statements are those of A. Bharadwaj, S. Hoşten, arXiv:2301.12651."
        )

    listed = [c.to_dict() | applicability(c) for c in claims]
    session.emit({"variables": [], "claims": listed}, render)


def short_source(source: str) -> str:
    """A source in a few words: the thesis is named once, above the table."""
    return source.rpartition("arXiv:2301.12651, ")[2].removesuffix(" (own theorem)")


def _render(console: Console, result: VerifyResult) -> None:
    heading(console, f"network {result.network.name}", "; ".join(result.data.notes))
    rows = [
        (
            escape(r.id),
            word(r.verdict),
            word(r.word) if r.verdict in ("holds", "fails") else "",
            escape(r.reason or r.claim.title),
        )
        for r in result.claims
    ]
    console.print(table(None, ["claim", "verdict", "word", ""], rows))
    notes(console, [f"special data: {text}" for text in result.context.special])
    for problem in result.disagreements:
        console.print(f"[bold red]engines disagree[/] {escape(problem)}")
