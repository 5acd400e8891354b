"""The model: the gradient system consists of the derivatives of the loss."""

from __future__ import annotations

from proofs import identities
from proofs.catalogue.sources import THESIS
from proofs.certificates import conjunction
from proofs.context import Context
from proofs.derivatives import derivative
from proofs.propositions import Claim, Finding, Verdict, always

#: Most generators a certificate may have; with more, only the data at hand are treated.
PARAMETRIC_GENERATORS = 63


def decide(context: Context) -> Finding:
    """2L(w + h) − 2L(w) − 2h F_w is divisible by h², for every weight."""
    network, system = context.network, context.system
    twice_the_loss = 2 * network.exact_loss(system.ring.gens(), context.data)
    claims = [
        derivative(twice_the_loss, f, k, w)
        for k, (f, w) in enumerate(zip(system.equations, system.variables, strict=True))
    ]
    certificates = [
        conjunction(
            "the equations are the derivatives of the loss, given data",
            [claim.certificate(network) for claim in claims],
        )
    ]
    holds = all(claim.holds() for claim in claims)
    evidence = {
        "equations": len(claims),
        "degree": 2 * network.hidden_layers + 1,
        "degrees": list(system.degrees),
        "for_all_data": False,
    }
    generators = network.weight_count + len(network.parameters)
    if generators <= PARAMETRIC_GENERATORS:
        s = identities.signals(network)
        everywhere = [
            derivative(s.loss, f, k, w)
            for k, (f, w) in enumerate(zip(s.equations, network.variables, strict=True))
        ]
        holds = holds and all(claim.holds() for claim in everywhere)
        evidence["for_all_data"] = True
        certificates.append(
            conjunction(
                "the equations are the derivatives of the loss, all data",
                [claim.certificate(network) for claim in everywhere],
            )
        )
    verdict = Verdict.HOLDS if holds else Verdict.FAILS
    return Finding(verdict, evidence, tuple(certificates))


CLAIMS = (
    Claim(
        "model-equations",
        "The gradient system",
        "Each equation of the gradient system is the partial derivative of the regularised loss "
        "½‖W_{H+1}⋯W_1 X − Y‖² + ½ Σ λ_w w² with respect to its weight.",
        (),
        f"{THESIS}, equations (2)-(5) and (3.1)",
        "docs/theory.md, section 1",
        always,
        decide,
    ),
)
