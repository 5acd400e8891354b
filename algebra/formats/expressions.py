"""Polynomial expressions: grammar, syntax tree, bounded expansion. Shared by all text formats.

Nothing is evaluated as code. The grammar is LALR(1); runs such as `3/4*x^2*y` are one token, so
that files of 10^5 terms parse in seconds. Products must be written with `*`: `2x` and `x y` are
errors, because guessing between a product and a forgotten separator would sometimes guess wrong.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx
from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from algebra.errors import InputError, SyntaxProblem
from algebra.formats.limits import MAX_DEGREE, MAX_NAME, MAX_TOTAL_WORK, Size, position, shown
from algebra.rationals import parse_rational
from algebra.systems import IMAGINARY_UNIT, reduce_imaginary


class Monomial(NamedTuple):
    """A leaf of the syntax tree: coefficient times powers of names."""

    coefficient: fmpq
    powers: tuple[tuple[str, int], ...]
    offset: int

    @property
    def degree(self) -> int:
        """Total degree, every name counting 1."""
        return sum(exponent for _, exponent in self.powers)


class Operation(NamedTuple):
    """An inner node: "sum" of (sign, tree), "product" of ("*" or "/", tree), "power" of both."""

    kind: str
    children: list[Any]


Tree: TypeAlias = Monomial | Operation

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_NAMES = re.compile(rf"(?<![\w.]){_NAME}")
_FACTOR = rf"(?:[0-9]+\s*\/\s*[0-9]+|{_NUMBER}|{_NAME}(?:\s*(?:\^|\*\*)\s*[0-9]+)?)"
# The look-ahead keeps a token from ending inside a name or number, or before an exponent.
_MONOMIAL = rf"{_FACTOR}(?:\s*\*(?!\*)\s*{_FACTOR})*(?![\w.]|\s*(?:\^|\*\*))"

# A whole summand in one token, where nothing multiplies or divides it further.
_SIGNED = rf"[+-]\s*{_MONOMIAL}(?=\s*(?:[-+)=]|\Z))"

_GRAMMAR = rf"""
equation: sum | sum "=" sum
sum: term | sum SIGNED -> signed | sum "+" term -> plus | sum "-" term -> minus
term: factor | term "*" factor -> times | term "/" divisor -> over
?factor: MONOMIAL | power | "+" factor -> positive | "-" factor -> negative
?divisor: power | "+" divisor -> positive | "-" divisor -> negative
?power: atom | atom _POWER atom -> power
?atom: NUMBER | NAME | "(" sum ")"
SIGNED.4: /{_SIGNED}/
MONOMIAL.2: /{_MONOMIAL}/
NUMBER.1: /{_NUMBER}/
NAME: /{_NAME}/
_POWER.3: "^" | "**"
%ignore /\s+/
"""


class _TokenProblem(Exception):
    """A number or exponent beyond the limits, met while reading tokens."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class _TreeBuilder(Transformer[Token, Tree]):
    """Flat sums and products; chains of signs collapse, so depth is that of the brackets."""

    def MONOMIAL(self, token: Token) -> Monomial:
        return _monomial(token, token.start_pos or 0)

    def SIGNED(self, token: Token) -> tuple[int, Monomial]:
        return (1 if token[0] == "+" else -1), _monomial(token[1:], (token.start_pos or 0) + 1)

    def NUMBER(self, token: Token) -> Monomial:
        return _monomial(token, token.start_pos or 0)

    def NAME(self, token: Token) -> Monomial:
        return Monomial(_ONE, ((str(token), 1),), token.start_pos or 0)

    def equation(self, sides: list[Tree]) -> Tree:
        if len(sides) == 1:
            return sides[0]
        return Operation("sum", _summands(sides[0]) + [(-s, t) for s, t in _summands(sides[1])])

    def sum(self, children: list[Tree]) -> Tree:
        return Operation("sum", _summands(children[0]))

    def plus(self, children: list[Any]) -> Tree:
        children[0].children.extend(_summands(children[1]))
        return children[0]

    def signed(self, children: list[Any]) -> Tree:
        children[0].children.append(children[1])
        return children[0]

    def minus(self, children: list[Any]) -> Tree:
        children[0].children.extend((-s, t) for s, t in _summands(children[1]))
        return children[0]

    def negative(self, children: list[Tree]) -> Tree:
        return Operation("sum", [(-s, t) for s, t in _summands(children[0])])

    def positive(self, children: list[Tree]) -> Tree:
        return children[0]

    def term(self, children: list[Tree]) -> Tree:
        return children[0]

    def times(self, children: list[Tree]) -> Tree:
        return Operation("product", [*_factors(children[0]), ("*", children[1])])

    def over(self, children: list[Tree]) -> Tree:
        return Operation("product", [*_factors(children[0]), ("/", children[1])])

    def power(self, children: list[Tree]) -> Tree:
        return Operation("power", children)


def _summands(tree: Tree) -> list[tuple[int, Tree]]:
    is_sum = isinstance(tree, Operation) and tree.kind == "sum"
    return list(tree.children) if is_sum else [(1, tree)]  # type: ignore[union-attr]


def _factors(tree: Tree) -> list[tuple[str, Tree]]:
    if isinstance(tree, Operation) and tree.kind == "product":
        return tree.children
    return [("*", tree)]


def _monomial(text: str, offset: int) -> Monomial:
    """Read a run such as 3/4*x^2*y."""
    coefficient, powers = _ONE, []
    try:
        for factor in text.replace("**", "^").split("*"):
            name, power, exponent = factor.partition("^")
            name = name.strip()
            if name[0] in "0123456789.":
                number = _number(name)
                coefficient = number if coefficient is _ONE else coefficient * number
            else:
                powers.append((name, _exponent_value(exponent) if power else 1))
    except InputError as error:
        raise _TokenProblem(str(error), offset) from None
    return Monomial(coefficient, tuple(powers), offset)


_ONE = fmpq(1)


@functools.lru_cache(maxsize=4096)
def _number(text: str) -> fmpq:
    return parse_rational(text)


def _exponent_value(text: str) -> int:
    digits = text.strip().lstrip("0") or "0"
    if len(digits) > 7 or int(digits) > MAX_DEGREE:
        shortened = digits if len(digits) <= 20 else f"of {len(digits)} digits"
        raise InputError(f"the exponent {shortened} exceeds the limit {MAX_DEGREE}")
    return int(digits)


@functools.cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR,
        start=["equation", "sum"],
        parser="lalr",
        lexer="contextual",
        transformer=_TreeBuilder(),
        maybe_placeholders=False,
    )


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of a file: its text and its offset in the whole `source`."""

    text: str
    offset: int
    source: str = field(repr=False)

    def problem(self, message: str, offset: int = 0) -> SyntaxProblem:
        """An error at an offset inside the statement."""
        return SyntaxProblem(message, *position(self.source, self.offset + offset))

    def parse(self, *, equality: bool = True) -> Tree:
        """The syntax tree; with `equality`, `a = b` means a − b."""
        try:
            return _parser().parse(self.text, start="equation" if equality else "sum")  # type: ignore[return-value]
        except _TokenProblem as error:
            raise self.problem(str(error), error.offset) from None
        except UnexpectedInput as error:
            raise self._syntax_problem(error) from None

    def _syntax_problem(self, error: UnexpectedInput) -> SyntaxProblem:
        if isinstance(error, UnexpectedToken) and error.token.type == "$END":
            end = len(self.text.rstrip())
            expected = "')'" if self.text[end - 1 : end] not in "+-*/^=(" else "a term"
            return self.problem(f"the expression ends too early: expected {expected}", end)
        offset = error.pos_in_stream or 0
        found = _excerpt(self.text, offset)
        if isinstance(error, UnexpectedToken):
            if error.token.type in ("MONOMIAL", "SIGNED", "NUMBER", "NAME", "LPAR"):
                hint = f"unexpected {found!r}: expected an operator (write products as 2*x)"
            elif error.token.type == "RPAR" and self.text[:offset].count("(") <= self.text[
                :offset
            ].count(")"):
                hint = "unexpected ')': there is no '(' to close"
            elif error.token.type == "_POWER":
                hint = f"unexpected {found!r}: write powers of powers with brackets, as (x^2)^3"
            else:
                hint = f"unexpected {found!r}: expected a number, a name or '('"
            return self.problem(hint, offset)
        assert isinstance(error, UnexpectedCharacters)
        character = self.text[offset]
        hint = "" if character.isascii() else ": names are made of ASCII letters, digits and _"
        return self.problem(f"unexpected character {character!r}{hint}", offset)


def _excerpt(text: str, offset: int) -> str:
    """The token at an offset, as a message shows it."""
    match = re.compile(r"\w+|\*\*|\S").match(text, offset)
    return match[0][:30] if match else ""


def names_in(text: str) -> Iterator[str]:
    """Names in order of appearance, with repetitions."""
    return (match[0] for match in _NAMES.finditer(text))


def check_name(name: str) -> None:
    """Raise `InputError` unless `name` can name a variable."""
    if len(name) > MAX_NAME:
        raise InputError(f"the name {name[:20]}… has {len(name)} characters: at most {MAX_NAME}")
    if not re.fullmatch(_NAME, name):
        raise InputError(f"{name[:40]!r} is not a name: expected ASCII letters, digits and _")


class Expansion:
    """Turns trees into polynomials of one ring.

    Parameters
    ----------
    ring
        The ring; its generators are known by name.
    definitions
        Further names and the polynomials they stand for.
    unit_names
        Names of the imaginary unit, the ring's last generator if there are any.

    Attributes
    ----------
    work : int
        Bound on the products of terms spent so far; see `Size.work`.
    """

    def __init__(
        self,
        ring: fmpq_mpoly_ctx,
        definitions: Mapping[str, fmpq_mpoly] | None = None,
        unit_names: Sequence[str] = (),
    ) -> None:
        self.ring = ring
        self.definitions = definitions or {}
        names = ring.names()
        self.index = {name: k for k, name in enumerate(names)}
        self.index.update({unit: len(names) - 1 for unit in unit_names})
        self.count = len(names)
        self.work = 0

    def expand(self, tree: Tree, statement: Statement) -> fmpq_mpoly:
        """The polynomial of a tree; `statement` gives positions for errors.

        Raises
        ------
        SyntaxProblem
            An unknown name, an exponent that is no integer from 0 to `MAX_DEGREE`, a division by
            something that is not a nonzero constant, or a limit exceeded.
        """
        try:
            self.work += self.size(tree).work
            if self.work > MAX_TOTAL_WORK:
                raise InputError(
                    f"expanding the equations up to here takes {shown(self.work)} products of "
                    f"terms: the limit is {MAX_TOTAL_WORK}"
                )
            return self._polynomial(tree)
        except SyntaxProblem:
            raise
        except InputError as error:
            raise statement.problem(str(error), _first_offset(tree)) from None

    # -- bounds -------------------------------------------------------------------------------

    def size(self, tree: Tree) -> Size:
        """Bounds on the expansion; raises `InputError` if a limit is exceeded."""
        if isinstance(tree, Monomial):
            return self._monomial_size(tree)
        if tree.kind == "sum":
            return Size.sum([self.size(child) for _, child in tree.children])
        if tree.kind == "power":
            base, exponent = tree.children
            return self.size(base).power(self._exponent(exponent))
        total = Size.term(_ONE, 0)
        for operator, child in tree.children:
            size = self.size(child)
            if operator == "/":
                # The inverse of a constant: numerator and denominator change places, or nearly.
                bits = 2 * (size.bits + size.denominator_bits)
                size = Size(2, min(size.degree, 1), 0, bits, bits, 2 * bits, size.names)
            total = total.times(size)
        return total

    def _monomial_size(self, monomial: Monomial) -> Size:
        free = (name for name, _ in monomial.powers if name not in self.definitions)
        size = Size.term(monomial.coefficient, monomial.degree, free).checked()
        for name, exponent in monomial.powers:
            if name in self.definitions:
                size = size.times(Size.of(self.definitions[name]).power(exponent))
        return size

    def _exponent(self, tree: Tree) -> int:
        if self.size(tree).total > 10_000:
            raise InputError(f"the exponent exceeds the limit {MAX_DEGREE}")
        value = self._constant(self._polynomial(tree))
        if value is None or value.q != 1 or value < 0:
            raise InputError("expected an integer from 0 on as exponent")
        if value > MAX_DEGREE:
            raise InputError(f"the exponent {shown(int(value.p))} exceeds the limit {MAX_DEGREE}")
        return int(value.p)

    # -- expansion ----------------------------------------------------------------------------

    def _polynomial(self, tree: Tree) -> fmpq_mpoly:
        if isinstance(tree, Monomial):
            return self._monomial(tree)
        if tree.kind == "sum":
            return self._sum(tree.children)
        if tree.kind == "power":
            base, exponent = tree.children
            return self._polynomial(base) ** self._exponent(exponent)
        result = self.ring.constant(1)
        for operator, child in tree.children:
            factor = self._polynomial(child)
            result = result * (factor if operator == "*" else self._inverse(factor))
        return result

    def _sum(self, summands: Sequence[tuple[int, Tree]]) -> fmpq_mpoly:
        collected: dict[tuple[int, ...], fmpq] = {}
        polynomials = []
        for sign, child in summands:
            if isinstance(child, Monomial) and not self.definitions:
                exponents = self._exponent_vector(child)
                signed = child.coefficient if sign > 0 else -child.coefficient
                old = collected.get(exponents)
                collected[exponents] = signed if old is None else old + signed
            else:
                polynomial = self._polynomial(child)
                polynomials.append(polynomial if sign > 0 else -polynomial)
        polynomials.append(self.ring.from_dict({k: v for k, v in collected.items() if v != 0}))
        # In pairs: adding one by one to a long sum would be quadratic.
        while len(polynomials) > 1:
            pairs = [a + b for a, b in zip(polynomials[::2], polynomials[1::2], strict=False)]
            polynomials = pairs + polynomials[len(polynomials) & ~1 :]
        return polynomials[0]

    def _monomial(self, monomial: Monomial) -> fmpq_mpoly:
        defined = [(n, e) for n, e in monomial.powers if n in self.definitions]
        plain = monomial
        if defined:
            kept = tuple((n, e) for n, e in monomial.powers if n not in self.definitions)
            plain = monomial._replace(powers=kept)
        exponents = self._exponent_vector(plain)
        coefficient = plain.coefficient
        result = self.ring.from_dict({exponents: coefficient} if coefficient != 0 else {})
        for name, exponent in defined:
            result = result * self.definitions[name] ** exponent
        return result

    def _exponent_vector(self, monomial: Monomial) -> tuple[int, ...]:
        exponents = [0] * self.count
        for name, exponent in monomial.powers:
            k = self.index.get(name)
            if k is None:
                raise self._unknown(name)
            exponents[k] += exponent
        return tuple(exponents)

    def _unknown(self, name: str) -> InputError:
        known = [*self.ring.names(), *self.definitions]
        listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
        return InputError(f"unknown name {name[:40]!r}: the declared names are {listed}")

    def _constant(self, polynomial: fmpq_mpoly) -> fmpq | None:
        """The value of a constant polynomial, None if it is not constant."""
        if polynomial == 0:
            return fmpq(0)
        if any(polynomial.degrees()):
            return None
        return polynomial.coeffs()[0]

    def _inverse(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        if polynomial == 0:
            raise InputError("division by zero")
        degrees = polynomial.degrees()
        if not any(degrees):
            return self.ring.constant(1 / polynomial.coeffs()[0])
        unit = len(degrees) - 1
        if any(degrees[:unit]) or self.ring.names()[unit] != IMAGINARY_UNIT:
            raise InputError("division by something that is not a constant")
        reduced = reduce_imaginary(polynomial)
        parts = {int(m[unit]): c for m, c in reduced.terms()}
        real, imaginary = parts.get(0, fmpq(0)), parts.get(1, fmpq(0))
        norm = real * real + imaginary * imaginary
        if norm == 0:
            raise InputError("division by zero")
        return (self.ring.constant(real) - self.ring.gen(unit) * imaginary) * (1 / norm)


def _first_offset(tree: Tree) -> int:
    """Offset of the first token of a tree inside its statement."""
    while isinstance(tree, Operation):
        tree = tree.children[0] if tree.kind == "power" else tree.children[0][1]
    return tree.offset
