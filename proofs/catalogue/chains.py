"""Chains: all hidden widths 1."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq, fmpq_poly

from proofs.catalogue.count_claims import compare_exactly, total_count
from proofs.catalogue.sources import needs_hidden_layer, needs_regulariser
from proofs.context import Context
from proofs.formulas import chain_count
from proofs.propositions import Claim, Finding, first_reason


def needs_a_chain(context: Context) -> str | None:
    """Reason unless all hidden widths are 1 and m = 1."""
    if any(width != 1 for width in context.network.widths[1:-1]):
        return "a hidden layer has more than one neuron"
    return None if context.network.m == 1 else f"m = {context.network.m}, expected 1"


def needs_generic_chain(context: Context) -> str | None:
    """Reason if one of the exact conditions on the data fails."""
    data, hidden = context.data, context.network.hidden_layers
    y = [row[0] for row in data.Y]
    mu = [row[0] for row in data.Lambda[-1]]
    S = sum(
        (row[0] * row[0] / entry for row, entry in zip(data.X, data.Lambda[0][0], strict=True)),
        fmpq(0),
    )
    if 0 in y:
        return f"y{y.index(fmpq(0)) + 1} = 0"
    if S == 0:
        return "S = Σ_j x_j²/λ_j = 0"
    if any(a == b for k, a in enumerate(mu) for b in mu[:k]):
        return "two λ of the last layer are equal"
    if hidden == 1 and S * sum((v * v / m for v, m in zip(y, mu, strict=True)), fmpq(0)) == 1:
        return "Σ y_k²/μ_k = 1/S"
    equation = balanced_equation(hidden, S, y, mu, [row[0][0] for row in data.Lambda[1:-1]])
    if equation.gcd(equation.derivative()).degree() > 0:
        return "the equation for the common norm Q has a multiple root"
    return None


def balanced_equation(
    hidden: int, S: fmpq, y: Sequence[fmpq], mu: Sequence[fmpq], middle: Sequence[fmpq]
) -> fmpq_poly:
    """Π(μ_k + κQ^H)² − κQ^{H−1} Σ_k μ_k y_k² Π_{l≠k} (μ_l + κQ^H)², a polynomial in Q.

    κ = S / (product of the λ of the layers between); Q = Σ λ w² of every layer (balancedness).
    """
    kappa = S
    for penalty in middle:
        kappa = kappa / penalty
    factors = [fmpq_poly([m] + [0] * (hidden - 1) + [kappa]) ** 2 for m in mu]
    left, right = fmpq_poly([1]), fmpq_poly([0])
    for k, factor in enumerate(factors):
        left *= factor
        term = fmpq_poly([mu[k] * y[k] * y[k]])
        for other, another in enumerate(factors):
            if other != k:
                term *= another
        right += term
    return left - right * fmpq_poly([0] * (hidden - 1) + [kappa])


def decide(context: Context) -> Finding:
    """1 + H 2^{H+1} p against the count."""
    network = context.network
    expected = chain_count(network.hidden_layers, network.widths[-1])
    counts = context.pattern_counts
    return compare_exactly(
        context, total_count(counts), expected, counts, {"formula": "1 + H 2^{H+1} p"}
    )


CLAIMS = (
    Claim(
        "chain-count",
        "N_C = 1 + H 2^{H+1} p for chains",
        "For the given data (all hidden widths 1, m = 1): exactly 1 + H·2^{H+1}·p critical points.",
        (
            "all hidden widths 1, m = 1",
            "no λ, y_k and S vanishes, the λ of the last layer differ, simple roots",
        ),
        "docs/theory.md, section 4 (own theorem)",
        "docs/theory.md, section 4, chains",
        first_reason(needs_hidden_layer, needs_a_chain, needs_regulariser, needs_generic_chain),
        decide,
    ),
)
