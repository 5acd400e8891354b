"""Proposition 3.2: null rows of W_l match null columns of W_{l+1}."""

from __future__ import annotations

from algebra.networks import LinearNetwork
from proofs.catalogue.sources import THESIS, needs_hidden_layer, needs_regulariser
from proofs.catalogue.stray_zeros import Violation, decide_exactly, prove_for_all_data
from proofs.context import Context
from proofs.identities import null_rows_match_null_columns
from proofs.implications import rows_and_columns
from proofs.propositions import Claim, Finding, Verdict


def for_all_data(context: Context) -> Finding:
    """Identity C2, any m and H."""
    return prove_for_all_data(
        context, "Proposition 3.2", null_rows_match_null_columns(context.network), ""
    )


def for_data(context: Context) -> Finding:
    """The identities if no λ vanishes, else the ideal of the gradient."""
    if context.data.regularised:
        finding = for_all_data(context)
        if finding.verdict is Verdict.HOLDS:
            evidence = {"broken_hypotheses": [], "by": "the identities for all data"}
            return Finding(Verdict.HOLDS, evidence, finding.certificates)
    broken = needs_regulariser(context)
    network = context.network
    return decide_exactly(
        context, violation(network), rows_and_columns(network), [broken] if broken else []
    )


def violation(network: LinearNetwork) -> Violation:
    """A hidden neuron whose incoming weights all vanish but not the outgoing, or vice versa."""

    def violates(zero: frozenset[str]) -> str | None:
        for layer in range(1, network.hidden_layers + 1):
            before, after = network.widths[layer - 1], network.widths[layer + 1]
            for i in range(1, network.widths[layer] + 1):
                incoming = {f"w{layer}_{i}_{j}" for j in range(1, before + 1)}
                outgoing = {f"w{layer + 1}_{k}_{i}" for k in range(1, after + 1)}
                if (incoming <= zero) != (outgoing <= zero):
                    return (
                        f"row {i} of W_{layer} {'zero' if incoming <= zero else 'nonzero'}, "
                        f"column {i} of W_{layer + 1} {'zero' if outgoing <= zero else 'nonzero'}"
                    )
        return None

    return violates


STATEMENT = (
    "row i of W_l is zero if and only if column i of W_{l+1} is, for every hidden layer and neuron"
)

CLAIMS = (
    Claim(
        "proposition-3.2",
        "Null rows match null columns, all data",
        f"For all data, any m and any number of layers: at every critical point {STATEMENT}.",
        ("no λ of the two layers vanishes",),
        f"{THESIS}, Proposition 3.2",
        "docs/theory.md, section 1, C2",
        needs_hidden_layer,
        for_all_data,
    ),
    Claim(
        "proposition-3.2-data",
        "Null rows match null columns, given data",
        f"For the given data: at every critical point {STATEMENT}.",
        (),
        f"{THESIS}, Proposition 3.2, for these data whether or not its hypotheses hold",
        "docs/theory.md, section 1, C2",
        needs_hidden_layer,
        for_data,
    ),
)
