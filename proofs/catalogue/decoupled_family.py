"""The decoupled family behind B_C: neurons that do not see one another."""

from __future__ import annotations

from functools import partial
from typing import Any

from algebra.errors import EnginesDisagree, LimitReached
from algebra.networks import EPSILON, LinearNetwork, NetworkData
from algebra.words import Word
from proofs.catalogue.count_claims import FAMILY_RELIES, by_the_family
from proofs.catalogue.exact_count import needs_generic_data
from proofs.catalogue.sources import (
    WRITTEN,
    count_json,
    needs_one_hidden_layer,
    needs_rank_one,
    needs_regulariser,
)
from proofs.certificates import Document
from proofs.context import Context
from proofs.formulas import affine_bound, torus_bound
from proofs.propositions import Claim, Finding, Verdict, first_reason

#: The coupling at which the family is counted besides 0 and 1.
COUPLING = 3
#: Most zeros of the coupled member that are counted exactly.
MOST_ZEROS = 800
#: Most weights for which the coupled member is counted.
MOST_WEIGHTS = 9


def needs_one_point(context: Context) -> str | None:
    """Reason if m > 1 or there is one neuron: then there is nothing to decouple."""
    if context.network.m != 1:
        return f"m = {context.network.m}, expected 1"
    return None if context.network.widths[1] > 1 else "one neuron: nothing to decouple"


def decide(context: Context) -> Finding:
    """From above by Newton polytopes for every ε; from below by the neurons alone at ε = 0."""
    from algebra.counting import count_zeros

    network, data = context.network, context.data
    _, d, p = network.widths
    bound = affine_bound(d, p)
    evidence: dict[str, object] = {"bound": bound, "torus_bound": torus_bound(d, p)}
    documents: list[Document] = []
    words: list[Word] = []
    for region, number in (("complex", bound), ("torus", torus_bound(d, p))):
        everywhere, _ = by_the_family(context, region, number)
        evidence[f"{region}_bound_proved_for_every_coupling"] = everywhere is not None
        if everywhere is None:
            words.append(WRITTEN)
        else:
            documents.append(everywhere)
    single = LinearNetwork((network.widths[0], 1, network.widths[2]))
    neurons: list[Any] = []
    for i in range(d):
        neurons.append(context.once(f"neuron {i}", partial(_neuron, context, single, i)))
    product = 1
    for count in neurons:
        if count.complex.value is None:
            return Finding(
                Verdict.UNDECIDED, evidence, reason="the count of a neuron alone is open"
            )
        product *= count.complex.value
        words.append(count.complex.word)
        documents += count.certificates
    evidence |= {
        "neurons": [count_json(count.complex) for count in neurons],
        "zeros_at_0": product,
    }
    if product != bound:
        return Finding(
            Verdict.FAILS,
            evidence,
            tuple(documents),
            tuple(words),
            reason=f"the decoupled neurons have {product} zeros together, not {bound}",
        )
    if network.weight_count <= MOST_WEIGHTS and bound <= MOST_ZEROS:
        member = network.decoupled_system(data).specialise({EPSILON: COUPLING})
        try:
            coupled = count_zeros(member, torus=False, real=False, budget=context.budget)
        except LimitReached as limit:
            evidence["coupled"] = str(limit)
        else:
            evidence |= {"coupling": COUPLING, "coupled": count_json(coupled.distinct)}
            if coupled.distinct.value is not None and coupled.distinct.value > bound:
                raise EnginesDisagree(
                    f"{coupled.distinct.value} zeros at coupling {COUPLING}, more than {bound}"
                )
    return Finding(Verdict.HOLDS, evidence, tuple(documents), tuple(words), FAMILY_RELIES)


def _neuron(context: Context, single: LinearNetwork, i: int) -> Any:
    """Counts of the network with neuron i alone."""
    data = context.data
    first, second = data.Lambda
    alone = NetworkData(data.X, data.Y, ((first[i],), tuple((row[i],) for row in second)))
    return Context(single, alone, context.seed, context.budget).counts


CLAIMS = (
    Claim(
        "decoupled-family",
        "B_C counts a larger family",
        "Multiply in the equations of each neuron the residual terms of the other neurons by ε: "
        "ε = 1 is the gradient system. For every ε and all data at most (1+4p)^d zeros are "
        "isolated, (4p)^d of them with all weights nonzero; at ε = 0 and the given data there are "
        "exactly (1+4p)^d, all simple. So (1+4p)^d is the generic number of isolated zeros.",
        ("H = 1, m = 1, d ≥ 2", "no λ vanishes, generic data"),
        "docs/theory.md, section 4 (own theorem); a second proof of Theorem 3.9",
        "docs/theory.md, section 4, decoupled family",
        first_reason(
            needs_one_hidden_layer,
            needs_one_point,
            needs_rank_one,
            needs_regulariser,
            needs_generic_data,
        ),
        decide,
    ),
)
