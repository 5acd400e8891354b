"""What ideal operations return: statements with their cofactors, and derived ideals.

`Membership.certificate` is a document of docs/certificates.md; `proofs.settle` runs the checker on
it and alone writes `proved`.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flint import fmpq_mpoly

from algebra.systems import PolynomialSystem
from algebra.words import Word

if TYPE_CHECKING:
    from algebra.ideals import Ideal


@dataclass(frozen=True, eq=False)
class Membership:
    """Whether Π c_k^e_k · g^N lies in the ideal of a system.

    Attributes
    ----------
    system : PolynomialSystem
        Its equations are the f_i.
    polynomial : fmpq_mpoly
        The g, in the ring of the system.
    holds : bool
    word : Word
    power : int
        The N: 1 for membership, the smallest possible for radical membership.
    conditions : tuple of (polynomial, exponent)
        The c_k with their exponents. Where all c_k differ from 0, g vanishes on the zeros; for
        parametric systems the c_k are polynomials in the parameters.
    cofactors : tuple or None
        The h_i with Π c_k^e_k · g^N = Σ h_i f_i, verified by expansion; None where they were not
        asked for, do not exist, or were not found within the degree and size limits.
    """

    system: PolynomialSystem
    polynomial: fmpq_mpoly
    holds: bool
    word: Word
    power: int = 1
    conditions: tuple[tuple[fmpq_mpoly, int], ...] = ()
    cofactors: tuple[fmpq_mpoly, ...] | None = field(default=None, repr=False)

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The identity as a document for the checker; None without cofactors."""
        if self.cofactors is None:
            return None
        if self.conditions:
            kind = "identity"
        else:
            kind = "membership" if self.power == 1 else "radical-membership"
        system = self.system
        return {
            "schema": "critnet/certificate/2",
            "kind": kind,
            "system": {
                "variables": list(system.variables),
                "parameters": list(system.parameters),
                "imaginary": False,
                "equations": [_terms(f) for f in system.equations],
            },
            "claim": {
                "conclusion": _terms(self.polynomial),
                "hypotheses": [],
                "conditions": [_terms(c) for c, _ in self.conditions],
            },
            "proof": {
                "power": self.power,
                "condition_powers": [e for _, e in self.conditions],
                "cofactors": [_terms(h) for h in self.cofactors],
            },
        }

    @property
    def size(self) -> tuple[int, int]:
        """(terms, bits of the largest coefficient) of the cofactors; (0, 0) without."""
        coefficients = [c for h in self.cofactors or () for c in h.coeffs()]
        sizes = [max(int(c.p).bit_length(), int(c.q).bit_length()) for c in coefficients]
        return len(coefficients), max(sizes, default=0)

    def statement(self) -> str:
        """The statement as text."""
        left = "".join(f"({c})^{e}*" if e > 1 else f"({c})*" for c, e in self.conditions)
        body = str(self.polynomial) if self.power == 1 else f"({self.polynomial})^{self.power}"
        if left and self.power == 1:
            body = f"({body})"
        return f"{left}{body} {'lies' if self.holds else 'does not lie'} in the ideal"

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "polynomial": str(self.polynomial),
            "holds": self.holds,
            "word": str(self.word),
            "power": self.power,
            "conditions": [{"polynomial": str(c), "power": e} for c, e in self.conditions],
            "cofactors": None if self.cofactors is None else [str(h) for h in self.cofactors],
        }

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        shown = self.statement()
        if len(shown) > 160:
            shown = shown[:150] + " …"
        cofactors = ""
        if self.cofactors is not None:
            cofactors = ", cofactors with {} terms of at most {} bits".format(*self.size)
        return f"Membership({shown}, {self.word}{cofactors})"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"


@dataclass(frozen=True, eq=False)
class DerivedIdeal:
    """A saturation, colon ideal, elimination ideal or intersection.

    Attributes
    ----------
    ideal : Ideal
        Its generators are a reduced Gröbner basis.
    operation : str
        For people.
    word : Word
        Of the equality with the ideal that was asked for.
    evidence : tuple of Membership
        On request: why each generator belongs there. That there are no more generators rests on
        the Gröbner basis and keeps the word of `word`.
    """

    ideal: Ideal
    operation: str
    word: Word
    evidence: tuple[Membership, ...] = field(default=(), repr=False)

    @property
    def generators(self) -> tuple[fmpq_mpoly, ...]:
        """The generators of the result."""
        return self.ideal.system.equations

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "operation": self.operation,
            "variables": list(self.ideal.system.variables),
            "generators": [str(f) for f in self.generators],
            "word": str(self.word),
            "evidence": [m.to_dict() for m in self.evidence],
        }

    def __iter__(self) -> Iterator[fmpq_mpoly]:
        return iter(self.generators)

    def __repr__(self) -> str:
        return f"DerivedIdeal({self.operation}: {len(self.generators)} generators, {self.word})"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(str(f))}</td></tr>" for f in self.generators[:50])
        return f"<p>{html.escape(repr(self))}</p><table>{rows}</table>"


@dataclass(frozen=True, eq=False)
class Equality:
    """Whether two ideals of one ring are equal, and each generator's membership on request."""

    holds: bool
    word: Word
    evidence: tuple[Membership, ...] = field(default=(), repr=False)

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "holds": self.holds,
            "word": str(self.word),
            "evidence": [m.to_dict() for m in self.evidence],
        }

    def __bool__(self) -> bool:
        return self.holds

    def __repr__(self) -> str:
        return f"Equality({self.holds}, {self.word})"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"


@dataclass(frozen=True, eq=False)
class NormalForm:
    """The remainder of a polynomial modulo an ideal."""

    polynomial: fmpq_mpoly
    remainder: fmpq_mpoly
    word: Word

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "polynomial": str(self.polynomial),
            "normal_form": str(self.remainder),
            "word": str(self.word),
        }

    def __repr__(self) -> str:
        return f"NormalForm({len(self.remainder)} terms, {self.word})"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(str(self.remainder))}</p>"


def certificates(results: Sequence[Membership]) -> list[dict[str, Any]]:
    """The documents of all results that have one."""
    return [d for m in results if (d := m.certificate) is not None]


def _terms(f: fmpq_mpoly) -> list[list[Any]]:
    return [[str(c), [int(e) for e in m]] for m, c in f.terms()]
