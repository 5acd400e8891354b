"""The affine BKK bound of one hidden layer is a power."""

from __future__ import annotations

from algebra.words import Word
from proofs.catalogue.sources import LI_WANG, needs_one_hidden_layer, theory
from proofs.context import Context
from proofs.formulas import generic_count, newton_bound
from proofs.propositions import Claim, Finding, Verdict, first_reason

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
    """The computed affine mixed volume against the formula; the cells prove the lower half."""
    from polytopes import mixed_cells

    n, d, p = context.network.widths
    expected = newton_bound(n, d, p)
    computed = context.bounds.affine_mixed_volume
    evidence: dict[str, object] = {
        "formula": "(Σ_k 4^k C(n,k) C(p,k))^d",
        "expected": expected,
        "computed": computed.value,
        "computed_word": str(computed.word),
        "per_neuron": generic_count(n, p),
    }
    if computed.value != expected:
        return Finding(
            Verdict.FAILS,
            evidence,
            tuple(computed.certificates),
            (computed.word,),
            reason=f"the affine mixed volume is {computed.value}, not {expected}",
        )
    # Two halves: `computed` is an upper bound with its certificate, the mixed cells a lower one.
    relies = tuple(dict.fromkeys((*computed.relies_on, LI_WANG)))
    if computed.word is not Word.PROVED:
        relies = (theory("section 4, BKK power"), *relies)
    if expected > MOST_CELLS:
        reason = f"the mixed cells of volume {expected} are not written out"
        words = (computed.word, Word.PROBABLE)
        return Finding(Verdict.HOLDS, evidence, tuple(computed.certificates), words, relies, reason)
    cells = context.once(
        "affine_cells",
        lambda: mixed_cells(
            context.system.supports, kind="affine", seed=context.seed, budget=context.budget
        ),
    )
    evidence["cells"] = len(cells.volumes)
    certificates = (*computed.certificates, cells.certificate())
    return Finding(Verdict.HOLDS, evidence, certificates, (computed.word,), relies)


CLAIMS = (
    Claim(
        "newton-power",
        "BKK = (Σ_k 4^k C(n,k) C(p,k))^d",
        "One hidden layer, any m: the affine (Li-Wang) BKK bound of the gradient system is "
        "(Σ_k 4^k C(n,k) C(p,k))^d.",
        ("H = 1", "no entry of X Xᵀ, Y Xᵀ and Λ vanishes"),
        "docs/theory.md, section 4 (own theorem)",
        "docs/theory.md, section 4",
        first_reason(needs_one_hidden_layer, needs_full_supports),
        decide,
    ),
)
