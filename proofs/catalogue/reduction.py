"""The reduction to d + p unknowns is an isomorphism, and both systems are counted alike."""

from __future__ import annotations

from algebra.errors import EnginesDisagree
from proofs.catalogue.sources import (
    count_json,
    needs_one_hidden_layer,
    needs_rank_one,
    needs_regulariser,
)
from proofs.context import FULL_WEIGHTS, Context
from proofs.propositions import Claim, Finding, Verdict, first_reason
from proofs.reduction import parametric_reduction

#: Most weights for which the reduction is also proved with indeterminate data.
PARAMETRIC_WEIGHTS = 12


def decide(context: Context) -> Finding:
    """The isomorphism for these data, for all data, and the two counts compared."""
    network, reduction = context.network, context.reduction
    certificates = [reduction.certificate()]
    evidence: dict[str, object] = {
        "unknowns": len(reduction.reduced.variables),
        "weights": network.weight_count,
        "reduced_system": [f"{f} = 0" for f in reduction.reduced.equations],
        "for_all_data": False,
    }
    if not reduction.holds():
        return Finding(Verdict.FAILS, evidence, reason="the maps are not inverse to each other")
    if network.m == 1 and network.weight_count <= PARAMETRIC_WEIGHTS:
        everywhere = context.once("parametric_reduction", lambda: parametric_reduction(network))
        certificates.append(everywhere.certificate())
        evidence["for_all_data"] = True
    if network.weight_count <= FULL_WEIGHTS:
        compared = {}
        for name, full, reduced in (
            ("complex", context.pattern_counts.total, context.reduced_patterns.total),
            ("real", context.pattern_counts.real, context.reduced_patterns.real),
        ):
            compared[name] = {"full": count_json(full), "reduced": count_json(reduced)}
            if None not in (full.value, reduced.value) and full.value != reduced.value:
                raise EnginesDisagree(
                    f"{full.value} {name} zeros of the gradient system, {reduced.value} of the "
                    "reduced one"
                )
        evidence["counts"] = compared
    return Finding(Verdict.HOLDS, evidence, tuple(certificates))


CLAIMS = (
    Claim(
        "reduction",
        "Reduction to d + p unknowns",
        "One hidden layer, rank X = 1: the critical points correspond one to one, with "
        "multiplicity and reality, to the zeros of t_i (S_i Σ_k r_k²/μ_ki − 1) and "
        "r_k (1 + s Σ_i S_i² t_i²/μ_ki) + v_k in d + p unknowns.",
        ("H = 1", "rank X = 1", "no λ vanishes"),
        "docs/theory.md, section 1, C6 (own theorem)",
        "docs/theory.md, section 1, C6",
        first_reason(needs_one_hidden_layer, needs_rank_one, needs_regulariser),
        decide,
    ),
)
