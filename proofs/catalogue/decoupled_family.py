"""The decoupled family behind B_C: neurons that do not see one another."""

from __future__ import annotations

from functools import partial
from typing import Any

from algebra.errors import LimitReached
from algebra.networks import EPSILON, LinearNetwork, NetworkData
from algebra.words import Word
from proofs.catalogue.exact_count import needs_generic_data
from proofs.catalogue.sources import (
    count_json,
    needs_one_hidden_layer,
    needs_rank_one,
    needs_regulariser,
)
from proofs.context import Context
from proofs.formulas import affine_bound
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
    """1+4p zeros for each neuron alone; and the number of zeros at another coupling."""
    from algebra.counting import count_zeros

    network, data = context.network, context.data
    _, d, p = network.widths
    bound = affine_bound(d, p)
    single = LinearNetwork((network.widths[0], 1, network.widths[2]))
    neurons: list[Any] = []
    for i in range(d):
        neurons.append(context.once(f"neuron {i}", partial(_neuron, context, single, i)))
    product, words = 1, list[Word]()
    for count in neurons:
        product *= count.complex.value or 0
        words.append(count.complex.word)
    certificates = tuple(c for count in neurons for c in count.certificates)
    evidence: dict[str, object] = {
        "bound": bound,
        "neurons": [count_json(count.complex) for count in neurons],
        "zeros_at_0": product,
    }
    if product != bound:
        return Finding(
            Verdict.FAILS,
            evidence,
            certificates,
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
            if coupled.distinct.value is not None and coupled.distinct.value != bound:
                return Finding(
                    Verdict.FAILS,
                    evidence,
                    (),
                    (coupled.distinct.word,),
                    reason=f"{coupled.distinct.value} zeros at coupling {COUPLING}, not {bound}",
                )
    return Finding(Verdict.HOLDS, evidence, certificates, tuple(words))


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
        "For the given data: multiply in the equations of each neuron the residual terms of the "
        "other neurons by ε. At ε = 0 there are exactly (1+4p)^d zeros, all simple; ε = 1 is the "
        "gradient system.",
        ("H = 1, m = 1, d ≥ 2", "no λ vanishes, generic data"),
        "docs/theory.md, section 4 (own observation)",
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
