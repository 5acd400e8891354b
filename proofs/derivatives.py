"""The model as identities: the gradient is the derivative of the loss.

The loss is quadratic in each single weight, so its derivative shows modulo h².
"""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq_mpoly

from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates
from proofs.certificates import Document


@dataclass(frozen=True)
class Derivative:
    """2L(…, w + h, …) − 2L(W) − 2hF_w = h² · cofactor: F_w is the derivative of L in w.

    Attributes
    ----------
    increment : fmpq_mpoly
        The left side, in a ring with h as its last generator.
    cofactor : fmpq_mpoly
    """

    weight: str
    names: tuple[str, ...]
    increment: fmpq_mpoly
    cofactor: fmpq_mpoly

    def holds(self) -> bool:
        """Whether the identity holds, by expansion."""
        ring = self.increment.context()
        h = ring.gen(len(self.names) - 1)
        return bool(self.increment == h * h * self.cofactor)

    def certificate(self, network: LinearNetwork) -> Document:
        """A document of kind `identity`: h² = 0 implies that the increment is 0."""
        ring = self.increment.context()
        h = ring.gen(len(self.names) - 1)
        n = network.weight_count
        empty = PolynomialSystem(self.names[:n], (), self.names[n:])
        return certificates.identity(empty, self.increment, [self.cofactor], hypotheses=[h * h])


def derivative(
    twice_the_loss: fmpq_mpoly, equation: fmpq_mpoly, index: int, weight: str
) -> Derivative:
    """The claim that `equation` is half the derivative of `twice_the_loss` in generator `index`."""
    names = twice_the_loss.context().names()
    step = "h"
    while step in names:
        step += "h"
    ring = polynomial_ring((*names, step))
    gens = ring.gens()
    h, embedding = gens[-1], gens[:-1]
    moved = [g + h if k == index else g for k, g in enumerate(embedding)]
    increment = (
        twice_the_loss.compose(*moved, ctx=ring)
        - twice_the_loss.compose(*embedding, ctx=ring)
        - 2 * h * equation.compose(*embedding, ctx=ring)
    )
    # What is not divisible by h² stays visible: the identity then fails instead of being mended.
    divisible = {
        (*(int(e) for e in m[:-1]), int(m[-1]) - 2): c for m, c in increment.terms() if m[-1] >= 2
    }
    return Derivative(weight, ring.names(), increment, ring.from_dict(divisible))
