"""The BKK bounds of one hidden layer are powers."""

from __future__ import annotations

from algebra.words import Word
from proofs.catalogue.sources import LI_WANG, WRITTEN, needs_one_hidden_layer, theory
from proofs.certificates import Document
from proofs.context import Context
from proofs.formulas import generic_count, newton_bound, newton_torus_bound
from proofs.propositions import Claim, Finding, Verdict, first_reason

FORMULAS = {
    "affine": "(Σ_k 4^k C(n,k) C(p,k))^d",
    "torus": "(Σ_{k≥1} 4^k C(n,k) C(p,k))^d",
}
#: Beyond this value the mixed cells are not enumerated one by one.
MOST_CELLS = 6000


def needs_full_supports(context: Context) -> str | None:
    """Reason if zeros in the data remove monomials: the formula is then an upper bound only."""
    moments = [
        sum(a * b for a, b in zip(r, s, strict=True))
        for r in context.data.X
        for s in (*context.data.X, *context.data.Y)
    ]
    if any(value == 0 for value in moments):
        return "an entry of X Xᵀ or Y Xᵀ is zero: the Newton polytopes are smaller"
    return needs_nonzero_penalties(context)


def needs_nonzero_penalties(context: Context) -> str | None:
    """Reason if some λ is zero."""
    return None if context.data.regularised else "some λ is zero: the Newton polytopes are smaller"


def decide(context: Context) -> Finding:
    """The computed mixed volumes against the formulas; mixed cells prove the lower halves."""
    n, d, p = context.network.widths
    evidence: dict[str, object] = {"per_neuron": generic_count(n, p)}
    documents: list[Document] = []
    words: list[Word] = []
    relies: list[str] = []
    for kind, expected, computed in (
        ("affine", newton_bound(n, d, p), context.bounds.affine_mixed_volume),
        ("torus", newton_torus_bound(n, d, p), context.bounds.torus_mixed_volume),
    ):
        evidence[kind] = {
            "formula": FORMULAS[kind],
            "expected": expected,
            "computed": computed.value,
            "computed_word": str(computed.word),
        }
        if computed.value != expected:
            return Finding(
                Verdict.FAILS,
                evidence,
                tuple(computed.certificates),
                (computed.word,),
                reason=f"the {kind} mixed volume is {computed.value}, not {expected}",
            )
        # `computed` is an upper bound with its certificate, the mixed cells are a lower one.
        documents += computed.certificates
        words.append(computed.word)
        relies += computed.relies_on
        if computed.word is not Word.PROVED:
            relies.append(theory("section 4, BKK power"))
        lower = mixed_cell_certificate(context, kind, expected)
        if lower is None:
            words.append(WRITTEN)
            relies.append(theory("section 4, BKK power"))
        else:
            documents.append(lower)
    reason = "" if len(words) == 2 else f"cells of volume above {MOST_CELLS} are not written out"
    return Finding(
        Verdict.HOLDS,
        evidence,
        tuple(documents),
        tuple(words),
        tuple(dict.fromkeys((*relies, LI_WANG))),
        reason,
    )


def mixed_cell_certificate(context: Context, kind: str, volume: int) -> Document | None:
    """The mixed cells as a certificate of the lower half; None if there are too many."""
    from polytopes import mixed_cells

    if volume > MOST_CELLS:
        return None
    cells = context.once(
        f"{kind} cells",
        lambda: mixed_cells(
            context.system.supports, kind=kind, seed=context.seed, budget=context.budget
        ),
    )
    return cells.certificate()


CLAIMS = (
    Claim(
        "newton-power",
        "BKK = (Σ_k 4^k C(n,k) C(p,k))^d",
        "One hidden layer, any m: the affine (Li-Wang) BKK bound of the gradient system is "
        "(Σ_k 4^k C(n,k) C(p,k))^d, the torus bound (Σ_{k≥1} 4^k C(n,k) C(p,k))^d.",
        ("H = 1", "no entry of X Xᵀ, Y Xᵀ and Λ vanishes"),
        "docs/theory.md, section 4 (own theorem)",
        "docs/theory.md, section 4",
        first_reason(needs_one_hidden_layer, needs_full_supports),
        decide,
    ),
)
