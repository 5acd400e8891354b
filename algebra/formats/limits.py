"""Stated limits on input, checked before any heavy work.

A short text can describe an astronomically long polynomial: `Size` bounds terms, degree and
coefficient bits of an expression from its shape alone, so that expansion starts only if it ends.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mpoly

from algebra.errors import InputError, SyntaxProblem

#: Characters of a file, characters of a line.
MAX_CHARACTERS = 32 * 2**20
MAX_LINE = 4 * 2**20
#: Depth of nested brackets.
MAX_NESTING = 100
#: Largest exponent and largest total degree.
MAX_DEGREE = 10**6
#: Terms of an equation after expansion, and of all equations together.
MAX_TERMS = 10**6
#: Equations, unknowns and parameters.
MAX_EQUATIONS = 50_000
MAX_NAMES = 2000
#: Entries of all exponent vectors together: terms × names.
MAX_EXPONENTS = 5 * 10**7
#: Products of terms with 64-bit coefficients while an equation, or a whole file, is expanded.
MAX_WORK = 3 * 10**7
MAX_TOTAL_WORK = 10**8
#: Bits of all coefficients of an equation.
MAX_BITS = 10**9
#: Characters of a name.
MAX_NAME = 200

#: Longest common denominator kept exactly, in bits.
_KEPT_BITS = 20_000

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BRACKET = re.compile(r"[()\[\]{}]")


def decode(content: str | bytes, name: str) -> str:
    """Text with normal line ends, within the limits on size; binary data are refused."""
    if len(content) > MAX_CHARACTERS:
        raise InputError(f"{name} has {len(content)} characters: the limit is {MAX_CHARACTERS}")
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"{name} is not UTF-8 text (byte {error.start}): expected polynomials as text"
            ) from None
    text = content.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control is not None:
        line, column = position(text, control.start())
        raise SyntaxProblem(
            f"control character {control[0]!r}: expected polynomials as text", line, column
        )
    _check_lines(text, name)
    return text


def check_nesting(text: str) -> None:
    """Raise `SyntaxProblem` if brackets are nested deeper than `MAX_NESTING`."""
    depth = 0
    for match in _BRACKET.finditer(text):
        depth += 1 if match[0] in "([{" else -1
        if depth > MAX_NESTING:
            line, column = position(text, match.start())
            raise SyntaxProblem(
                f"more than {MAX_NESTING} nested brackets: the limit on nesting", line, column
            )


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _check_lines(text: str, name: str) -> None:
    start = 0
    while (end := text.find("\n", start)) >= 0 or start < len(text):
        end = len(text) if end < 0 else end
        if end - start > MAX_LINE:
            line = text.count("\n", 0, start) + 1
            raise InputError(
                f"{name}, line {line} has {end - start} characters: the limit is {MAX_LINE}"
            )
        start = end + 1


@dataclass(frozen=True, slots=True)
class Size:
    """Upper bounds for a polynomial that has not been expanded.

    Attributes
    ----------
    terms, degree : int
        Number of terms, total degree.
    denominator : int
        A common denominator of all coefficients; 0 if it is too long to keep.
    denominator_bits : int
        Bits of a common denominator.
    bits : int
        Bits of a numerator over the common denominator.
    total : int
        Bits of all numerators and denominators together.
    names : frozenset of str
        The names that occur.
    work : int
        Products of terms needed to expand it; 64 bits of a coefficient count as one unit.
    """

    terms: int
    degree: int
    denominator: int
    denominator_bits: int
    bits: int
    total: int
    names: frozenset[str] = frozenset()
    work: int = 0

    @classmethod
    def term(cls, coefficient: fmpq, degree: int, names: Iterable[str] = ()) -> Size:
        """One term."""
        q = int(coefficient.q)
        bits = max(int(coefficient.p).bit_length(), 1)
        total = bits + q.bit_length()
        return cls(1, degree, q, (q - 1).bit_length(), bits, total, frozenset(names))

    @classmethod
    def of(cls, polynomial: fmpq_mpoly) -> Size:
        """A polynomial at hand."""
        names = polynomial.context().names()
        terms = [
            cls.term(c, int(sum(m)), (name for name, e in zip(names, m, strict=True) if e))
            for m, c in polynomial.terms()
        ]
        return cls.sum(terms or [cls.term(fmpq(0), 0)])

    @classmethod
    def sum(cls, parts: Sequence[Size]) -> Size:
        """A sum; raises `InputError` if a limit is exceeded."""
        denominator, denominator_bits = 1, 0
        for part in parts:
            if part.denominator and denominator:
                if denominator % part.denominator:
                    denominator = math.lcm(denominator, part.denominator)
                denominator_bits = (denominator - 1).bit_length()
                if denominator_bits > _KEPT_BITS:
                    denominator = 0
            else:
                denominator = 0
                denominator_bits += part.denominator_bits
        return cls(
            sum(part.terms for part in parts),
            max((part.degree for part in parts), default=0),
            denominator,
            denominator_bits,
            max((p.bits for p in parts), default=1) + denominator_bits + len(parts).bit_length(),
            sum(part.total for part in parts) + len(parts),
            frozenset().union(*(part.names for part in parts)),
            sum(part.work for part in parts),
        ).checked()

    def times(self, other: Size) -> Size:
        """A product; raises `InputError` if it is too much work."""
        products = self.terms * other.terms
        degree = self.degree + other.degree
        bits = self.bits + other.bits + min(self.terms, other.terms).bit_length()
        denominator_bits = self.denominator_bits + other.denominator_bits
        kept = self.denominator * other.denominator if denominator_bits <= _KEPT_BITS else 0
        names = self.names | other.names
        terms = min(products, monomials(len(names), degree))
        total = terms * (bits + denominator_bits + 1)
        work = self.work + other.work + products * (1 + (bits + denominator_bits) // 64)
        return Size(terms, degree, kept, denominator_bits, bits, total, names, work).checked()

    def power(self, exponent: int) -> Size:
        """A power; raises `InputError` if it is too large."""
        if exponent > MAX_DEGREE:
            raise InputError(f"the exponent {shown(exponent)} exceeds the limit {MAX_DEGREE}")
        degree = self.degree * exponent
        terms = min(monomials(self.terms - 1, exponent), monomials(len(self.names), degree))
        bits = exponent * (self.bits + max(self.terms - 1, 0).bit_length())
        denominator_bits = exponent * self.denominator_bits
        kept = self.denominator**exponent if denominator_bits <= _KEPT_BITS else 0
        total = terms * (bits + denominator_bits + 1)
        # Repeated multiplication by the base is the slowest of the methods in use.
        work = self.work + terms * self.terms * (1 + (bits + denominator_bits) // 64)
        return Size(terms, degree, kept, denominator_bits, bits, total, self.names, work).checked()

    def checked(self) -> Size:
        """Itself; raises `InputError` if a limit is exceeded."""
        if self.degree > MAX_DEGREE:
            raise InputError(f"the degree {shown(self.degree)} exceeds the limit {MAX_DEGREE}")
        if self.terms > MAX_TERMS:
            raise InputError(
                f"an expanded expression could have {shown(self.terms)} terms: the limit is "
                f"{MAX_TERMS}"
            )
        if self.total > MAX_BITS:
            raise InputError(
                f"the coefficients of an expanded expression could have {shown(self.total)} bits: "
                f"the limit is {MAX_BITS}"
            )
        if self.work > MAX_WORK:
            raise InputError(
                f"expanding an expression would take {shown(self.work)} products of terms: the "
                f"limit is {MAX_WORK}"
            )
        return self


def monomials(names: int, degree: int) -> int:
    """Number of monomials of degree at most `degree`, cut off beyond all limits."""
    small, large = sorted((max(names, 0), degree))
    total = 1
    for k in range(1, small + 1):
        total = total * (large + k) // k
        if total > MAX_BITS:
            return total
    return total


def shown(number: int) -> str:
    """A number in full, or its order of magnitude if it is long."""
    return str(number) if number < 10**12 else f"about 10^{int(math.log10(number))}"
