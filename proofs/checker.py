"""The trusted checker: reads certificates of `docs/certificates.md` and says what they prove.

Standard library and python-flint only; also a script: `python checker.py FILE…` prints what was
proved and what was assumed, exit code 0 if every file is accepted and 1 otherwise. It never
searches: a certificate carries every hint. Claims are compared with what was recomputed; nothing
in a document is believed. Limits: files of 32 MiB, 100 000 digits per number, 2·10⁶ terms, about
10¹² elementary steps; beyond a limit a document is rejected, never half-checked.

How to read it. First come strict atoms, `read`, which reads any JSON value by its *shape*, and
`kind`, which registers a kind of certificate with the shapes of its claim and proof. Then the five
primitives, each followed by the kinds that are composed of it, and the compositions of kinds.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import flint
from flint import acb, acb_mat, arb, arb_mat, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat, nmod_mat
from flint.utils.flint_exceptions import FlintError

SCHEMA = "critnet/certificate/2"
FORMATS = ("critnet/certificate/1", SCHEMA)  # the first differs in `mixed-volume`, refused there
FILE_LIMIT = 32 * 2**20  # bytes
DIGIT_LIMIT = 100_000  # per number
TERM_LIMIT = 2_000_000  # per document
WORK_LIMIT = 10**12  # elementary steps, roughly nanoseconds
GENERATOR_LIMIT, EXPONENT_LIMIT, DEPTH_LIMIT = 64, 32_767, 6
DIMENSION_LIMIT, SIGNATURE_LIMIT, BASIS_LIMIT = 200_000, 400, 1500
MEMORY_LIMIT = 5 * 10**7  # machine words of one product, entries of one matrix

RATIONAL = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?", re.ASCII)
DYADIC = re.compile(r"(-?(?:0|[1-9][0-9]*))\*2\^(-?(?:0|[1-9][0-9]{0,4}))", re.ASCII)
ORDER = re.compile("grevlex|lex")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)

Exponents = tuple[int, ...]
Polynomial = Any  # flint.fmpq_mpoly; python-flint ships no types
Facts = dict[tuple[str, str], int]  # (quantity, "at_least" | "at_most") -> number
LOW, UP = "at_least", "at_most"
MULTIPLE = "with_multiplicity"
QUANTITIES = ("complex", MULTIPLE, "real", "nonreal", "torus", "boundary")
#: What an isomorphism carries over; torus and boundary only if it maps variables to monomials.
TRANSFERRED = ("complex", MULTIPLE, "real", "nonreal")


class CertificateRejected(Exception):
    """The document is not a proof of its claim; the message says where it fails."""


@dataclass
class Checked:
    """What an accepted document proves (sentences and facts) and what was assumed for it.

    `subject` is the system or the supports it speaks of; `link` the reduced system and the images
    of the variables in it, for an isomorphism.
    """

    proved: list[str]
    assumed: list[str]
    facts: Facts = field(default_factory=dict)
    kind: str = ""
    subject: Any = None
    link: Any = None


def reject(message: str) -> NoReturn:
    """Refuse the document."""
    raise CertificateRejected(message)


def require(condition: bool, message: str) -> None:
    """Refuse the document unless the condition holds."""
    if not condition:
        reject(message)


@dataclass
class Work:
    """Steps, terms and machine words left before the document is refused, and its depth.

    `tick` is called before every larger step; what it raises ends the check (a time limit).
    """

    steps: int = WORK_LIMIT
    terms: int = TERM_LIMIT
    words: int = MEMORY_LIMIT
    depth: int = 0
    tick: Callable[[], object] = bool

    def spend(self, steps: int) -> None:
        """Announce work before doing it."""
        self.tick()
        self.steps -= steps
        require(self.steps >= 0, "checking would exceed the work limit")

    def keep(self, words: int) -> None:
        """Account for memory that stays in use."""
        self.words -= words
        require(self.words >= 0, "checking would exceed the memory limit")

    def read_terms(self, number: int) -> None:
        """Announce terms before storing them."""
        self.terms -= number
        require(self.terms >= 0, f"more than {TERM_LIMIT} terms")


# -- reading: strict atoms, and values by their shapes ---------------------------------------------


def array(value: Any, length: int | None = None) -> list[Any]:
    """A JSON array, of the given length if there is one."""
    if type(value) is not list:
        reject("expected an array")
    if length is not None and len(value) != length:
        reject(f"an array has {len(value)} entries, expected {length}")
    return value


def paired(first: Sequence[Any], second: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Entries side by side; the second array must be as long as the first."""
    return list(zip(first, array(second, len(first)), strict=True))


def integer(value: Any, low: int = 0, high: int = 2**63) -> int:
    """A JSON integer with low ≤ value ≤ high (True and 1.0 are not integers)."""
    if type(value) is not int or not low <= value <= high:
        reject(f"expected an integer between {low} and {high}")
    return value


def match(value: Any, pattern: re.Pattern[str], what: str) -> re.Match[str]:
    """The match of a whole string."""
    if type(value) is not str or len(value) > DIGIT_LIMIT:
        reject(f"expected {what}")
    found = pattern.fullmatch(value)
    if found is None:
        reject(f"expected {what}, got {value[:40]!r}")
    return found


def rational(value: Any) -> fmpq:
    """An exact rational number from "3/7"."""
    top, bottom = match(value, RATIONAL, "a rational number such as '-3/7'").groups()
    return fmpq(fmpz(top), fmpz(bottom or 1))


def dyadic(value: Any) -> arb:
    """An exact ball from "m*2^e"."""
    mantissa, exponent = match(value, DYADIC, "a dyadic number such as '-3*2^-60'").groups()
    return arb((fmpz(mantissa), integer(int(exponent), -20_000, 20_000)))


def long_integer(value: Any) -> fmpz:
    """An integer from its decimal digits."""
    number = rational(value)
    require(number.q == 1, "expected an integer")
    return number.p


def prime(value: Any) -> int:
    """A prime below 2^63 (flint proves primality in this range)."""
    p = long_integer(value)
    require(2 <= p < 2**63 and p.is_prime(), f"{value[:40]} is not a prime below 2^63")
    return int(p)


def height(value: Any) -> fmpz:
    """A value of a lifting: an integer as a number or a string."""
    number = fmpz(value) if type(value) is int else long_integer(value)
    require(abs(number) < 2**128, "a height of 2^128 or more")
    return number


def flag(value: Any) -> bool:
    """One of the two JSON truth values."""
    if type(value) is not bool:
        reject("expected true or false")
    return value


def distinct(items: Sequence[Any], what: str) -> None:
    """Refuse repetitions."""
    require(len(set(items)) == len(items), f"repeated {what}")


@dataclass(frozen=True)
class Ring:
    """Q[names]; the order matters to `groebner-basis` and `staircase` only and is applied there."""

    names: tuple[str, ...]

    @property
    def context(self) -> Any:
        """The python-flint context."""
        return flint.fmpq_mpoly_ctx.get(self.names, flint.Ordering.degrevlex)

    def integral(self, order: str) -> Any:
        """The context over Z for a monomial order."""
        orderings = {"grevlex": flint.Ordering.degrevlex, "lex": flint.Ordering.lex}
        return flint.fmpz_mpoly_ctx.get(self.names, orderings[order])

    def monomial(self, value: Any) -> Exponents:
        """An exponent vector."""
        return tuple(integer(e, 0, EXPONENT_LIMIT) for e in array(value, len(self.names)))

    def read(self, value: Any, work: Work) -> Polynomial:
        """A polynomial from its list of terms."""
        terms: dict[Exponents, fmpq] = {}
        work.read_terms(len(array(value)) + 1)
        for term in value:
            coefficient, exponents = array(term, 2)
            key = self.monomial(exponents)
            require(key not in terms, "a polynomial repeats a monomial")
            terms[key] = rational(coefficient)
            require(terms[key] != 0, "a polynomial has a zero coefficient")
        return self.context.from_dict(terms)


@dataclass(frozen=True)
class System:
    """Polynomial equations f = 0; `ring.names` = variables, parameters, then I."""

    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    imaginary: bool
    equations: tuple[Polynomial, ...]

    @property
    def ring(self) -> Ring:
        """The ring of the equations."""
        return Ring(self.variables + self.parameters + (("I",) if self.imaginary else ()))

    @property
    def text(self) -> str:
        """The equations, shortened; sentences end with it."""
        equations = shorten("; ".join(f"{shorten(str(f))} = 0" for f in self.equations))
        return f"{len(self.equations)} equations in {', '.join(self.variables)}: {equations}"


def read_system(value: Any, work: Work) -> System:
    """A system of equations."""
    shape = {"variables": ["name"], "parameters": ["name"], "imaginary": "flag", "equations": "raw"}
    found = read(shape, value, Ring(()), work)
    names = (*found.variables, *found.parameters)
    distinct((*names, "I"), "name")
    require(0 < len(names) <= GENERATOR_LIMIT, "no or too many names")
    ring = Ring((*names, "I") if found.imaginary else names)
    equations = read(["polynomial"], found.equations, ring, work)
    for f in equations if found.imaginary else ():
        require(all(m[-1] <= 1 for m in f.monoms()), "I may have degree 0 or 1 only")
    variables, parameters = tuple(found.variables), tuple(found.parameters)
    return System(variables, parameters, found.imaginary, tuple(equations))


def read_supports(value: Any) -> list[list[Exponents]]:
    """Lists of n distinct points in Z^n, n of them."""
    n = len(array(value))
    require(0 < n <= GENERATOR_LIMIT, "no or too many supports")
    supports = [
        [tuple(integer(e, -(2**53), 2**53) for e in array(q, n)) for q in array(support)]
        for support in value
    ]
    for support in supports:
        require(len(support) > 0, "an empty support")
        distinct(support, "support point")
    return supports


def shorten(sentence: str, length: int = 300) -> str:
    """At most `length` characters."""
    return sentence if len(sentence) <= length else sentence[: length - 3] + "..."


#: Shapes that are words. Others: [shape] a list, (shape, shape) an array of fixed length,
#: {name: shape} an object of exactly these fields ("name?" may be absent: None), `Cases`.
ATOMS: dict[str, Callable[[Any, Ring, Work], Any]] = {
    "rational": lambda value, ring, work: rational(value),
    "dyadic": lambda value, ring, work: dyadic(value),
    "natural": lambda value, ring, work: integer(value),
    "one": lambda value, ring, work: integer(value, 1, 1),
    "nothing": lambda value, ring, work: array(value, 0),
    "prime": lambda value, ring, work: prime(value),
    "height": lambda value, ring, work: height(value),
    "flag": lambda value, ring, work: flag(value),
    "name": lambda value, ring, work: match(value, NAME, "a name")[0],
    "order": lambda value, ring, work: match(value, ORDER, "the order grevlex or lex")[0],
    "monomial": lambda value, ring, work: ring.monomial(value),
    "polynomial": lambda value, ring, work: ring.read(value, work),
    "document": lambda value, ring, work: check_document(value, work),
    "raw": lambda value, ring, work: value,
}


class Cases(dict[str, dict[str, Any]]):
    """The shape of an object whose field `method` decides on its other fields."""

    default: str | None = None  # the method of objects without this field


def read(shape: Any, value: Any, ring: Ring, work: Work) -> Any:
    """A JSON value of the given shape; objects become namespaces."""
    if isinstance(shape, str):
        return ATOMS[shape](value, ring, work)
    if isinstance(shape, list):
        return [read(shape[0], item, ring, work) for item in array(value)]
    if isinstance(shape, tuple):
        return [read(s, item, ring, work) for s, item in paired(shape, value)]
    if type(value) is not dict:
        reject(f"expected an object with the fields {', '.join(shape)}")
    if isinstance(shape, Cases):
        method = value.get("method", shape.default)
        if type(method) is not str or method not in shape:
            reject(f"the method must be {' or '.join(shape)}")
        shape, value = {"method": "name", **shape[method]}, {"method": method, **value}
    optional = {name[:-1]: inner for name, inner in shape.items() if name.endswith("?")}
    needed = {name: inner for name, inner in shape.items() if not name.endswith("?")}
    for name in value:
        require(name in needed or name in optional, f"unknown field {str(name)[:40]!r}")
    for name in needed:
        require(name in value, f"missing field {name!r}")
    found = dict.fromkeys(optional) | {
        name: read((needed | optional)[name], item, ring, work) for name, item in value.items()
    }
    return SimpleNamespace(**found)


#: name -> (subject, shape of the claim, shape of the proof, function); subject: "any" system,
#: "rational", "square", "boxes" (rational or with I, square), "supports", or "".
KINDS: dict[str, tuple[str, Any, Any, Callable[[Any, Any, Any, Work], Checked]]] = {}


def kind(name: str, subject: str, claim: Any, proof: Any) -> Callable[[Any], Any]:
    """Register the decorated function (subject, claim, proof, work) -> Checked."""

    def register(function: Callable[[Any, Any, Any, Work], Checked]) -> Any:
        KINDS[name] = subject, claim, proof, function
        return function

    return register


def read_subject(value: Any, what: str, work: Work) -> Any:
    """The system or the supports that a document speaks of."""
    if what == "supports":
        return read_supports(value)
    system = read_system(value, work)
    if what != "any":
        require(not system.parameters, "parameters must have values here")
        require(what == "boxes" or not system.imaginary, "rational coefficients expected here")
        square = len(system.equations) == len(system.variables)
        require(what == "rational" or square, "not a square system")
    return system


def check_document(document: Any, work: Work | None = None) -> Checked:
    """What the certificate proves.

    Raises
    ------
    CertificateRejected
        The document is malformed, too large, or not a proof of its claim.
    """
    work = Work() if work is None else work
    require(work.depth <= DEPTH_LIMIT, f"documents are nested deeper than {DEPTH_LIMIT}")
    name = document.get("kind") if type(document) is dict else None
    if type(name) is not str or name not in KINDS:
        reject("not a certificate: unknown or missing kind")
    what, claim_shape, proof_shape, check = KINDS[name]
    place = "supports" if what == "supports" else "system"
    fields = ("schema", "kind", *([place] if what else []), "claim", "proof")
    work.depth += 1
    try:
        found = read(dict.fromkeys(fields, "raw"), document, Ring(()), work)
        require_version(found.schema, name)
        subject = read_subject(document[place], what, work) if what else None
        ring = subject.ring if isinstance(subject, System) else Ring(())
        claim, proof = (
            read(shape, value, ring, work)
            for shape, value in ((claim_shape, found.claim), (proof_shape, found.proof))
        )
        checked = check(subject, claim, proof, work)
    except (ArithmeticError, ValueError, FlintError, RecursionError, MemoryError) as problem:
        raise CertificateRejected(f"{name}: {type(problem).__name__}: {problem}") from problem
    work.depth -= 1
    checked.kind, checked.subject = name, subject
    return checked


def require_version(schema: Any, name: str) -> None:
    """Refuse other formats, and kinds that differ in an old one."""
    require(type(schema) is str and schema in FORMATS, f"the schema must be {SCHEMA!r}")
    old = schema != SCHEMA and name == "mixed-volume"
    require(not old, f"format 1 of {name} is no longer read: write it again")


# -- primitive 1: polynomial identities ------------------------------------------------------------


def words(f: Polynomial) -> int:
    """Size of a polynomial in machine words."""
    return sum(2 + (c.p.bit_length() + c.q.bit_length()) // 64 for c in f.coeffs())


def product(f: Polynomial, g: Polynomial, work: Work) -> Polynomial:
    """f·g, after its cost in time and memory has been announced."""
    size_f, size_g = words(f), words(g)
    work.spend(50 * (1 + size_f) * (1 + size_g))
    require(len(f) * size_g + len(g) * size_f <= MEMORY_LIMIT, "a product is too large")
    return f * g


def power(f: Polynomial, exponent: int, work: Work) -> Polynomial:
    """f^exponent."""
    out = f.context().constant(1)
    for _ in range(integer(exponent, 0, EXPONENT_LIMIT)):
        out = product(out, f, work)
    return out


def require_combination(
    left: Polynomial, cofactors: Sequence[Polynomial], generators: Sequence[Polynomial], work: Work
) -> None:
    """Refuse unless left = Σ cofactor·generator, expanded."""
    difference = left
    for generator, cofactor in paired(generators, cofactors):
        difference -= product(cofactor, generator, work)
        require(len(difference) <= MEMORY_LIMIT, "a sum is too large")
    require(len(difference) == 0, f"an identity fails: {len(difference)} terms differ")


def evaluator(images: Sequence[Any], zero: Any, times: Callable[[Any, Any], Any]) -> Any:
    """The map Σ c·x^m ↦ Σ c·Π images[k]^m_k, for terms (m, c) with c embedded already."""
    powers = [[image] for image in images]

    def value(terms: Any) -> Any:
        total = zero
        for m, c in terms:
            for k, e in enumerate(m):
                while (done := len(powers[k])) < e:  # by halves: balls grow with every product
                    powers[k].append(times(powers[k][done // 2], powers[k][(done - 1) // 2]))
                c = times(c, powers[k][e - 1]) if e else c
            total = total + c
        return total

    return value


def terms_of(f: Polynomial, embed: Callable[[fmpq], Any]) -> list[tuple[Exponents, Any]]:
    """The terms of a polynomial for `evaluator`."""
    return [(tuple(int(e) for e in m), embed(c)) for m, c in f.terms()]


def implication_text(generators: Any, claim: Any) -> str:
    """The claim of an implication in words."""
    given = "; ".join(f"{shorten(str(f), 100)} = 0" for f in generators) or "anywhere"
    when = "".join(f"{c} ≠ 0, " for c in claim.conditions)
    return f"{shorten(str(claim.conclusion))} = 0 wherever {when}{shorten(given)}"


POLYNOMIALS = ["polynomial"]
IMPLICATION = {"conclusion": "polynomial", "hypotheses": POLYNOMIALS, "conditions": POLYNOMIALS}
POWERS = {"power": "natural", "condition_powers": ["natural"], "cofactors": POLYNOMIALS}
PLAIN = {**IMPLICATION, "conditions": "nothing"}


@kind("membership", "any", PLAIN, {**POWERS, "power": "one"})
@kind("radical-membership", "any", PLAIN, POWERS)
@kind("identity", "any", IMPLICATION, POWERS)
def check_identity(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """Π conditions^powers · conclusion^N = Σ cofactor · generator."""
    require(not system.imaginary, "rational coefficients expected here")
    generators = [*system.equations, *claim.hypotheses]
    require(proof.power >= 1, "the power must be at least 1")
    left = power(claim.conclusion, proof.power, work)
    for condition, e in paired(claim.conditions, proof.condition_powers):
        left = product(left, power(condition, e, work), work)
    require_combination(left, proof.cofactors, generators, work)
    factors = (f"({c})^{e}·" for c, e in paired(claim.conditions, proof.condition_powers))
    sentence = (
        f"{implication_text(generators, claim)}; for all values of "
        f"{', '.join(system.ring.names)}, because {''.join(factors)}"
        f"({shorten(str(claim.conclusion))})^{proof.power} = Σ cofactor · left-hand side, "
        f"{sum(map(len, proof.cofactors))} cofactor terms."
    )
    return Checked([sentence], [])


ROWS = [POLYNOMIALS]
ISOMORPHISM = {
    "forward": "raw", "backward": POLYNOMIALS, "forward_cofactors": "raw",
    "backward_cofactors": ROWS, "round_trip": ROWS, "reduced_round_trip": "raw",
}  # fmt: skip


@kind("ring-isomorphism", "rational", {"reduced": "raw"}, ISOMORPHISM)
def check_isomorphism(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """Q[x]/I ≅ Q[y]/J by polynomial maps that are inverse modulo the ideals."""
    small = read_subject(claim.reduced, "rational", work)
    forward = read(POLYNOMIALS, array(proof.forward, len(system.variables)), small.ring, work)
    down_rows, trip_rows = (
        read(ROWS, rows, small.ring, work)
        for rows in (proof.forward_cofactors, proof.reduced_round_trip)
    )

    def substituted(polynomials: Any, images: Any, home: System) -> list[Polynomial]:
        constant = home.ring.context.constant
        value = evaluator(images, constant(0), lambda f, g: product(f, g, work))
        return [value(terms_of(f, constant)) for f in polynomials]

    def require_members(polynomials: Any, home: System, cofactors: Any) -> None:
        for f, row in paired(polynomials, cofactors):
            require_combination(f, row, home.equations, work)

    def trip(home: System, there: Any, back: Any) -> list[Polynomial]:
        images = substituted(there, back, home)
        return [f - x for x, f in paired(home.ring.context.gens(), images)]

    array(proof.backward, len(small.variables))
    require_members(substituted(system.equations, forward, small), small, down_rows)
    require_members(
        substituted(small.equations, proof.backward, system), system, proof.backward_cofactors
    )
    require_members(trip(system, forward, proof.backward), system, proof.round_trip)
    require_members(trip(small, proof.backward, forward), small, trip_rows)
    images = ", ".join(f"{x} = {shorten(str(f), 60)}" for x, f in paired(system.variables, forward))
    sentence = (
        "The zeros of two systems correspond one to one, with multiplicities and reality, by "
        f"{shorten(images)}; {system.text}; {small.text}."
    )
    return Checked([sentence], [], link=(small, forward))


# -- leading monomials, Gröbner bases --------------------------------------------------------------

ORDERS: dict[str, Callable[[Exponents], Any]] = {
    "grevlex": lambda m: (sum(m), tuple(-e for e in reversed(m))),
    "lex": lambda m: m,
}


def monomials(f: Polynomial) -> list[Exponents]:
    """Exponent vectors of the terms."""
    return [tuple(int(e) for e in m) for m in f.monoms()]


def plus(a: Sequence[int], b: Sequence[int], sign: int = 1) -> Exponents:
    """The vector a + sign·b."""
    return tuple(x + sign * y for x, y in zip(a, b, strict=True))


def divides(a: Exponents, b: Exponents) -> bool:
    """Whether x^a divides x^b."""
    return all(i <= j for i, j in zip(a, b, strict=True))


def neighbours(basis: Sequence[Exponents] | set[Exponents], n: int, step: int) -> set[Exponents]:
    """All x_i·b, or all b/x_i with step −1."""
    return {(*m[:i], m[i] + step, *m[i + 1 :]) for m in basis for i in range(n) if m[i] + step >= 0}


def staircase_size(leading: Sequence[Exponents], n: int, limit: int, work: Work) -> int | None:
    """Number of monomials divisible by no leading monomial; None if there are more than `limit`."""
    size, layer = 0, {(0,) * n}
    while layer:
        work.spend(300 * len(layer) * n * (n + len(leading)))
        layer = {m for m in layer if not any(divides(a, m) for a in leading)}
        size += len(layer)
        if size > limit:
            return None
        layer = neighbours(layer, n, 1)
    return size


BASIS_PROOF = Cases(
    # Earlier writers listed quotients; division finds them.
    cofactors={"cofactors": ROWS, "quotients?": "raw", "pairs?": "raw"},
    homogenised={"elements": "raw", "prime": "prime", "relations": "raw"},
)
BASIS_PROOF.default = "cofactors"
BUCHBERGER = "Buchberger's criterion (Cox, Little, O'Shea, Ideals, Varieties, and Algorithms, 2.10)"
ARNOLD = "bases modulo a prime of homogeneous ideals (Arnold, J. Symb. Comp. 35, 2003)"


@kind("groebner-basis", "rational", {"order": "order", "basis": POLYNOMIALS}, BASIS_PROOF)
def check_groebner_basis(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """A Gröbner basis of the ideal over Q, and the dimension of the quotient with it."""
    key, basis, n = ORDERS[claim.order], claim.basis, len(system.variables)
    require(all(len(g) > 0 for g in basis), "a basis element is zero")
    require(len(basis) <= BASIS_LIMIT, f"more than {BASIS_LIMIT} basis elements")
    leading = [max(monomials(g), key=key) for g in basis]
    require_basis = require_by_cofactors if proof.method == "cofactors" else require_by_homogenising
    require_basis(system, claim, leading, proof, work)
    facts: Facts = {}
    if all(any(m[i] == sum(m) for m in leading) for i in range(n)):
        size = staircase_size(leading, n, DIMENSION_LIMIT, work)
        if size is not None:
            facts = {(MULTIPLE, d): size for d in (LOW, UP)} | {("complex", UP): size}
    sentence = (
        f"The {len(basis)} given polynomials are a Gröbner basis ({claim.order}) of the ideal"
        f"{f', dim Q[x]/I = {size}' if facts else ''}, of {system.text}."
    )
    theorems = [BUCHBERGER] if proof.method == "cofactors" else [BUCHBERGER, ARNOLD]
    return Checked([sentence], theorems, facts)


def require_by_cofactors(system: System, claim: Any, leading: Any, proof: Any, work: Work) -> None:
    """The elements lie in the ideal by cofactors; division does the rest."""
    for g, row in paired(claim.basis, proof.cofactors):
        require_combination(g, row, system.equations, work)
    require_buchberger(system.equations, claim.basis, system.ring.integral(claim.order), work)


def require_by_homogenising(
    system: System, claim: Any, leading: Any, proof: Any, work: Work
) -> None:
    """Arnold's verification: over Q for the homogenised equations, membership modulo one prime.

    The elements G are homogeneous, a Gröbner basis over Q, and every f^h reduces to zero; modulo p
    the g with the same leading monomials lie in the ideal of the f^h. Comparing Hilbert functions,
    G spans the ideal of the f^h over Q (docs/certificates.md), and with h = 1 the ideal itself.
    """
    n = len(system.variables)
    ring = Ring(tuple(f"x{k}" for k in range(n + 1)))
    elements = read(POLYNOMIALS, proof.elements, ring, work)
    relations = read([[("natural", "polynomial")]], proof.relations, ring, work)
    require(all(len(g) > 0 for g in elements), "an element is zero")
    require(len(elements) <= BASIS_LIMIT, f"more than {BASIS_LIMIT} elements")
    require(all(len({*map(sum, monomials(g))}) == 1 for g in elements), "not homogeneous")
    raised = [homogenised(f, ring) for f in system.equations if len(f)]
    require_buchberger(raised, elements, ring.integral("grevlex"), work)
    require_members_modulo(proof.prime, raised, elements, relations, ring, work)
    # With h = 1 the elements are a grevlex basis of the ideal; the claimed one is compared with it.
    context = system.ring.integral("grevlex")
    lowered = [context.from_dict({m[:-1]: c for m, c in integer_row(g).items()}) for g in elements]
    claimed = [integral(g, context) for g in claim.basis]
    require_divisible(claimed, Divisors(lowered, context, work))
    if claim.order == "grevlex":
        work.spend(300 * n * len(lowered) * len(leading))
        covered = all(any(divides(a, g.monomial(0)) for a in leading) for g in lowered)
        require(covered, "a leading monomial is missing")
    else:
        require_buchberger(system.equations, claim.basis, system.ring.integral("lex"), work)


def require_members_modulo(
    p: int, given: Any, elements: Any, relations: Any, ring: Ring, work: Work
) -> None:
    """Refuse unless every element keeps its leading monomial and follows modulo p.

    A combination Σ q·k of the given polynomials and the elements before it is the element up to
    what the elements before it divide without remainder. All are made primitive.
    """
    context = flint.nmod_mpoly_ctx.get(ring.names, p, flint.Ordering.degrevlex)

    def residue(terms: Any) -> Any:
        return context.from_dict({m: c % p for m, c in terms})

    known, before = [residue(integer_row(f).items()) for f in given], Divisors([], context, work)
    for g, relation in paired(elements, relations):
        known.append(residue(integer_row(g).items()))
        same = len(known[-1]) > 0 and known[-1].monomial(0) == g.monomial(0)
        require(same, "a leading coefficient vanishes modulo p")
        total = known[-1]
        for i, quotient in relation:
            terms = terms_of(quotient, lambda c: int(c.p) * pow(int(c.q), -1, p))
            factor, other = residue(terms), known[integer(i, 0, len(known) - 2)]
            work.spend(5000 + 100 * len(factor) * len(other) + 100 * len(total))
            total -= factor * other
            size = max(len(factor) * len(other), len(total)) * (1 + len(ring.names) // 4)
            require(size <= MEMORY_LIMIT, "a combination is too large")
        require_divisible([total], before)
        before.append(known[-1])


def integral(f: Polynomial, context: Any) -> Polynomial:
    """The primitive integer multiple in a context over Z."""
    return context.from_dict(integer_row(f))


def homogenised(f: Polynomial, ring: Ring) -> Polynomial:
    """The polynomial f, every term filled up to the degree of f by powers of the last variable."""
    degree = max(map(sum, monomials(f)))
    return ring.context.from_dict({(*m, degree - sum(m)): c for m, c in terms_of(f, fmpq)})


class Divisors:
    """Nonzero polynomials by which others are divided: integer ones, or residues modulo a prime.

    Divisibility over Q does not see constant factors, so that no fractions are needed.
    """

    def __init__(self, polynomials: Sequence[Polynomial], context: Any, work: Work) -> None:
        """`context` is a ring over Z or GF(p), with its monomial order; the polynomials are its."""
        self.context, self.work = context, work
        self.modular = isinstance(context, flint.nmod_mpoly_ctx)
        self.polynomials: list[Polynomial] = []
        self.leading: list[Exponents] = []
        self.bits: list[int] = []
        self.found: dict[Exponents, int] = {}
        for f in polynomials:
            self.append(f)

    def append(self, f: Polynomial) -> None:
        """One more divisor."""
        self.polynomials.append(f)
        self.leading.append(f.monomial(0))
        self.bits.append(self.bits_of(f))

    def bits_of(self, f: Polynomial) -> int:
        """Bits of the largest coefficient."""
        return 0 if self.modular else max(int(c.bit_length()) for c in f.coeffs())

    def of(self, m: Exponents) -> int:
        """The first divisor whose leading monomial divides x^m; refuses if there is none."""
        if m not in self.found:
            self.work.spend(200 * len(m) * (1 + len(self.leading)))
            self.work.keep(20 + len(m))
            fitting = (k for k, lead in enumerate(self.leading) if divides(lead, m))
            self.found[m] = next(fitting, -1)
            require(self.found[m] >= 0, "a remainder is not zero")
        return self.found[m]

    def cancelled(self, f: Polynomial, bits: int, lcm: Exponents, k: int) -> tuple[Polynomial, int]:
        """Multiples of f and of divisor k whose leading terms x^lcm cancel, subtracted.

        With bounds of the largest coefficient, before and after.
        """
        g, n = self.polynomials[k], len(lcm)
        terms, limbs = len(f) + len(g), 2 + (bits + self.bits[k]) // 64
        self.work.spend(100_000 + terms * (500 + 100 * n + 50 * limbs))
        require(terms * (limbs + n // 4) <= MEMORY_LIMIT, "a remainder is too large")
        a, b = f.leading_coefficient(), g.leading_coefficient()
        shifts = plus(lcm, f.monomial(0), -1), plus(lcm, self.leading[k], -1)
        if self.modular:
            a, b = a / b, b / b
        else:
            common = a.gcd(b)
            a, b = a // common, b // common
            bits = 1 + max(bits + int(b.bit_length()), self.bits[k] + int(a.bit_length()))
        left, right = (self.context.from_dict({m: c}) for m, c in zip(shifts, (b, a), strict=True))
        return left * f - right * g, bits


def require_divisible(polynomials: Sequence[Polynomial], divisors: Divisors) -> None:
    """Refuse unless the leading terms of each can be divided away one by one until none is left.

    All are polynomials of the divisors' context.
    """
    for f in polynomials:
        bits, limit = divisors.bits_of(f) if len(f) else 0, 0
        while len(f):
            if bits > limit:  # measured anew when the bound has doubled
                limbs = 1 + bits // 64
                divisors.work.spend(len(f) * limbs * (50 + min(limbs**2 // 500, 20_000)))
                f = f.primitive()[1]
                bits = divisors.bits_of(f)
                limit = 2 * bits + 1000
            lcm = f.monomial(0)
            f, bits = divisors.cancelled(f, bits, lcm, divisors.of(lcm))


def require_buchberger(
    members: Sequence[Polynomial], basis: Sequence[Polynomial], context: Any, work: Work
) -> None:
    """Refuse unless `basis` is a Gröbner basis and the members reduce to zero modulo it."""
    divisors = Divisors([integral(g, context) for g in basis], context, work)
    require_divisible([integral(f, context) for f in members], divisors)
    for k, lead in enumerate(divisors.leading):
        # The pairs (j, k), j < k, with lcm/lead_k minimal span the syzygies that end in k.
        shifts: dict[Exponents, int] = {}
        for j, other in enumerate(divisors.leading[:k]):
            shift = tuple(max(a - b, 0) for a, b in zip(other, lead, strict=True))
            if shift not in shifts or shift == other:  # coprime pairs need no division
                shifts[shift] = j
        minimal: list[Exponents] = []
        for shift in sorted(shifts, key=sum):
            work.spend(200 * len(lead) * (1 + len(minimal)))
            if not any(divides(m, shift) for m in minimal):
                minimal.append(shift)
        for shift in minimal:
            j, lcm = shifts[shift], plus(lead, shift)
            if shift != divisors.leading[j]:
                f, bits = divisors.polynomials[j], divisors.bits[j]
                require_divisible([divisors.cancelled(f, bits, lcm, k)[0]], divisors)


# -- primitive 2: integer ranks; upper bounds of the quotient's dimension --------------------------


def integer_row(f: Polynomial) -> dict[Exponents, int]:
    """The primitive integer multiple of f, as {monomial: coefficient}."""
    scale, content = fmpz(1), fmpz(0)
    for c in f.coeffs():
        scale = scale.lcm(c.q)
    for c in f.coeffs():
        content = content.gcd((c * scale).p)
    return {m: int((c * scale / content).p) for m, c in terms_of(f, fmpq)}


def components(rows: Sequence[dict[Exponents, int]]) -> list[list[int]]:
    """Indices of the rows in groups that share no column: ranks add up over the groups."""
    parent = list(range(len(rows)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    first: dict[Exponents, int] = {}
    for k, row in enumerate(rows):
        for column in row:
            parent[root(k)] = root(first.setdefault(column, k))
    groups: dict[int, list[int]] = {}
    for k in range(len(rows)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


@dataclass
class Block:
    """A diagonal block of an integer matrix, and the squared 2-norms of its rows, largest first."""

    entries: fmpz_mat
    norms: list[int]

    @property
    def steps(self) -> int:
        """Cost of one rank."""
        m, n = self.entries.nrows(), self.entries.ncols()
        return 2 * m * n * (10 + min(m, n))

    def rank_modulo(self, p: int, work: Work) -> int:
        """Rank modulo p: a lower bound of the rank over Q."""
        work.spend(self.steps)
        return int(nmod_mat(self.entries, p).rank())


def blocks(rows: Sequence[dict[Exponents, int]], columns: Sequence[Exponents]) -> list[Block]:
    """Sparse rows restricted to `columns`, as diagonal blocks."""
    wanted, out, size = set(columns), [], 0
    kept = [{m: c for m, c in row.items() if m in wanted} for row in rows]
    for group in components(kept):
        place = {m: k for k, m in enumerate(dict.fromkeys(m for i in group for m in kept[i]))}
        size += len(group) * len(place)
        require(size <= MEMORY_LIMIT, "a matrix is too large")
        entries = [0] * (len(group) * len(place))
        for r, i in enumerate(group):
            for m, c in kept[i].items():
                entries[r * len(place) + place[m]] = c
        norms = sorted((sum(c * c for c in kept[i].values()) for i in group), reverse=True)
        if entries:
            out.append(Block(fmpz_mat(len(group), len(place), entries), norms))
    return out


def require_rank_at_most(parts: Sequence[Block], r: int, primes: Any, work: Work) -> None:
    """rank_Q ≤ r, block by block.

    A block has rank ≤ k over Q if its rank is ≤ k modulo primes whose product exceeds Hadamard's
    bound on all (k+1)-minors, the product of the k+1 largest row norms: they are all zero then.
    """
    if r >= sum(part.entries.ncols() for part in parts):
        return
    distinct(primes, "prime")
    require(bool(primes), "no prime")
    for part in parts:
        rank = part.rank_modulo(primes[0], work)
        r -= rank
        if rank == min(part.entries.nrows(), part.entries.ncols()):
            continue
        bound, square, needed = fmpz(1), fmpz(primes[0]) ** 2, 1
        for norm in part.norms[: rank + 1]:
            bound *= norm
        while needed < len(primes) and square <= bound:
            square, needed = square * fmpz(primes[needed]) ** 2, needed + 1
        require(square > bound, "the primes' product is below Hadamard's bound")
        require(part.steps * needed <= work.steps, "checking would exceed the work limit")
        for p in primes[1:needed]:
            require(part.rank_modulo(p, work) <= rank, f"a rank modulo {p} is larger")
    require(r >= 0, "the rank outside is larger than stated")


def require_order_ideal(basis: Sequence[Exponents], n: int) -> None:
    """Refuse monomials that are not closed under division."""
    distinct(basis, "basis monomial")
    require(neighbours(basis, n, -1) <= set(basis), "the basis is not closed under division")


MEMBERS = [{"polynomial": "polynomial", "cofactors": POLYNOMIALS}]
ORDER_IDEAL = ["monomial"]
DIMENSION = Cases(
    staircase={"order": "order", "members": MEMBERS},
    border={"basis": ORDER_IDEAL, "members": MEMBERS, "prime": "prime"},
    rank={
        "basis": ORDER_IDEAL, "rows": [("natural", "monomial")], "prime": "prime",
        "out_rank": "natural", "primes": ["prime"],
    },
)  # fmt: skip


@kind("quotient-dimension", "rational", {UP: "natural"}, DIMENSION)
def check_quotient_dimension(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """The bound dim Q[x]/I ≤ D by members of I that rewrite everything into D monomials."""
    bound, n = integer(claim.at_most, 0, DIMENSION_LIMIT), len(system.variables)
    members = [] if proof.method == "rank" else [m.polynomial for m in proof.members]
    for member in [] if proof.method == "rank" else proof.members:
        require_combination(member.polynomial, member.cofactors, system.equations, work)
    if proof.method == "staircase":
        leading = {max(monomials(g), key=ORDERS[proof.order]) for g in members if len(g)}
        size = staircase_size(sorted(leading), n, bound, work)
        require(size is not None, f"more than {bound} monomials are below the staircase")
        reason = f"the leading monomials of {len(members)} members leave {size} monomials"
    else:
        require_order_ideal(proof.basis, n)
        size = len(proof.basis)
        require(size <= bound, f"the basis has {size} monomials, claimed {bound}")
        work.spend(300 * n * n * size)
        basis = set(proof.basis)
        # An empty basis needs 1 itself to be rewritten to nothing.
        border = sorted(neighbours(basis, n, 1) - basis) if basis else [(0,) * n]
        rows, out_rank, primes = [integer_row(g) for g in members if len(g)], 0, []
        if proof.method == "rank":
            rows, out_rank, primes = (
                multiples(system, proof.rows, work),
                *(
                    integer(proof.out_rank, 0, len(proof.rows)),
                    proof.primes,
                ),
            )
        out = sorted({m for row in rows for m in row} - basis - set(border))
        require(proof.method == "rank" or not out, "a member leaves basis and border")
        full = sum(part.rank_modulo(proof.prime, work) for part in blocks(rows, out + border))
        require(full >= out_rank + len(border), f"rank {full} < {out_rank} + {len(border)}")
        require_rank_at_most(blocks(rows, out), out_rank, primes, work)
        reason = f"rank ≥ {full} with border, ≤ {out_rank} without, of {len(rows)} members"
    return Checked(
        [f"dim Q[x]/I ≤ {bound}, finitely many zeros: {reason}; I given by {system.text}."],
        ["a system has at most dim Q[x]/I zeros, with multiplicity (Cox, Little, O'Shea, 5.3)"],
        {(MULTIPLE, UP): bound, ("complex", UP): bound},
    )


def multiples(system: System, listed: Any, work: Work) -> list[dict[Exponents, int]]:
    """Rows x^m·f_i of the listed (i, m), f_i made primitive."""
    scaled = [integer_row(f) for f in system.equations]
    rows = []
    for i, shift in listed:
        f = scaled[integer(i, 0, len(scaled) - 1)]
        work.read_terms(len(f))
        rows.append({plus(shift, m): c for m, c in f.items()})
    return rows


# -- primitive 3: exact signs; the trace form ------------------------------------------------------


def sign_changes(coefficients: Sequence[fmpq]) -> int:
    """Sign changes of a sequence, zeros left out."""
    signs = [c > 0 for c in coefficients if c != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


def signature_of_balls(form: list[list[arb]]) -> int | None:
    """Signature of a symmetric matrix of balls; None where it is not seen to be nondegenerate.

    Halves: with A = A^T invertible, [[A, B], [B^T, C]] is congruent to A beside C − B^T A⁻¹ B.
    """
    size, half = len(form), len(form) // 2
    if size == 1:
        return None if form[0][0].contains(0) else (1 if form[0][0] > 0 else -1)
    first = signature_of_balls([row[:half] for row in form[:half]])
    if first is None:
        return None
    a, b, c = (
        arb_mat([row[columns] for row in form[rows]])
        for rows, columns in itertools.combinations_with_replacement(
            (slice(None, half), slice(half, None)), 2
        )
    )
    second = signature_of_balls((c - b.transpose() * a.solve(b)).tolist())
    return None if second is None else first + second


def rank_and_signature(form: fmpq_mat, work: Work) -> tuple[int, int]:
    """Rank and signature of a symmetric rational matrix.

    Balls decide nearly always that the form is nondegenerate. Otherwise the characteristic
    polynomial decides: all its roots are real and their multiplicities are dimensions, so
    Descartes' rule is exact.
    """
    size = form.nrows()
    height = 1 + size_in_bits(form) // size**2
    for bits in (256, 1024, 4096, 16_384):
        work.spend(2 * size**3 * bits)
        with flint.ctx.workprec(bits), contextlib.suppress(ZeroDivisionError):
            signature = signature_of_balls([[arb(c) for c in row] for row in form.tolist()])
            if signature is not None:
                return size, signature
        if bits > 100 + 64 * size + 2 * height:
            break
    work.spend(20 * size**4 * (1 + height // 64))
    coefficients = form.charpoly().coeffs()
    positive = sign_changes(coefficients)
    negative = sign_changes([c if k % 2 else -c for k, c in enumerate(coefficients)])
    return positive + negative, positive - negative


COLUMN = [("natural", "rational")]
NUMBERS = {"dimension": "natural", "distinct": "natural", "real": "natural"}
TRACE_FORM = {
    "basis": ORDER_IDEAL, "matrices": [[COLUMN]], "upper?": "document", "prime?": "prime",
}  # fmt: skip


def matrix(columns: Any, size: int) -> fmpq_mat:
    """A square matrix from its sparse columns [[row, rational], …]."""
    out = fmpq_mat(size, size)
    for k, column in enumerate(array(columns, size)):
        rows = [integer(row, 0, size - 1) for row, _ in column]
        distinct(rows, "row of a matrix column")
        for row, entry in column:
            out[row, k] = entry
    return out


def size_in_bits(entries: fmpq_mat) -> int:
    """At least the lengths of all numerators and denominators."""
    return sum(2 * int(c.height_bits()) for c in entries.entries())


def orbit(
    start: fmpq_mat, wanted: set[Exponents], matrices: Sequence[fmpq_mat], work: Work
) -> dict[Exponents, fmpq_mat]:
    """M^m·start for the wanted monomials and those on the way to 1, many columns at a time."""
    size, todo, out = start.nrows(), set(wanted), {(0,) * len(matrices): start}
    limbs = [1 + size_in_bits(m) // 64 // size**2 for m in matrices]
    large = size + size_in_bits(start) // 64  # limbs of a column, the most so far

    def first(m: Exponents) -> int:
        return next(i for i, e in enumerate(m) if e)

    def below(m: Exponents) -> Exponents:
        return tuple(e - (i == first(m)) for i, e in enumerate(m))

    for m in wanted:
        while any(m) and (m := below(m)) not in todo:
            work.spend(10_000)
            todo.add(m)
    ordered = sorted((m for m in todo if any(m)), key=lambda m: (sum(m), first(m)))
    for (_, i), group in itertools.groupby(ordered, key=lambda m: (sum(m), first(m))):
        chosen = list(group)
        before = fmpq_mat([out[below(m)].entries() for m in chosen]).transpose()
        work.spend(20 * size * len(chosen) * (size + large * limbs[i]))
        after = matrices[i] * before
        kept = size * len(chosen) + size_in_bits(after) // 64
        work.keep(kept)
        large = max(large, 1 + kept // len(chosen))
        out |= {m: fmpq_mat(size, 1, c) for m, c in paired(chosen, after.transpose().tolist())}
    return out


@kind("signature", "rational", NUMBERS, TRACE_FORM)
def check_signature(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """Multiplication matrices of Q[x]/I, then the trace form: distinct and real zeros.

    The matrices define a quotient A of Q[x]/I. With `upper` it is all of it, and the numbers are
    exact; with `prime` the zeros of A are simple zeros of I, and there may be others.
    """
    n, basis, upper = len(system.variables), proof.basis, proof.upper
    size = integer(claim.dimension, 1, SIGNATURE_LIMIT)
    require_order_ideal(basis, n)
    require(len(basis) == size and basis[0] == (0,) * n, "the basis must have D monomials, 1 first")
    matrices = [matrix(columns, size) for columns in array(proof.matrices, n)]
    sizes = [size_in_bits(m) // 64 for m in matrices]
    work.spend(400 * n * n * size**3 + 40 * sum(sizes) ** 2 // size)
    # Over one denominator products are faster, unless it makes the entries much longer.
    whole = [m.numer_denom()[0] for m in matrices]
    longer = any(
        size_in_bits(fmpq_mat(w)) > 4 * size_in_bits(m) for w, m in paired(whole, matrices)
    )
    pairs = itertools.combinations(matrices if longer else whole, 2)
    commute = all(a * b == b * a for a, b in pairs)
    require(commute, "matrices do not commute")
    unit = [fmpq_mat(size, 1, [int(i == k) for i in range(size)]) for k in range(size)]
    products = {plus(b, c) for b in basis for c in basis}
    used = {m for f in system.equations for m in monomials(f)}
    vectors = orbit(unit[0], products | used, matrices, work)
    right = all(vectors[m] == unit[k] for k, m in enumerate(basis))
    require(right, "a basis monomial has the wrong coordinates")
    for f in system.equations:
        value = sum((vectors[m] * c for m, c in terms_of(f, fmpq)), unit[0] * 0)
        require(value == unit[0] * 0, "an equation does not vanish on the matrices")
    require((upper is None) != (proof.prime is None), "either 'upper' or 'prime' is needed")
    if upper is not None:
        finite = upper.kind in ("quotient-dimension", "groebner-basis")
        require(finite, "'upper' must bound the dimension of the quotient")
        require(upper.subject == system, "'upper' speaks of another system")
        require(upper.facts.get((MULTIPLE, UP)) == size, "'upper' has another dimension")
    else:
        require_simple(system, matrices, proof.prime, work)
    # Tr(x^b) = Σ_c coefficient of x^c in x^b·x^c. The form is Tr(x^b·x^c), (M^b)^T applied to Tr.
    traces = [sum((vectors[plus(b, c)][k, 0] for k, c in enumerate(basis)), fmpq(0)) for b in basis]
    images = orbit(fmpq_mat(size, 1, traces), set(basis), [m.transpose() for m in matrices], work)
    form = fmpq_mat([images[b].entries() for b in basis])
    rank, signature = rank_and_signature(form, work)
    found = f"rank {rank}, signature {signature}"
    require((rank, signature) == (claim.distinct, claim.real), found)
    numbers = dict(zip(TRANSFERRED, (rank, size, signature, rank - signature), strict=True))
    theorem = "Hermite's theorem (Cox, Little, O'Shea, Using AG, 2.5)"
    reason = f"rank and signature of the trace form of {system.text}."
    if upper is None:
        said = f"At least {rank} isolated zeros, all simple, {signature} of them real and "
        facts = {(q, LOW): v for q, v in numbers.items()}
        return Checked([f"{said}{rank - signature} not: {reason}"], [theorem], facts)
    said = f"Exactly {rank} distinct complex zeros ({size} with multiplicity), {signature} of "
    facts = {(q, d): v for q, v in numbers.items() for d in (LOW, UP)}
    return Checked([f"{said}them real: {reason}", *upper.proved], [theorem, *upper.assumed], facts)


def require_simple(system: System, matrices: Sequence[fmpq_mat], p: int, work: Work) -> None:
    """Refuse unless the Jacobian J maps A^n onto itself: then so does J(z) for every zero z of A.

    J(M) is computed modulo p, which divides no denominator: rank nD there is rank nD over Q.
    J(z) of rank n makes z an isolated, simple zero of the system.
    """
    n, size = len(system.variables), matrices[0].nrows()
    require(n == len(system.equations), "not a square system")
    require((n * size) ** 2 <= MEMORY_LIMIT, "a matrix is too large")
    slopes = [[f.derivative(k) for k in range(n)] for f in system.equations]
    work.spend(2 * size**3 * sum(sum(map(sum, monomials(g))) + 2 for r in slopes for g in r))
    images = [nmod_mat(size, size, [residue(c, p) for c in m.entries()], p) for m in matrices]
    unit = nmod_mat(size, size, [int(i == j) for i in range(size) for j in range(size)], p)
    value = evaluator(images, unit * 0, lambda a, b: a * b)
    tables = [
        [value(terms_of(g, lambda c: unit * residue(c, p))).tolist() for g in row] for row in slopes
    ]
    entries = [int(c) for row in tables for k in range(size) for t in row for c in t[k]]
    whole = Block(fmpz_mat(n * size, n * size, entries), [])
    full = whole.rank_modulo(p, work) == n * size
    require(full, "the Jacobian is not invertible at all zeros")


def residue(c: fmpq, p: int) -> int:
    """The residue of c modulo p, which must not divide its denominator."""
    require(int(c.q) % p != 0, f"{p} divides a denominator")
    return int(c.p) * pow(int(c.q), -1, p) % p


NUMBER_FIELD = {
    "minimal_polynomial": ["rational"], "real_between": "raw", "point": [["rational"]],
}  # fmt: skip


@kind("counterexample", "any", {**IMPLICATION, "real": "flag"}, NUMBER_FIELD)
def check_counterexample(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """A point with f = 0, h = 0, c ≠ 0 and g ≠ 0, coordinates in Q(θ)."""
    require(not system.imaginary, "rational coefficients expected here")
    generators = [*system.equations, *claim.hypotheses]
    modulus = fmpq_poly(proof.minimal_polynomial)
    degree = modulus.degree()
    require(1 <= degree <= 64, "the minimal polynomial has degree 1 to 64")
    factors = modulus.factor()[1]
    require(len(factors) == 1 and factors[0][1] == 1, "the minimal polynomial is reducible")
    if claim.real and degree > 1:
        ends = [modulus(rational(v)) for v in array(proof.real_between, 2)]
        require(ends[0] * ends[1] < 0, "no sign change between the given ends")
    point = [fmpq_poly(v) for _, v in paired(system.ring.names, proof.point)]
    require(all(len(v) <= degree for v in proof.point), "a coordinate has too many coefficients")

    def times(a: fmpq_poly, b: fmpq_poly) -> fmpq_poly:
        bits = sum(int(c.p.bit_length() + c.q.bit_length()) for v in (a, b) for c in v.coeffs())
        work.spend(degree * (10**3 * degree + 100 * bits))
        return a * b % modulus

    value = evaluator(point, fmpq_poly([0]), times)

    def at_point(f: Polynomial) -> fmpq_poly:
        return value(terms_of(f, lambda c: fmpq_poly([c])))

    vanish = all(at_point(f) == 0 for f in generators)
    require(vanish, "an equation or hypothesis does not vanish")
    require(all(at_point(c) != 0 for c in claim.conditions), "a condition vanishes at the point")
    require(at_point(claim.conclusion) != 0, "the conclusion holds at the point")
    theta = [str(v).replace("x", "θ") for v in (modulus, *point)]
    shown = ", ".join(f"{x} = {v}" for x, v in paired(system.ring.names, theta[1:]))
    where = f"{shorten(shown)} (θ a root of {theta[0]})"
    sentence = (
        f"False: {implication_text(generators, claim)}. The exact "
        f"{'real ' if claim.real else ''}point {where} violates it."
    )
    return Checked([sentence], [])


# -- primitive 4: box inclusion --------------------------------------------------------------------

Jet = list[list[tuple[Exponents, acb]]]  # terms of f, then of its derivatives by all variables


def jets(equations: Sequence[Polynomial], n: int) -> list[Jet]:
    """Equations and their derivatives with coefficients as balls, for the working precision."""
    return [
        [terms_of(g, lambda c: acb(arb(c))) for g in (f, *(f.derivative(i) for i in range(n)))]
        for f in equations
    ]


def krawczyk(
    rows: Sequence[Jet], unknowns: Sequence[int], box: Sequence[acb], inverse: Any, work: Work
) -> list[acb] | None:
    """K(X) if K(X) ⊆ X and ‖I − Y·J(X)‖ < 1, so that X holds exactly one zero, a simple one.

    X is the box in the coordinates `unknowns`; the other coordinates of `box` are exact. The norm
    belongs to max_i |x_i|/r_i, r the half sides of X: scales of the unknowns cancel.

    For x, y in X the mean value J̄ of J along the segment lies in the rectangle □J(X), so
    x − Y F(x) maps X into K(X) ⊆ X (Brouwer: a zero), and two zeros would satisfy
    x − y = (I − Y J̄)(x − y): they are equal.
    """
    n, exponents = len(unknowns), [m for jet in rows for m, _ in jet[0]]
    degrees = [max((m[k] for m in exponents), default=0) for k in range(len(box))]
    require(max(degrees) <= 1000, "degree above 1000")
    steps = n * (n + 1) * (n + 5) + 4 * len(exponents) * (n + 1) + sum(degrees)
    work.spend(flint.ctx.prec * (10 + n) * steps)
    middle = [x.mid() for x in box]
    at_centre, on_box = (evaluator(x, acb(0), lambda a, b: a * b) for x in (middle, box))
    if inverse is None:
        slopes = acb_mat([[at_centre(jet[1 + k]).mid() for k in unknowns] for jet in rows])
        inverse = slopes.inv().mid()
    values = acb_mat([[at_centre(jet[0])] for jet in rows])
    slopes = acb_mat([[on_box(jet[1 + k]) for k in unknowns] for jet in rows])
    unit = acb_mat([[acb(int(i == j)) for j in range(n)] for i in range(n)])
    defect, sides = unit - inverse * slopes, [box[k].real.rad() for k in unknowns]
    for row, side in zip(defect.tolist(), sides, strict=True):
        total = sum((entry.abs_upper() * r for entry, r in zip(row, sides, strict=True)), arb(0))
        if not total < side:
            return None
    centre = acb_mat([[middle[k]] for k in unknowns])
    offset = acb_mat([[box[k] - middle[k]] for k in unknowns])
    image = (centre - inverse * values + defect * offset).entries()
    return image if all(box[k].contains(x) for k, x in zip(unknowns, image, strict=True)) else None


def interval(x: arb) -> tuple[fmpq, fmpq]:
    """Exact end points of a real ball."""
    middle, radius = (
        fmpq(mantissa) * fmpq(2) ** int(exponent)
        for mantissa, exponent in (x.mid().man_exp(), x.rad().man_exp())
    )
    return middle - radius, middle + radius


def require_disjoint(boxes: list[list[tuple[fmpq, fmpq]]], work: Work) -> None:
    """Refuse boxes of which two meet: a sweep along one linear form with positive weights."""
    weights = [k * k + k + 41 for k in range(len(boxes[0]) if boxes else 0)]
    ends = [
        [sum(w * side[end] for w, side in zip(weights, box, strict=True)) for end in (0, 1)]
        for box in boxes
    ]
    open_boxes: list[int] = []
    for b in sorted(range(len(boxes)), key=lambda b: ends[b][0]):
        open_boxes = [a for a in open_boxes if ends[a][1] >= ends[b][0]]
        work.spend(2000 * (1 + len(open_boxes)) * len(weights))
        for a in open_boxes:
            sides = zip(boxes[a], boxes[b], strict=True)
            meet = all(s[0] <= t[1] and t[0] <= s[1] for s, t in sides)
            require(not meet, "two boxes overlap")
        open_boxes.append(b)


COMPLEX = ("dyadic", "dyadic")
BOX = {
    "center": [COMPLEX], "radius": ["dyadic"], "zero?": ["natural"], "restricted?": ["natural"],
    "preconditioner?": [[COMPLEX]], "exact?": ["rational"],
}  # fmt: skip


@kind("boxes", "boxes", {LOW: "raw"}, {"precision": "natural", "boxes": [BOX]})
def check_boxes(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """Each box holds exactly one zero, boxes are disjoint; which zeros are real, which vanish."""
    n = len(system.variables)
    counts = {"complex": len(proof.boxes), "real": 0, "nonreal": 0, "torus": 0, "boundary": 0}
    intervals = []
    with flint.ctx.workprec(integer(proof.precision, 53, 4096)):
        rows = jets(system.equations, n)
        for number, entry in enumerate(proof.boxes):
            box, real, zeros = check_box(entry, system, rows, work, f"box {number}")
            intervals.append([interval(part) for x in box for part in (x.real, x.imag)])
            if real is not None:
                counts["real" if real else "nonreal"] += 1
            if zeros is not None:
                names = ",".join(system.variables[k] for k in zeros)
                for quantity in ("boundary", f"pattern:{names}") if zeros else ("torus",):
                    counts[quantity] = counts.get(quantity, 0) + 1
    work.spend(10_000 * len(intervals) * n * (1 + len(intervals).bit_length()))
    require_disjoint(intervals, work)
    for (quantity, _), claimed in read_claims(claim.at_least, LOW, system).items():
        verified = counts.get(quantity, 0)
        require(claimed <= verified, f"{verified} {quantity} verified")
    said = ", ".join(f"{v} {q}" for q, v in counts.items())
    sentence = (
        f"At least {len(intervals)} isolated zeros, all simple, one in each of as many "
        f"disjoint boxes ({said}) of {system.text}."
    )
    theorems = ["Brouwer's fixed point theorem (Krawczyk's test)", "Arb's ball arithmetic encloses"]
    return Checked([sentence], theorems, {(quantity, LOW): v for quantity, v in counts.items()})


def check_box(
    entry: Any, system: System, rows: Sequence[Jet], work: Work, name: str
) -> tuple[list[acb], bool | None, tuple[int, ...] | None]:
    """The box, whether its zero is real, and its zero coordinates (None where undecided)."""
    n, inverse = len(system.variables), None
    for _, radius in paired(array(entry.center, n), entry.radius):
        require(radius > 0, f"{name}: a radius is not positive")
    # From here on the box is the ball Arb stores (its radius may have been rounded up).
    box = [acb(arb(a, r), arb(b, r)) for (a, b), r in paired(entry.center, entry.radius)]
    unit = [acb(0, 1)] if system.imaginary else []
    if entry.preconditioner is not None:
        inverse = acb_mat([[acb(*z) for z in array(r, n)] for r in array(entry.preconditioner, n)])
    image = krawczyk(rows, range(n), [*box, *unit], inverse, work)
    if image is None:
        reject(f"{name}: the Krawczyk test fails")
    real = None
    mirrored = [acb(k.real, -k.imag) for k in image]
    if not system.imaginary and all(x.contains(k) for x, k in zip(box, mirrored, strict=True)):
        real = True  # the conjugate is a zero in the same box, hence the same zero
    elif any(not k.imag.contains(0) for k in image):
        real = False
    if entry.exact is not None:
        require(not system.imaginary, f"{name}: an exact point needs rational equations")
        work.spend(10**5 * sum(len(f) for f in system.equations))
        for v, x in paired(entry.exact, box):
            low, high = interval(x.real)
            require(low <= v <= high and x.imag.contains(0), f"{name}: the exact zero is outside")
        zero = all(f(*entry.exact) == 0 for f in system.equations)
        require(zero, f"{name}: not an exact zero")
        return box, True, tuple(k for k, v in enumerate(entry.exact) if v == 0)
    vanishing = tuple(sorted(integer(k, 0, n - 1) for k in entry.zero or []))
    distinct(vanishing, "zero coordinate")
    if vanishing:
        chosen = array(entry.restricted, n - len(vanishing))
        distinct([integer(i, 0, n - 1) for i in chosen], "restricted equation")
        require(all(box[k].contains(0) for k in vanishing), f"{name}: 0 is outside the box")
        # A zero on x_Z = 0 in the projected box is a zero in the box, hence the box's only one.
        parts = [
            f.context().from_dict({m: c for m, c in f.terms() if not any(m[k] for k in vanishing)})
            for f in system.equations
        ]
        gone = all(len(f) == 0 for i, f in enumerate(parts) if i not in chosen)
        require(gone, f"{name}: an equation does not vanish on the coordinate subspace")
        kept = [i for i in range(n) if i not in vanishing]
        face = [acb(0) if k in vanishing else x for k, x in enumerate(box)]
        small = jets([parts[i] for i in chosen], n)
        holds = not kept or krawczyk(small, kept, [*face, *unit], None, work) is not None
        require(holds, f"{name}: the restricted Krawczyk test fails")
    decided = all(k in vanishing or not image[k].contains(0) for k in range(n))
    return box, real, vanishing if decided else None


# -- primitive 5: cell lists; bounds from exponents ------------------------------------------------


@kind("bezout", "square", {UP: "natural"}, {"groups": [["natural"]]})
def check_bezout(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """Multihomogeneous Bézout number: coefficient of Π α_j^|group j| in Π_i Σ_j deg_j(f_i) α_j."""
    n, groups = len(system.variables), proof.groups
    parted = sorted(i for group in groups for i in group) == list(range(n)) and all(groups)
    require(parted, "the groups are not a partition of the variables")
    ring, sizes = Ring(tuple(f"a{j}" for j in range(len(groups)))), tuple(map(len, groups))
    total = ring.context.constant(1)
    for f in system.equations:
        require(len(f) > 0, "an equation is zero")
        degrees = [max(sum(m[i] for i in group) for m in monomials(f)) for group in groups]
        linear = sum((d * a for d, a in zip(degrees, ring.context.gens(), strict=True)), total * 0)
        kept = terms_of(product(total, linear, work), fmpq)
        total = ring.context.from_dict({m: c for m, c in kept if divides(m, sizes)})
    number = int(total[sizes].p)
    require(number <= claim.at_most, f"the Bezout number is {number}")
    sentence = (
        f"At most {number} isolated zeros in C^{n}, with multiplicity (Bézout number of "
        f"{len(groups)} groups of variables), of {system.text}."
    )
    theorem = "Bézout's theorem (multihomogeneous: Morgan, Sommese 1987)"
    return Checked([sentence], [theorem], {(q, UP): number for q in ("complex", MULTIPLE)})


Cells = list[tuple[list[list[int]], fmpz]]  # edges and volume of each


def cell_volumes(supports: Any, heights: Any, cells: Any, work: Work) -> Cells:
    """Edges and volumes of verified, distinct mixed cells of one lifting (minimum convention).

    A height is a pair (level, value) compared lexicographically: level·K + value for large K.
    """
    n, seen, out = len(supports), set(), []
    points = fmpz_mat([list(q) for support in supports for q in support])
    lifted = fmpz_mat([list(h) for row in heights for h in row])
    for cell in cells:
        for support, edge in paired(supports, cell.edges):
            require(max(edge) < len(support), "an edge leaves its support")
        seen.add(tuple(tuple(sorted(edge)) for edge in cell.edges))
        work.spend(500 * n * (n * n + points.nrows()))
        chosen = list(zip(supports, heights, cell.edges, strict=True))
        edge_matrix = fmpz_mat([list(plus(s[a], s[b], -1)) for s, _, (a, b) in chosen])
        volume = abs(edge_matrix.det())
        require(volume != 0, "a cell has volume zero")
        rises = fmpz_mat([list(plus(h[b], h[a], -1)) for _, h, (a, b) in chosen])
        normal, scale = edge_matrix.solve(rises).numer_denom()
        values = iter(tuple(row) for row in (points * normal + lifted * scale).tolist())
        for support, _, edge in chosen:
            here = list(itertools.islice(values, len(support)))
            above = (v > here[edge[0]] for k, v in enumerate(here) if k not in edge)
            require(all(above), "a point lies on or below the cell")
        out.append((cell.edges, volume))
    require(len(seen) == len(out), "a cell is listed twice")
    return out


def total_volume(cells: Cells) -> int:
    """Sum of the volumes."""
    return int(sum((volume for _, volume in cells), fmpz(0)))


SUBDIVISION = "the mixed cells of a coherent mixed subdivision add up to the mixed volume"
LIFTED = {"lifting": [["height"]], "cells": [{"edges": [("natural", "natural")]}]}


def levelled(lifting: Any, supports: Any, high: Any = None) -> list[list[tuple[int, fmpz]]]:
    """Heights as pairs; `high` = (i, m): the points of support i from m on are infinitely high."""
    return [
        [(int(high is not None and i == high[0] and k >= high[1]), h) for k, h in enumerate(row)]
        for i, (support, row) in enumerate(paired(supports, lifting))
        for _ in [array(row, len(support))]
    ]


@kind("mixed-cells", "supports", {LOW: "natural"}, LIFTED)
def check_mixed_cells(supports: Any, claim: Any, proof: Any, work: Work) -> Checked:
    """Distinct cells of one mixed subdivision: their volumes add up to at most the mixed volume."""
    heights = levelled(proof.lifting, supports)
    total = total_volume(cell_volumes(supports, heights, proof.cells, work))
    require(claim.at_least <= total, f"the cells have volume {total}")
    sentence = (
        f"The mixed volume of the {len(supports)} given supports is at least {total}: "
        f"{len(proof.cells)} distinct mixed cells of one lifting."
    )
    theorem = f"{SUBDIVISION} (Huber, Sturmfels 1995)"
    return Checked([sentence], [theorem], {("mixed_volume", LOW): total})


BLOCK_LIST = [{"variables": ["natural"], "equations": ["natural"]}]
VOLUME = Cases(
    stages={"stages": [{"support": "natural", **LIFTED}]},
    blocks={"blocks": BLOCK_LIST, "parts": ["document"]},
)


@kind("mixed-volume", "supports", {UP: "natural"}, VOLUME)
def check_mixed_volume(supports: Any, claim: Any, proof: Any, work: Work) -> Checked:
    """An upper bound of a mixed volume: support after support replaces a simplex, or blocks."""
    n, number, inner = len(supports), 1, []  # n unit simplices have mixed volume 1
    if proof.method == "stages":
        simplex = [(0,) * n, *(tuple(int(i == j) for j in range(n)) for i in range(n))]
        shapes: list[Any] = [simplex] * n
        for stage in array(proof.stages, n):
            i = integer(stage.support, 0, n - 1)
            require(shapes[i] is simplex, "a support has two stages")
            low = tuple(map(min, zip(*supports[i], strict=True)))
            moved = [plus(q, low, -1) for q in supports[i]]
            m, degree = len(moved), max(map(sum, moved))
            shapes[i] = moved + [tuple(degree * x for x in q) for q in simplex]
            heights = levelled(stage.lifting, shapes, (i, m))
            found = cell_volumes(shapes, heights, stage.cells, work)
            filled = total_volume(found) == degree * number
            require(filled, "the cells do not fill the simplex: some are missing")
            number = total_volume([cell for cell in found if max(cell[0][i]) < m])
            shapes[i] = moved
        listed = sum(len(stage.cells) for stage in proof.stages)
        reason = f"support after support replaces a simplex, {listed} mixed cells in {n} lists"
    else:
        inner = proof.parts
        for wanted, part in paired(block_supports(supports, proof.blocks, work), inner):
            require(part.kind == "mixed-volume", "a part is not a mixed-volume document")
            require([set(s) for s in part.subject] == wanted, "a part has other supports")
            number *= part.facts["mixed_volume", UP]
        reason = f"product over {len(inner)} blocks, monomials that mix blocks do not count"
    require(number <= claim.at_most, f"the mixed volume is bounded by {number} only")
    exact = "at most" if inner else "exactly"
    theorem = "block theorem (docs/polytopes.md)" if inner else f"{SUBDIVISION}; multilinearity"
    return Checked(
        [f"The mixed volume of the {n} given supports is {exact} {number}: {reason}."],
        list(dict.fromkeys([theorem, *(a for part in inner for a in part.assumed)])),
        {("mixed_volume", d): number for d in ([UP] if inner else [LOW, UP])},
    )


def block_supports(supports: Any, listed: Any, work: Work) -> list[list[set[Exponents]]]:
    """The supports Q_i of the block theorem, block by block.

    A point of a support of block c is own if it vanishes outside c. Q_i holds the own points and,
    for every other point p, p_c + r·T_c: p_c its part in c, r the number of other blocks in which
    it does not vanish, T_c = {0} and the parts in c of the not-own points of the other blocks.
    """
    n = len(supports)
    for side in ("variables", "equations"):
        indices = sorted(k for block in listed for k in vars(block)[side])
        require(indices == list(range(n)), "the blocks are not a partition")
    require(all(e >= 0 for s in supports for q in s for e in q), "negative exponents")

    def part(q: Exponents, block: Any) -> Exponents:
        return tuple(q[k] for k in block.variables)

    out = []
    for block in listed:
        size = len(block.variables)
        require(size == len(block.equations) > 0, "a block has another number of equations")
        others, origin = [other for other in listed if other is not block], (0,) * size
        moves = {origin} | {
            part(q, block)
            for other in others
            for i in other.equations
            for q in supports[i]
            if any(any(part(q, b)) for b in listed if b is not other)
        }
        enlarged: list[set[Exponents]] = []
        for i in block.equations:
            work.spend(2000 * n * len(supports[i]) * (1 + len(moves)))
            points: set[Exponents] = set()
            for q in supports[i]:
                r = sum(any(part(q, other)) for other in others)
                points |= {
                    plus(part(q, block), [r * y for y in t]) for t in (moves if r else [origin])
                }
                require(len(points) <= DIMENSION_LIMIT, "a block has too many points")
            enlarged.append(points)
        out.append(enlarged)
    return out


# -- compositions of kinds: counts of zeros --------------------------------------------------------


def read_claims(value: Any, direction: str, system: System) -> Facts:
    """{quantity: number} of a claim."""
    if type(value) is not dict:
        reject("expected an object of quantities")
    for quantity, number in value.items():
        integer(number)
        head, _, names = quantity.partition(":")
        if head == "pattern":
            ordered = [x for x in system.variables if x in names.split(",")]
            known = names.split(",") == ordered
            require(known, f"{quantity[:60]!r} is not an ordered list of variables")
        else:
            require(quantity in QUANTITIES, f"unknown quantity {quantity[:40]!r}")
    return {(quantity, direction): number for quantity, number in value.items()}


def consequences(facts: Facts) -> Facts:
    """Bounds that follow because classes partition the isolated zeros."""
    out = dict(facts)

    def low(quantity: str) -> int:
        return out.get((quantity, LOW), 0)

    def raise_low(quantity: str, value: int) -> None:
        out[quantity, LOW] = max(low(quantity), value)

    def cut(quantity: str, value: int) -> None:
        out[quantity, UP] = min(out.get((quantity, UP), value), value)

    patterns = sorted({q for q, _ in facts if q.startswith("pattern:")})
    partitions = [["real", "nonreal"], ["torus", "boundary"], ["torus", *patterns]]
    raise_low("boundary", sum(map(low, patterns)))
    for classes in partitions:
        raise_low("complex", sum(map(low, classes)))
        for quantity in classes:
            raise_low(quantity, 0)
    raise_low(MULTIPLE, low("complex"))
    if (MULTIPLE, UP) in out:
        cut("complex", out[MULTIPLE, UP])
    if ("complex", UP) in out:
        for classes in partitions:
            for quantity in classes:
                cut(quantity, out["complex", UP] - sum(map(low, classes)) + low(quantity))
    return out


def volume_facts(system: System, part: Checked) -> Facts:
    """What a mixed volume bounds: zeros in C^n if each support contains the origin."""
    square = len(part.subject) == len(system.equations) == len(system.variables)
    require(square, "not square")
    for f, support in paired(system.equations, part.subject):
        require(len(f) > 0 and set(monomials(f)) <= set(support), "a support lacks a monomial")
    nonnegative = all(e >= 0 for support in part.subject for q in support for e in q)
    origin = (0,) * len(system.variables)
    affine = nonnegative and all(origin in support for support in part.subject)
    part.assumed.append("Bernshtein's theorem" + (" as Li, Wang 1996" if affine else ""))
    quantities = ("complex", MULTIPLE) if affine else ("torus",)
    return {(q, UP): part.facts["mixed_volume", UP] for q in quantities}


def carried(part: Checked, links: Sequence[Any]) -> Facts:
    """The facts of a part about a reduced system that hold for the system itself."""
    quantities = set(TRANSFERRED)
    for small, images in links:
        # Terms that use every variable are nonzero exactly where all variables are.
        used = {k for f in images for m in monomials(f) for k, e in enumerate(m) if e}
        if all(len(f) == 1 for f in images) and len(used) == len(small.variables):
            quantities |= {"torus", "boundary"}
    return {(q, d): v for (q, d), v in part.facts.items() if q in quantities}


PARTS = {"parts": ["document"]}


@kind("count", "rational", {LOW: "raw", UP: "raw"}, PARTS)
def check_count(system: System, claim: Any, proof: Any, work: Work) -> Checked:
    """Bounds from parts, about the system or an isomorphic reduced one, put together."""
    links = [part.link for part in proof.parts if part.link and part.subject == system]
    facts: Facts = {}
    for part in proof.parts:
        if part.kind == "mixed-volume":
            found = volume_facts(system, part)
        else:
            speaks = isinstance(part.subject, System)
            require(speaks, f"a part of kind {part.kind} does not speak of a system")
            reductions = [link for link in links if link[0] == part.subject]
            here = part.subject == system
            require(here or bool(reductions), "a part speaks of another system")
            found = part.facts if here else carried(part, reductions)
        for key, value in found.items():
            facts[key] = (max if key[1] == LOW else min)(value, facts.get(key, value))
    facts = consequences(facts)
    for (quantity, direction), number in facts.items():
        require(direction == LOW or number >= facts.get((quantity, LOW), 0), "parts contradict")
    claims = read_claims(claim.at_least, LOW, system) | read_claims(claim.at_most, UP, system)
    for (quantity, direction), number in claims.items():
        known = facts.get((quantity, direction), 0 if direction == LOW else None)
        holds = known is not None and (number <= known if direction == LOW else number >= known)
        require(holds, f"{quantity} {direction} {number} does not follow from the parts")
    said = []
    for quantity in [*QUANTITIES, *sorted({q for q, _ in claims} - {*QUANTITIES})]:
        low, high = claims.get((quantity, LOW)), claims.get((quantity, UP))
        if low is not None and low == high:
            said.append(f"{quantity} exactly {low}")
        else:
            said += [f"{quantity} at least {low}"] if low is not None else []
            said += [f"{quantity} at most {high}"] if high is not None else []
    both = merged(proof.parts)
    sentence = f"Isolated zeros: {', '.join(said)}; of {system.text}."
    return Checked([sentence, *both.proved], both.assumed, facts)


def merged(parts: Sequence[Checked]) -> Checked:
    """Sentences and assumptions of all parts."""
    assumed = dict.fromkeys(sentence for part in parts for sentence in part.assumed)
    return Checked([sentence for part in parts for sentence in part.proved], list(assumed))


@kind("conjunction", "", {"title": "raw"}, PARTS)
def check_conjunction(subject: None, claim: Any, proof: Any, work: Work) -> Checked:
    """All parts hold."""
    short = type(claim.title) is str and len(claim.title) <= 1000
    require(short, "the title must be a short string")
    return merged(proof.parts)


# -- files -----------------------------------------------------------------------------------------


def parse(data: bytes) -> Any:
    """JSON without duplicate keys, floats or long integers.

    Raises
    ------
    CertificateRejected
        Too large, not UTF-8, not JSON, or one of the above.
    """

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        distinct([name for name, _ in items], "key of an object")
        return dict(items)

    def whole(digits: str) -> int:
        require(len(digits) <= 20, "a JSON integer has more than 20 digits: use a string")
        return int(digits)

    def refuse(number: str) -> NoReturn:
        reject(f"{number[:40]}: numbers with a point or exponent must be exact strings")

    require(len(data) <= FILE_LIMIT, f"larger than {FILE_LIMIT} bytes")
    try:
        return json.loads(
            data.decode(), object_pairs_hook=pairs, parse_int=whole, parse_float=refuse,
            parse_constant=refuse,
        )  # fmt: skip
    except (ValueError, RecursionError, MemoryError) as problem:
        raise CertificateRejected(f"not readable as JSON: {problem}") from problem


def check_file(path: str | Path) -> Checked:
    """What the certificate in a file proves; `CertificateRejected` otherwise."""
    try:
        with Path(path).open("rb") as file:
            return check_document(parse(file.read(FILE_LIMIT + 1)))
    except OSError as problem:
        raise CertificateRejected(f"cannot be read: {problem.strerror}") from problem


def main(paths: Sequence[str]) -> int:
    """Check files; print what was proved and assumed; 0 if all are accepted."""
    status = 0
    for path in paths:
        try:
            checked = check_file(path)
        except CertificateRejected as problem:
            print(f"{path}: REJECTED: {problem}")
            status = 1
            continue
        print(f"{path}: accepted ({checked.kind})")
        for sentence in checked.proved:
            print(f"  proved: {sentence}")
        for sentence in [*checked.assumed, "python-flint computes exactly"]:
            print(f"  assumed: {sentence}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
