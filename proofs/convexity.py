"""Why a set of active neurons carries at most one real critical point up to signs (λ > 0).

Let (z, r) and (z', r') be the squared signals z_i = u_i² ≥ 0 and the residuals of two real critical
points with the same active neurons: with w_k = 1 + Σ_i σ_ki z_i,

    e_k = w_k r_k + v_k = 0,    q_i = Σ_k σ_ki r_k² − s_i = 0,    and likewise with primes.

Two identities, in all data and unknowns as indeterminates, replace the convexity argument:

    Σ_k (r_k² − r'_k²)(w_k − w'_k) = Σ_i (z_i − z'_i)(q_i − q'_i),
    w_k² w'_k² (r_k² − r'_k²)(w_k − w'_k) + v_k² (w_k + w'_k)(w_k − w'_k)² ∈ ⟨e_k, e'_k⟩.

For σ > 0 and real points every w is at least 1: the second says that all summands of the first are
≤ 0, the first that they add up to 0. So v_k (w_k − w'_k) = 0 and r_k = r'_k for all k.
"""

from __future__ import annotations

from flint import fmpq_mpoly

from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates
from proofs.certificates import Document


def uniqueness_certificate(active: int, outputs: int) -> Document:
    """Both identities for sets of `active` neurons, as one conjunction."""
    neurons, targets = range(active), range(outputs)
    names = (
        *(f"z{i + 1}" for i in neurons),
        *(f"zz{i + 1}" for i in neurons),
        *(f"r{k + 1}" for k in targets),
        *(f"rr{k + 1}" for k in targets),
        *(f"sigma{k + 1}_{i + 1}" for k in targets for i in neurons),
        *(f"s{i + 1}" for i in neurons),
        *(f"v{k + 1}" for k in targets),
    )
    ring = polynomial_ring(names)
    gens = dict(zip(names, ring.gens(), strict=True))
    zero, one = ring.constant(0), ring.constant(1)
    v = [gens[f"v{k + 1}"] for k in targets]

    def side(z: str, r: str) -> tuple[list[fmpq_mpoly], ...]:
        """Signals, residuals, w, e and q of one of the two points."""
        signals = [gens[f"{z}{i + 1}"] for i in neurons]
        residuals = [gens[f"{r}{k + 1}"] for k in targets]
        growth, first, second = [], [], []
        for k in targets:
            w = one
            for i in neurons:
                w = w + gens[f"sigma{k + 1}_{i + 1}"] * signals[i]
            growth.append(w)
            first.append(w * residuals[k] + v[k])
        for i in neurons:
            q = -gens[f"s{i + 1}"]
            for k in targets:
                q = q + gens[f"sigma{k + 1}_{i + 1}"] * residuals[k] ** 2
            second.append(q)
        return signals, residuals, growth, first, second

    z, r, w, e, q = side("z", "r")
    zz, rr, ww, ee, qq = side("zz", "rr")
    system = PolynomialSystem(names, (*e, *ee, *q, *qq), name="two points, same active neurons")
    total = zero
    for k in targets:
        total = total + (r[k] ** 2 - rr[k] ** 2) * (w[k] - ww[k])
    differences = [a - b for a, b in zip(z, zz, strict=True)]
    parts = [
        certificates.identity(
            system, total, [zero] * (2 * outputs) + differences + [-a for a in differences]
        )
    ]
    for k in targets:
        gap = w[k] - ww[k]
        conclusion = (w[k] * ww[k]) ** 2 * (r[k] ** 2 - rr[k] ** 2) * gap
        conclusion = conclusion + v[k] ** 2 * (w[k] + ww[k]) * gap**2
        cofactors = [zero] * len(system.equations)
        # (w r)² = v² + e (w r − v).
        cofactors[k] = ww[k] ** 2 * (w[k] * r[k] - v[k]) * gap
        cofactors[outputs + k] = -(w[k] ** 2) * (ww[k] * rr[k] - v[k]) * gap
        parts.append(certificates.identity(system, conclusion, cofactors))
    title = f"{active} active neurons, {outputs} outputs, λ > 0: residuals are unique"
    return certificates.conjunction(title, parts)
