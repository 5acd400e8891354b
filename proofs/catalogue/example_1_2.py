"""Example 1.2: the printed equations, the data behind them, and their zero set."""

from __future__ import annotations

from flint import fmpq, fmpq_mat, fmpq_poly

from algebra.networks import LinearNetwork
from algebra.recovery import recover_data
from algebra.systems import PolynomialSystem
from proofs import certificates
from proofs.catalogue.sources import THESIS, theory
from proofs.certificates import Document, conjunction
from proofs.context import Context
from proofs.derivatives import derivative
from proofs.propositions import Claim, Finding, Verdict, always

#: Equations (1.13) as printed.
PRINTED = """
variables a1, a2, b1, b2;
5*a1*b1^2 + 5*a1*b2^2 + 11*a2*b1^2 + 11*a2*b2^2 - 7*b1 - 10*b2
11*a1*b1^2 + 11*a1*b2^2 + 25*a2*b1^2 + 25*a2*b2^2 - 15*b1 - 22*b2
5*a1^2*b1 + 22*a1*a2*b1 + 25*a2^2*b1 - 7*a1 - 15*a2
5*a1^2*b2 + 22*a1*a2*b2 + 25*a2^2*b2 - 10*a1 - 22*a2
"""


def decide(context: Context) -> Finding:
    """Recover data, rebuild the gradient, describe the zero set."""
    printed = PolynomialSystem.parse(PRINTED, name="Example 1.2")
    network = LinearNetwork((2, 1, 2), 2)
    data = recover_data(printed, network)
    gens = printed.ring.gens()
    twice_the_loss = 2 * network.exact_loss(gens, data)
    claims = [
        derivative(twice_the_loss, f, k, w)
        for k, (f, w) in enumerate(zip(printed.equations, printed.variables, strict=True))
    ]
    rebuilt = network.gradient_system(data=data)
    same = [
        dict(f.terms()) == dict(g.terms())
        for f, g in zip(printed.equations, rebuilt.equations, strict=True)
    ]
    parts = [claim.certificate(network) for claim in claims]
    curves, zero_set = _zero_set(printed, data.X, data.Y)
    holds = all(same) and all(claim.holds() for claim in claims)
    evidence = {
        "network": network.name,
        "X": [[str(v) for v in row] for row in data.X],
        "Y": [[str(v) for v in row] for row in data.Y],
        "Lambda": "0",
        "equations_matched": sum(same),
        "zero_set": zero_set,
    }
    return Finding(
        Verdict.HOLDS if holds else Verdict.FAILS,
        evidence,
        (conjunction("Example 1.2: the printed equations are a gradient", parts), *curves),
        relies_on=(theory("section 5: what the identities say about the zero set"),),
        reason="" if holds else "a printed equation is not a derivative of any such loss",
    )


def _zero_set(
    system: PolynomialSystem, x: tuple[tuple[fmpq, ...], ...], y: tuple[tuple[fmpq, ...], ...]
) -> tuple[list[Document], str]:
    """W = 0 and one orbit of (g^-1 W_1, W_2 g) per eigenvector of P = M G^-1 M^T.

    With G = X Xᵀ and M = Y Xᵀ the equations read β^T(β α G − M) = 0 and (β α G − M) α^T = 0. If
    β^Tβ ≠ 0, the first gives α = β^T M G^-1/(β^Tβ) and the second says that β is an eigenvector
    of P; if β^Tβ = 0, the first says β^T M = 0, so β = 0 because M is invertible, and then
    M α^T = 0 gives α = 0.
    """
    X, Y = fmpq_mat([list(r) for r in x]), fmpq_mat([list(r) for r in y])
    G, M = X * X.transpose(), Y * X.transpose()
    back = M * G.inv()
    P = back * M.transpose()
    minimal = P.charpoly()
    documents = [_symmetry(system)]
    (a, b), (_, d) = P.tolist()
    discriminant = (a - d) * (a - d) + 4 * b * b
    distinct = discriminant != 0 and b != 0 and M.det() != 0
    # β = (b, θ − a) is the eigenvector for the eigenvalue θ; α follows, all in Q(θ).
    beta = [fmpq_poly([b]), fmpq_poly([-a, 1])]
    norm = (beta[0] * beta[0] + beta[1] * beta[1]) % minimal
    inverse = norm.xgcd(minimal)[1]
    alpha = [((beta[0] * back[0, j] + beta[1] * back[1, j]) * inverse) % minimal for j in range(2)]
    point = [[_coefficient(q, 0), _coefficient(q, 1)] for q in (*alpha, *beta)]
    middle = (a + d) / 2
    documents.append(
        certificates.counterexample(
            system,
            system.ring.gen(0),
            point,
            minimal_polynomial=[_coefficient(minimal, k) for k in range(3)],
            real_between=(middle, middle + a + d + 1),
        )
    )
    text = (
        "the origin, an isolated simple zero, and "
        f"{2 if distinct else 'at least one'} curves (g^-1 W_1, W_2 g), g ≠ 0, one for each "
        f"eigenvector W_2 of M G^-1 M^T = {P.tolist()}; the nonzero critical points are not "
        "isolated"
    )
    return documents, text


def _coefficient(polynomial: fmpq_poly, degree: int) -> fmpq:
    return fmpq(polynomial[degree]) if polynomial.degree() >= degree else fmpq(0)


def _symmetry(system: PolynomialSystem) -> Document:
    """With g h = 1: the gradient at (h α, g β) vanishes where it vanishes at (α, β).

    Hence every nonzero critical point lies on a curve of critical points.
    """
    names = (*system.variables, "g", "h")
    enlarged = PolynomialSystem.parse(
        f"variables {', '.join(names)};\ng*h - 1\n" + "\n".join(map(str, system.equations))
    )
    ring = enlarged.ring
    *weights, g, h = ring.gens()
    moved = [h * weights[0], h * weights[1], g * weights[2], g * weights[3]]
    relation = enlarged.equations[0]
    parts = []
    for k, f in enumerate(system.equations):
        image = f.compose(*moved, ctx=ring)
        here = f.compose(*weights, ctx=ring)
        factor = g if k < 2 else h
        quotient, remainder = divmod(image - factor * here, relation)
        cofactors = [quotient, *(factor * int(k == j) for j in range(4))]
        assert remainder == 0
        parts.append(certificates.identity(enlarged, image, cofactors))
    return conjunction("Example 1.2: critical points move along curves", parts)


CLAIMS = (
    Claim(
        "example-1.2",
        "Example 1.2",
        "The four printed equations (1.13) are the gradient system of a network 2-1-2 with two "
        "data points and no regulariser; its nonzero critical points are not isolated.",
        (),
        f"{THESIS}, Example 1.2",
        "docs/theory.md, section 5",
        always,
        decide,
    ),
)
