"""The trusted checker: reads certificates of `docs/certificates.md` and says what they prove.

Standard library and python-flint only; also a script: `python checker.py FILE…` prints what was
proved and what was assumed, exit code 0 if every file is accepted and 1 otherwise. It never
searches: a certificate carries every hint. Claims are compared with what was recomputed; nothing
in a document is believed. Limits: files of 32 MiB, 100 000 digits per number, 2·10⁶ terms, about
10¹² elementary steps; beyond a limit a document is rejected, never half-checked.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import flint
from flint import acb, acb_mat, arb, fmpq, fmpq_mat, fmpq_poly, fmpz, fmpz_mat, nmod_mat
from flint.utils.flint_exceptions import FlintError

SCHEMA = "critnet/certificate/1"
FILE_LIMIT = 32 * 2**20  # bytes
DIGIT_LIMIT = 100_000  # per number
TERM_LIMIT = 2_000_000  # per document
WORK_LIMIT = 10**12  # elementary steps, roughly nanoseconds
GENERATOR_LIMIT, EXPONENT_LIMIT, DEPTH_LIMIT = 64, 32_767, 6
DIMENSION_LIMIT, SIGNATURE_LIMIT, BASIS_LIMIT = 200_000, 400, 1500
MEMORY_LIMIT = 5 * 10**7  # machine words of one product, entries of one matrix

RATIONAL = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?", re.ASCII)
DYADIC = re.compile(r"(-?(?:0|[1-9][0-9]*))\*2\^(-?(?:0|[1-9][0-9]{0,4}))", re.ASCII)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)

Exponents = tuple[int, ...]
Polynomial = Any  # flint.fmpq_mpoly; python-flint ships no types
Facts = dict[tuple[str, str], int]  # (quantity, "at_least" | "at_most") -> number
LOW, UP = "at_least", "at_most"


class CertificateRejected(Exception):
    """The document is not a proof of its claim; the message says where it fails."""


@dataclass
class Checked:
    """What an accepted document proves (sentences and facts) and what was assumed for it."""

    proved: list[str]
    assumed: list[str]
    facts: Facts = field(default_factory=dict)
    kind: str = ""


def reject(message: str) -> NoReturn:
    """Refuse the document."""
    raise CertificateRejected(message)


def require(condition: bool, message: str) -> None:
    """Refuse the document unless the condition holds."""
    if not condition:
        reject(message)


@dataclass
class Work:
    """Steps and terms left before the document is refused as too large."""

    steps: int = WORK_LIMIT
    terms: int = TERM_LIMIT

    def spend(self, steps: int) -> None:
        """Announce work before doing it."""
        self.steps -= steps
        require(self.steps >= 0, "checking would exceed the work limit")


# -- reading: strict types, no unknown fields ----------------------------------------------------


def record(value: Any, names: Sequence[str], optional: Sequence[str] = ()) -> list[Any]:
    """The values of exactly these fields (None for an absent optional one)."""
    if type(value) is not dict:
        reject(f"expected an object with the fields {', '.join(names)}")
    for name in value:
        require(name in names or name in optional, f"unknown field {str(name)[:40]!r}")
    for name in names:
        require(name in value, f"missing field {name!r}")
    return [value.get(name) for name in (*names, *optional)]


def array(value: Any, length: int | None = None) -> list[Any]:
    """A JSON array, of the given length if there is one."""
    if type(value) is not list:
        reject("expected an array")
    if length is not None and len(value) != length:
        reject(f"an array has {len(value)} entries, expected {length}")
    return value


def integer(value: Any, low: int, high: int) -> int:
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


def monomial(value: Any, generators: int) -> Exponents:
    """An exponent vector."""
    return tuple(integer(e, 0, EXPONENT_LIMIT) for e in array(value, generators))


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

    def read(self, value: Any, work: Work) -> Polynomial:
        """A polynomial from its list of terms."""
        terms: dict[Exponents, fmpq] = {}
        work.terms -= len(array(value)) + 1
        require(work.terms >= 0, f"more than {TERM_LIMIT} terms")
        for term in value:
            coefficient, exponents = array(term, 2)
            key = monomial(exponents, len(self.names))
            require(key not in terms, "a polynomial repeats a monomial")
            terms[key] = rational(coefficient)
            require(terms[key] != 0, "a polynomial has a zero coefficient")
        return self.context.from_dict(terms)

    def read_list(self, value: Any, work: Work, length: int | None = None) -> list[Polynomial]:
        """A list of polynomials."""
        return [self.read(item, work) for item in array(value, length)]


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
    fields = record(value, ("variables", "parameters", "imaginary", "equations"))
    variables, parameters = (
        tuple(match(name, NAME, "a name")[0] for name in array(names)) for names in fields[:2]
    )
    distinct((*variables, *parameters, "I"), "name")
    require(0 < len(variables) + len(parameters) <= GENERATOR_LIMIT, "no or too many names")
    require(type(fields[2]) is bool, "'imaginary' must be true or false")
    unit = ("I",) if fields[2] else ()
    equations = Ring(variables + parameters + unit).read_list(fields[3], work)
    for f in equations:
        require(not unit or all(m[-1] <= 1 for m in f.monoms()), "I may have degree 0 or 1 only")
    return System(variables, parameters, fields[2], tuple(equations))


def rational_system(value: Any, work: Work, square: bool = False) -> System:
    """A system over Q without parameters."""
    system = read_system(value, work)
    require(not system.parameters, "parameters must have values here")
    require(not system.imaginary, "rational coefficients expected here")
    require(not square or len(system.equations) == len(system.variables), "not a square system")
    return system


def shorten(sentence: str, length: int = 300) -> str:
    """At most `length` characters."""
    return sentence if len(sentence) <= length else sentence[: length - 3] + "..."


# -- primitive 1: polynomial identities ----------------------------------------------------------


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
    for _ in range(exponent):
        out = product(out, f, work)
    return out


def combination(
    cofactors: Sequence[Polynomial], generators: Sequence[Polynomial], ring: Ring, work: Work
) -> Polynomial:
    """Σ cofactor·generator, expanded."""
    total = ring.context.constant(0)
    for cofactor, generator in zip(cofactors, generators, strict=True):
        total += product(cofactor, generator, work)
        require(len(total) <= MEMORY_LIMIT, "a sum is too large")
    return total


def require_combination(
    left: Polynomial, cofactors: Any, generators: Sequence[Polynomial], ring: Ring, work: Work
) -> list[Polynomial]:
    """Refuse unless left = Σ cofactor·generator; returns the cofactors, read from JSON."""
    row = ring.read_list(cofactors, work, len(generators))
    difference = left - combination(row, generators, ring, work)
    require(len(difference) == 0, f"an identity fails: {len(difference)} terms differ")
    return row


def substitute(f: Polynomial, images: Sequence[Polynomial], ring: Ring, work: Work) -> Polynomial:
    """`f` with its k-th generator replaced by images[k] ∈ ring, expanded."""
    total, powers = ring.context.constant(0), {}
    for exponents, coefficient in f.terms():
        term = ring.context.constant(coefficient)
        for k, e in enumerate(int(e) for e in exponents):
            if e and (k, e) not in powers:
                powers[k, e] = power(images[k], e, work)
            term = product(term, powers[k, e], work) if e else term
        total += term
    return total


def read_implication(
    system: System, claim: Any, work: Work, extra: Sequence[str] = ()
) -> list[Any]:
    """Generators (equations and hypotheses), conclusion, conditions, then further fields."""
    names = ("conclusion", "hypotheses", "conditions", *extra)
    conclusion, hypotheses, conditions, *rest = record(claim, names)
    require(not system.imaginary, "rational coefficients expected here")
    generators = [*system.equations, *system.ring.read_list(hypotheses, work)]
    read = system.ring.read
    return [generators, read(conclusion, work), system.ring.read_list(conditions, work), *rest]


def implication_text(generators: Any, conclusion: Any, conditions: Any) -> str:
    """The claim of an implication in words."""
    given = "; ".join(f"{shorten(str(f), 100)} = 0" for f in generators) or "anywhere"
    when = "".join(f"{c} ≠ 0, " for c in conditions)
    return f"{shorten(str(conclusion))} = 0 wherever {when}{shorten(given)}"


def check_identity(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Π conditions^powers · conclusion^N = Σ cofactor · generator."""
    kind, system = document["kind"], read_system(document["system"], work)
    generators, conclusion, conditions = read_implication(system, document["claim"], work)
    exponent, powers, cofactors = record(
        document["proof"], ("power", "condition_powers", "cofactors")
    )
    integer(exponent, 1, 1 if kind == "membership" else EXPONENT_LIMIT)
    require(kind == "identity" or not conditions, f"{kind} has no conditions")
    left = power(conclusion, exponent, work)
    for condition, e in zip(conditions, array(powers, len(conditions)), strict=True):
        left = product(left, power(condition, integer(e, 0, EXPONENT_LIMIT), work), work)
    cofactors = require_combination(left, cofactors, generators, system.ring, work)
    factors = [f"({c})^{e}·" for c, e in zip(conditions, powers, strict=True)]
    sentence = (
        f"{implication_text(generators, conclusion, conditions)}; for all values of "
        f"{', '.join(system.ring.names)}, because {''.join(factors)}({shorten(str(conclusion))})"
        f"^{exponent} = Σ cofactor · left-hand side, {sum(map(len, cofactors))} cofactor terms."
    )
    return Checked([sentence], [])


# -- Gröbner bases and staircases ----------------------------------------------------------------

ORDERS: dict[str, Callable[[Exponents], Any]] = {
    "grevlex": lambda m: (sum(m), tuple(-e for e in reversed(m))),
    "lex": lambda m: m,
}


def order_key(value: Any) -> Callable[[Exponents], Any]:
    """The comparison key of a monomial order."""
    if type(value) is not str or value not in ORDERS:
        reject(f"the order must be one of {', '.join(ORDERS)}")
    return ORDERS[value]


def monomials(f: Polynomial) -> list[Exponents]:
    """Exponent vectors of the terms."""
    return [tuple(int(e) for e in m) for m in f.monoms()]


def divides(a: Exponents, b: Exponents) -> bool:
    """Whether x^a divides x^b."""
    return all(i <= j for i, j in zip(a, b, strict=True))


def staircase_size(leading: Sequence[Exponents], n: int, limit: int, work: Work) -> int | None:
    """Number of monomials divisible by no leading monomial; None if there are more than `limit`."""
    one = (0,) * n
    if one in leading:
        return 0
    seen, layer = {one}, [one]
    while layer:
        work.spend(300 * len(layer) * n * (n + len(leading)))
        steps = {(*m[:i], m[i] + 1, *m[i + 1 :]) for m in layer for i in range(n)}
        layer = [m for m in steps if not any(divides(a, m) for a in leading)]
        seen.update(layer)
        if len(seen) > limit:
            return None
    return len(seen)


def check_groebner_basis(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Both inclusions by cofactors, Buchberger's criterion by standard representations."""
    system = rational_system(document["system"], work)
    order, basis = record(document["claim"], ("order", "basis"))
    key, ring, equations = order_key(order), system.ring, system.equations
    basis = ring.read_list(basis, work)
    require(all(len(g) > 0 for g in basis), "a basis element is zero")
    require(len(basis) <= BASIS_LIMIT, f"more than {BASIS_LIMIT} basis elements")
    cofactors, quotients, pairs = record(document["proof"], ("cofactors", "quotients", "pairs"))
    for g, row in zip(basis, array(cofactors, len(basis)), strict=True):
        require_combination(g, row, equations, ring, work)
    for f, row in zip(equations, array(quotients, len(equations)), strict=True):
        require_combination(f, row, basis, ring, work)
    leading = [max(monomials(g), key=key) for g in basis]
    lcms = {
        (j, k): tuple(map(max, leading[j], leading[k]))
        for j, k in itertools.combinations(range(len(basis)), 2)
    }
    settled = {
        (j, k) for j, k in lcms if not any(map(min, leading[j], leading[k]))
    }  # coprime leading monomials
    for entry in array(pairs):
        pair, quotient_row, chain = record(entry, ("pair",), ("quotients", "chain"))
        j, k = (integer(i, 0, len(basis) - 1) for i in array(pair, 2))
        require(j < k, "pairs are written with the smaller index first")
        lcm = lcms[j, k]
        if chain is not None:
            middle = integer(chain, 0, len(basis) - 1)
            require(quotient_row is None, "a pair has either quotients or a chain")
            others = {tuple(sorted((middle, i))) for i in (j, k)}
            require(middle not in (j, k) and others <= settled, "chain uses an unsettled pair")
            require(divides(leading[middle], lcm), "chain element does not divide the lcm")
        else:
            parts = [
                product(ring.context.from_dict({shift: 1 / basis[i][leading[i]]}), basis[i], work)
                for i in (j, k)
                for shift in [tuple(a - b for a, b in zip(lcm, leading[i], strict=True))]
            ]
            row = require_combination(parts[0] - parts[1], quotient_row, basis, ring, work)
            for r, lead in zip(row, leading, strict=True):
                top = max(monomials(r), key=key, default=None)
                require(
                    top is None or key(tuple(map(sum, zip(top, lead, strict=True)))) < key(lcm),
                    "a term of an S-pair representation is not below the lcm",
                )
        settled.add((j, k))
    require(settled == set(lcms), "some S-pairs are not settled")
    facts: Facts = {}
    n = len(system.variables)
    if all(any(m[i] == sum(m) for m in leading) for i in range(n)):
        size = staircase_size(leading, n, DIMENSION_LIMIT, work)
        if size is not None:
            facts = {("with_multiplicity", d): size for d in (LOW, UP)} | {("complex", UP): size}
    return Checked(
        [
            f"The {len(basis)} given polynomials are a Gröbner basis ({order}) of the ideal"
            + (f", dim Q[x]/I = {size}" if facts else "")
            + f", of {system.text}."
        ],
        ["Buchberger's criterion (Cox, Little, O'Shea, Ideals, Varieties, and Algorithms, 2.9)"],
        facts,
    )


# -- quotient dimension: upper bounds ------------------------------------------------------------


def integer_row(f: Polynomial) -> dict[Exponents, int]:
    """The primitive integer multiple of f, as {monomial: coefficient}."""
    coefficients = f.coeffs()
    scale = fmpz(1)
    for c in coefficients:
        scale = scale.lcm(c.q)
    content = fmpz(0)
    for c in coefficients:
        content = content.gcd((c * scale).p)
    return {
        m: int((c * scale / content).p) for m, c in zip(monomials(f), coefficients, strict=True)
    }


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

    def rank_modulo(self, p: int, work: Work) -> int:
        """Rank modulo p: a lower bound of the rank over Q."""
        m, n = self.entries.nrows(), self.entries.ncols()
        work.spend(2 * m * n * (10 + min(m, n)))
        return int(nmod_mat(self.entries, p).rank())


def blocks(rows: Sequence[dict[Exponents, int]], columns: Sequence[Exponents]) -> list[Block]:
    """Sparse rows restricted to `columns`, as diagonal blocks."""
    wanted, out, size = set(columns), [], 0
    kept = [{m: c for m, c in row.items() if m in wanted} for row in rows]
    for group in components(kept):
        place: dict[Exponents, int] = {}
        for k in group:
            for column in kept[k]:
                place.setdefault(column, len(place))
        size += len(group) * len(place)
        require(size <= MEMORY_LIMIT, "a matrix is too large")
        entries = [0] * (len(group) * len(place))
        for r, k in enumerate(group):
            for column, c in kept[k].items():
                entries[r * len(place) + place[column]] = c
        norms = sorted((sum(c * c for c in kept[k].values()) for k in group), reverse=True)
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
    listed = [prime(p) for p in array(primes)]
    distinct(listed, "prime")
    require(bool(listed), "no prime")
    for part in parts:
        rank, bound, square = part.rank_modulo(listed[0], work), fmpz(1), fmpz(listed[0]) ** 2
        r -= rank
        if rank == min(part.entries.nrows(), part.entries.ncols()):
            continue
        for norm in part.norms[: rank + 1]:
            bound *= norm
        for p in listed[1:]:
            if square > bound:
                break
            require(part.rank_modulo(p, work) <= rank, f"a rank modulo {p} is larger")
            square *= fmpz(p) ** 2
        require(square > bound, "the primes' product is below Hadamard's bound")
    require(r >= 0, "the rank outside is larger than stated")


def read_order_ideal(value: Any, n: int) -> list[Exponents]:
    """Monomials closed under division."""
    basis = [monomial(m, n) for m in array(value)]
    distinct(basis, "basis monomial")
    known = set(basis)
    for m in basis:
        below = ((*m[:i], m[i] - 1, *m[i + 1 :]) for i in range(n) if m[i])
        require(all(b in known for b in below), "the basis is not closed under division")
    return basis


def check_quotient_dimension(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """The bound dim Q[x]/I ≤ D by members of I that rewrite everything into D monomials."""
    system = rational_system(document["system"], work)
    (bound,) = record(document["claim"], ("at_most",))
    integer(bound, 0, DIMENSION_LIMIT)
    n, ring, proof = len(system.variables), system.ring, document["proof"]
    method = proof.get("method") if type(proof) is dict else None
    if method in ("staircase", "border"):
        extra = ("order",) if method == "staircase" else ("basis", "prime")
        _, members, *rest = record(proof, ("method", "members", *extra))
        polynomials = []
        for entry in array(members):
            member, cofactors = record(entry, ("polynomial", "cofactors"))
            polynomials.append(ring.read(member, work))
            require_combination(polynomials[-1], cofactors, system.equations, ring, work)
    if method == "staircase":
        key = order_key(rest[0])
        leading = {max(monomials(g), key=key) for g in polynomials if len(g)}
        size = staircase_size(sorted(leading), n, bound, work)
        require(size is not None, f"more than {bound} monomials are below the staircase")
        reason = f"the leading monomials of {len(polynomials)} members leave {size} monomials"
    elif method == "border":
        basis, border = read_border(rest[0], n, bound, work)
        rows = [integer_row(g) for g in polynomials if len(g)]
        inside = basis | set(border)
        require(all(m in inside for row in rows for m in row), "a member leaves basis and border")
        p = prime(rest[1])
        rank = sum(part.rank_modulo(p, work) for part in blocks(rows, border))
        require(rank == len(border), f"border rank {rank}, expected {len(border)}")
        reason = f"{len(rows)} members rewrite the {len(border)} border monomials into the basis"
    elif method == "rank":
        names = ("method", "basis", "rows", "prime", "out_rank", "primes")
        _, monomial_list, listed, p, out_rank, primes = record(proof, names)
        basis, border = read_border(monomial_list, n, bound, work)
        scaled = [integer_row(f) if len(f) else {} for f in system.equations]
        rows = []
        for item in array(listed):
            index, shift = array(item, 2)
            shift = monomial(shift, n)
            terms = scaled[integer(index, 0, len(scaled) - 1)].items()
            work.terms -= len(terms)
            require(work.terms >= 0, f"more than {TERM_LIMIT} terms")
            rows.append({tuple(map(sum, zip(shift, m, strict=True))): c for m, c in terms})
        inside = basis | set(border)
        out = sorted({m for row in rows for m in row if m not in inside})
        integer(out_rank, 0, len(rows))
        p = prime(p)
        full = sum(part.rank_modulo(p, work) for part in blocks(rows, out + border))
        require(full >= out_rank + len(border), f"rank {full} < {out_rank} + {len(border)}")
        require_rank_at_most(blocks(rows, out), out_rank, primes, work)
        reason = f"rank ≥ {full} with border, ≤ {out_rank} without, {len(rows)} multiples"
    else:
        reject("the method must be staircase, border or rank")
    return Checked(
        [f"dim Q[x]/I ≤ {bound}, finitely many zeros: {reason}; I given by {system.text}."],
        ["a system has at most dim Q[x]/I zeros, with multiplicity (Cox, Little, O'Shea, 5.3)"],
        {("with_multiplicity", UP): bound, ("complex", UP): bound},
    )


def read_border(
    value: Any, n: int, bound: int, work: Work
) -> tuple[set[Exponents], list[Exponents]]:
    """An order ideal of at most `bound` monomials, and its border {x_i b} minus itself."""
    basis = set(read_order_ideal(value, n))
    require(len(basis) <= bound, f"the basis has {len(basis)} monomials, claimed {bound}")
    work.spend(300 * n * n * len(basis))
    steps = {(*m[:i], m[i] + 1, *m[i + 1 :]) for m in basis for i in range(n)}
    # An empty basis needs 1 itself to be rewritten to nothing.
    return basis, sorted(steps - basis) if basis else [(0,) * n]


# -- primitive 3: exact signs; the trace form -----------------------------------------------------


def sparse_column(value: Any, size: int) -> list[tuple[int, fmpq]]:
    """A column [[row, rational], …] with distinct rows."""
    column = [array(entry, 2) for entry in array(value)]
    out = [(integer(row, 0, size - 1), rational(number)) for row, number in column]
    distinct([row for row, _ in out], "row of a matrix column")
    return out


def sign_changes(coefficients: Sequence[fmpq]) -> int:
    """Sign changes of a sequence, zeros left out."""
    signs = [c > 0 for c in coefficients if c != 0]
    return sum(a != b for a, b in itertools.pairwise(signs))


def rank_and_signature(form: fmpq_mat, work: Work) -> tuple[int, int]:
    """Rank and signature of a symmetric rational matrix, from its characteristic polynomial.

    All roots are real and their multiplicities are dimensions, so Descartes' rule is exact.
    """
    size = form.nrows()
    digits = sum(int(c.p.bit_length() + c.q.bit_length()) for c in form.entries()) // size**2
    work.spend(20 * size**4 * (1 + digits // 64))
    coefficients = form.charpoly().coeffs()
    positive = sign_changes(coefficients)
    negative = sign_changes([c if k % 2 else -c for k, c in enumerate(coefficients)])
    return positive + negative, positive - negative


def check_signature(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Multiplication matrices of Q[x]/I, then the trace form: distinct and real zeros."""
    system = rational_system(document["system"], work)
    n = len(system.variables)
    claims = record(document["claim"], ("dimension", "distinct", "real"))
    size = integer(claims[0], 1, SIGNATURE_LIMIT)
    basis, matrices, upper = record(document["proof"], ("basis", "matrices", "upper"))
    basis = read_order_ideal(basis, n)
    require(len(basis) == size and basis[0] == (0,) * n, "the basis must have D monomials, 1 first")
    position = {m: k for k, m in enumerate(basis)}
    columns = [
        [sparse_column(c, size) for c in array(m, size)] for m in array(matrices, n)
    ]  # columns[i][k] = coordinates of x_i · basis[k]

    def times(i: int, vector: dict[int, fmpq]) -> dict[int, fmpq]:
        out: dict[int, fmpq] = {}
        work.spend(500 * sum(1 + len(columns[i][k]) for k in vector))
        for k, c in vector.items():
            for row, entry in columns[i][k]:
                out[row] = out.get(row, fmpq(0)) + c * entry
        return {row: c for row, c in out.items() if c != 0}

    def vector_of(m: Exponents, memory: dict[Exponents, dict[int, fmpq]]) -> dict[int, fmpq]:
        path = []
        while m not in memory:
            i = next(i for i in range(n) if m[i])
            path.append((m, i))
            m = (*m[:i], m[i] - 1, *m[i + 1 :])
        for target, i in reversed(path):
            memory[target] = times(i, memory[m])
            require(len(memory) * size <= MEMORY_LIMIT, "too many monomials")
            m = target
        return memory[m]

    for i, j in itertools.combinations(range(n), 2):
        for k in range(size):
            unit = {k: fmpq(1)}
            require(times(i, times(j, unit)) == times(j, times(i, unit)), "matrices do not commute")
    memory = {basis[0]: {0: fmpq(1)}}
    for m, k in position.items():
        require(vector_of(m, memory) == {k: fmpq(1)}, "a basis monomial has the wrong coordinates")
    for f in system.equations:
        value: dict[int, fmpq] = {}
        for m, c in zip(monomials(f), f.coeffs(), strict=True):
            for row, entry in vector_of(m, memory).items():
                value[row] = value.get(row, fmpq(0)) + c * entry
        require(not any(value.values()), "an equation does not vanish on the matrices")
    inner = check_document(upper, work, depth + 1)
    require(inner.kind == "quotient-dimension", "'upper' must be a quotient-dimension document")
    require(read_system(upper["system"], work) == system, "'upper' speaks of another system")
    require(inner.facts["with_multiplicity", UP] == size, "'upper' has another dimension")
    # Tr(x^b) = Σ_c coefficient of x^c in x^b·x^c, and the form is Tr(x^b·x^c).
    products = [
        [vector_of(tuple(map(sum, zip(b, c, strict=True))), memory) for c in basis] for b in basis
    ]
    traces = [sum((v.get(k, fmpq(0)) for k, v in enumerate(row)), fmpq(0)) for row in products]
    work.spend(500 * size**3)
    entries = [sum((c * traces[r] for r, c in v.items()), fmpq(0)) for row in products for v in row]
    rank, signature = rank_and_signature(fmpq_mat(size, size, entries), work)
    stated = tuple(integer(v, 0, size) for v in claims[1:])
    require((rank, signature) == stated, f"rank {rank}, signature {signature}")
    facts = {
        (q, d): v
        for d in (LOW, UP)
        for q, v in (
            ("with_multiplicity", size),
            ("complex", rank),
            ("real", signature),
            ("nonreal", rank - signature),
        )
    }
    return Checked(
        [
            f"Exactly {rank} distinct complex zeros ({size} with multiplicity), {signature} of "
            f"them real: rank and signature of the trace form of {system.text}.",
            *inner.proved,
        ],
        ["Hermite's theorem (Cox, Little, O'Shea, Using AG, 2.5)", *inner.assumed],
        facts,
    )


# -- primitive 4: box inclusion --------------------------------------------------------------------

BallTerms = list[tuple[Exponents, fmpq]]


def evaluate(terms: BallTerms, powers: list[list[acb]]) -> acb:
    """Σ c·x^m in ball arithmetic from a table of powers."""
    total = acb(0)
    for m, c in terms:
        value = acb(arb(c))
        for table, e in zip(powers, m, strict=True):
            value = value * table[e] if e else value
        total += value
    return total


def power_table(point: Sequence[acb], degrees: Sequence[int]) -> list[list[acb]]:
    """1, x, x², … for every coordinate."""
    return [
        list(itertools.accumulate([x] * degree, lambda a, b: a * b, initial=acb(1)))
        for x, degree in zip(point, degrees, strict=True)
    ]


def krawczyk(
    equations: Sequence[Polynomial],
    ring: Ring,
    unknowns: Sequence[int],
    frozen: Sequence[acb],
    box: Sequence[acb],
    inverse: acb_mat | None,
    work: Work,
) -> list[acb] | None:
    """K(X) if K(X) ⊆ X and ‖I − Y·J(X)‖ < 1, so that X holds exactly one zero, a simple one.

    The norm belongs to max_i |x_i|/r_i, r the half sides of X: scales of the unknowns cancel.

    Coordinates outside `unknowns` have the exact values `frozen`. For x, y in X the mean value
    J̄ of J along the segment lies in the rectangle □J(X), so x − Y F(x) maps X into K(X) ⊆ X
    (Brouwer: a zero), and two zeros would satisfy x − y = (I − Y J̄)(x − y): they are equal.
    """
    n, size = len(unknowns), sum(len(f) for f in equations)
    degrees = [
        max([0, *(int(m[i]) for f in equations for m in f.monoms())])
        for i in range(len(ring.names))
    ]
    require(max(degrees) <= 1000, "degree above 1000")
    work.spend(
        flint.ctx.prec * (10 + n) * (n * (n + 1) * (n + 5) + 4 * size * (n + 1) + sum(degrees))
    )
    centre_point, full_box = list(frozen), list(frozen)
    for i, x in zip(unknowns, box, strict=True):
        centre_point[i], full_box[i] = x.mid(), x
    at_centre, on_box = power_table(centre_point, degrees), power_table(full_box, degrees)
    partials = [[listed(f.derivative(i)) for i in unknowns] for f in equations]
    if inverse is None:
        middle = acb_mat([[evaluate(t, at_centre).mid() for t in row] for row in partials])
        inverse = middle.inv().mid()
    values = acb_mat([[evaluate(listed(f), at_centre)] for f in equations])
    slopes = acb_mat([[evaluate(t, on_box) for t in row] for row in partials])
    defect = acb_mat([[acb(int(i == j)) for j in range(n)] for i in range(n)]) - inverse * slopes
    sides = [x.real.rad() for x in box]
    for row, side in zip(defect.tolist(), sides, strict=True):
        if (
            not sum((entry.abs_upper() * r for entry, r in zip(row, sides, strict=True)), arb(0))
            < side
        ):
            return None
    shift = inverse * values
    offset = acb_mat([[x - x.mid()] for x in box])
    drift = defect * offset
    image = [box[i].mid() - shift[i, 0] + drift[i, 0] for i in range(n)]
    return image if all(x.contains(k) for x, k in zip(box, image, strict=True)) else None


def listed(f: Polynomial) -> BallTerms:
    """Terms of a polynomial."""
    return [(tuple(int(e) for e in m), c) for m, c in f.terms()]


def interval(x: arb) -> tuple[fmpq, fmpq]:
    """Exact end points of a real ball."""
    ends = []
    for part in (x.mid(), x.rad()):
        mantissa, exponent = part.man_exp()
        ends.append(fmpq(mantissa) * fmpq(2) ** int(exponent))
    return ends[0] - ends[1], ends[0] + ends[1]


def overlapping(group: list[int], intervals: list[list[tuple[fmpq, fmpq]]], work: Work) -> bool:
    """Whether two boxes of the group meet: split by sweeping one coordinate, then recurse."""
    for axis in range(len(intervals[0])):
        clusters: list[list[int]] = []
        reach = None
        for b in sorted(group, key=lambda b: intervals[b][axis][0]):
            low, high = intervals[b][axis]
            if reach is None or low > reach:
                clusters.append([])
                reach = high
            clusters[-1].append(b)
            reach = max(reach, high)
        if len(clusters) > 1:
            return any(overlapping(c, intervals, work) for c in clusters if len(c) > 1)
    work.spend(2000 * len(group) ** 2 * len(intervals[0]))
    return any(
        all(a[0] <= b[1] and b[0] <= a[1] for a, b in zip(intervals[i], intervals[j], strict=True))
        for i, j in itertools.combinations(group, 2)
    )


def check_boxes(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Each box holds exactly one zero, boxes are disjoint; which zeros are real, which vanish."""
    system = read_system(document["system"], work)
    n, ring = len(system.variables), system.ring
    require(not system.parameters, "parameters must have values here")
    require(len(system.equations) == n, "not a square system")
    (wanted,) = record(document["claim"], (LOW,))
    bits, boxes = record(document["proof"], ("precision", "boxes"))
    counts: dict[str, int] = {"complex": 0, "real": 0, "nonreal": 0, "torus": 0, "boundary": 0}
    intervals = []
    with flint.ctx.workprec(integer(bits, 53, 4096)):
        unit = [acb(0, 1)] if system.imaginary else []
        for number, entry in enumerate(array(boxes)):
            box, real, zeros = check_box(entry, system, ring, unit, work, f"box {number}")
            intervals.append([interval(part) for x in box for part in (x.real, x.imag)])
            counts["complex"] += 1
            if real is not None:
                counts["real" if real else "nonreal"] += 1
            if zeros is not None:
                names = ",".join(system.variables[k] for k in zeros)
                for quantity in ("boundary", f"pattern:{names}") if zeros else ("torus",):
                    counts[quantity] = counts.get(quantity, 0) + 1
    work.spend(10_000 * len(intervals) * n * (1 + len(intervals).bit_length()))
    require(
        len(intervals) < 2 or not overlapping(list(range(len(intervals))), intervals, work),
        "two boxes overlap",
    )
    facts = {(quantity, LOW): count for quantity, count in counts.items()}
    for (quantity, _), claimed in read_claims(wanted, LOW, system).items():
        require(
            claimed <= counts.get(quantity, 0), f"{counts.get(quantity, 0)} {quantity} verified"
        )
    said = ", ".join(f"{v} {q}" for q, v in counts.items())
    return Checked(
        [
            f"At least {len(intervals)} isolated zeros, all simple, one in each of as many "
            f"disjoint boxes ({said}) of {system.text}."
        ],
        ["Brouwer's fixed point theorem (Krawczyk's test)", "Arb's ball arithmetic encloses"],
        facts,
    )


def check_box(
    entry: Any, system: System, ring: Ring, unit: list[acb], work: Work, name: str
) -> tuple[list[acb], bool | None, tuple[int, ...] | None]:
    """The box, whether its zero is real, and its zero coordinates (None where undecided)."""
    n = len(system.variables)
    optional = ("zero", "restricted", "preconditioner", "exact")
    centre, radii, zeros, restricted, given, exact = record(entry, ("center", "radius"), optional)
    box = []
    for pair, radius in zip(array(centre, n), array(radii, n), strict=True):
        re_part, im_part = (dyadic(v) for v in array(pair, 2))
        size = dyadic(radius)
        require(size > 0, f"{name}: a radius is not positive")
        # From here on the box is the ball Arb stores (its radius may have been rounded up).
        box.append(acb(arb(re_part, size), arb(im_part, size)))
    inverse = None
    if given is not None:
        rows = [[[dyadic(v) for v in array(z, 2)] for z in array(r, n)] for r in array(given, n)]
        inverse = acb_mat([[acb(*z) for z in row] for row in rows])
    image = krawczyk(system.equations, ring, range(n), [*[acb(0)] * n, *unit], box, inverse, work)
    if image is None:
        reject(f"{name}: the Krawczyk test fails")
    real = None
    if not system.imaginary and all(
        x.contains(acb(k.real, -k.imag)) for x, k in zip(box, image, strict=True)
    ):
        real = True  # the conjugate is a zero in the same box, hence the same zero
    elif any(not k.imag.contains(0) for k in image):
        real = False
    if exact is not None:
        point = [rational(v) for v in array(exact, n)]
        require(not system.imaginary, f"{name}: an exact point needs rational equations")
        work.spend(10**5 * sum(len(f) for f in system.equations))
        require(all(f(*point) == 0 for f in system.equations), f"{name}: not an exact zero")
        for v, x in zip(point, box, strict=True):
            low, high = interval(x.real)
            require(low <= v <= high and x.imag.contains(0), f"{name}: the exact zero is outside")
        return box, True, tuple(k for k, v in enumerate(point) if v == 0)
    vanishing = tuple(sorted(integer(k, 0, n - 1) for k in array(zeros or [])))
    distinct(vanishing, "zero coordinate")
    if vanishing:
        chosen = [integer(i, 0, n - 1) for i in array(restricted, n - len(vanishing))]
        distinct(chosen, "restricted equation")
        kept = [i for i in range(n) if i not in vanishing]
        require(all(box[k].contains(0) for k in vanishing), f"{name}: 0 is outside the box")
        parts = [
            f.context().from_dict({m: c for m, c in f.terms() if not any(m[k] for k in vanishing)})
            for f in system.equations
        ]
        require(
            all(len(f) == 0 for i, f in enumerate(parts) if i not in chosen),
            f"{name}: an equation does not vanish on the coordinate subspace",
        )
        # A zero on x_Z = 0 in the projected box is a zero in the box, hence the box's only one.
        require(
            not kept
            or krawczyk(
                [parts[i] for i in chosen],
                ring,
                kept,
                [*[acb(0)] * n, *unit],
                [box[i] for i in kept],
                None,
                work,
            )
            is not None,
            f"{name}: the restricted Krawczyk test fails",
        )
    decided = all(k in vanishing or not image[k].contains(0) for k in range(n))
    return box, real, vanishing if decided else None


# -- bounds from exponents; primitive 5: cells -----------------------------------------------------


def check_bezout(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Multihomogeneous Bézout number: coefficient of Π α_j^|group j| in Π_i Σ_j deg_j(f_i) α_j."""
    system = rational_system(document["system"], work, square=True)
    n = len(system.variables)
    (claimed,) = record(document["claim"], (UP,))
    (groups,) = record(document["proof"], ("groups",))
    groups = [[integer(i, 0, n - 1) for i in array(group)] for group in array(groups)]
    require(
        sorted(i for group in groups for i in group) == list(range(n)) and all(groups),
        "the groups are not a partition of the variables",
    )
    states = {(0,) * len(groups): 1}
    for f in system.equations:
        require(len(f) > 0, "an equation is zero")
        degrees = [max(sum(m[i] for i in group) for m in monomials(f)) for group in groups]
        work.spend(1000 * len(states) * len(groups))
        require(len(states) * len(groups) <= MEMORY_LIMIT // 10, "too many groups")
        following: dict[Exponents, int] = {}
        for state, count in states.items():
            for j, degree in enumerate(degrees):
                if degree and state[j] < len(groups[j]):
                    key = (*state[:j], state[j] + 1, *state[j + 1 :])
                    following[key] = following.get(key, 0) + degree * count
        states = following
    number = sum(states.values())  # only the state of all group sizes is left after n steps
    require(number <= integer(claimed, 0, 2**63), f"the Bezout number is {number}")
    return Checked(
        [
            f"At most {number} isolated zeros in C^{n}, with multiplicity (Bézout number of "
            f"{len(groups)} groups of variables), of {system.text}."
        ],
        ["Bézout's theorem (multihomogeneous: Morgan, Sommese 1987)"],
        {("complex", UP): number, ("with_multiplicity", UP): number},
    )


def read_supports(value: Any) -> list[list[Exponents]]:
    """Lists of n distinct points in Z^n, n of them."""
    supports = [
        [
            tuple(integer(e, -(2**53), 2**53) for e in array(point, len(value)))
            for point in array(support)
        ]
        for support in array(value)
    ]
    require(0 < len(supports) <= GENERATOR_LIMIT, "no or too many supports")
    for support in supports:
        require(len(support) > 0, "an empty support")
        distinct(support, "support point")
    return supports


def read_heights(value: Any, sizes: Sequence[int]) -> list[list[fmpz]]:
    """A lifting: integers as numbers or strings."""
    heights = [
        [fmpz(v) if type(v) is int else long_integer(v) for v in array(row, size)]
        for row, size in zip(array(value, len(sizes)), sizes, strict=True)
    ]
    require(all(abs(h) < 2**128 for row in heights for h in row), "a height of 2^128 or more")
    return heights


def cell_volumes(
    supports: Sequence[Sequence[Exponents]], heights: Any, cells: Any, work: Work
) -> list[tuple[list[list[int]], fmpz]]:
    """Edges and volumes of verified, distinct mixed cells of one lifting (minimum convention).

    A height is a pair (level, value) compared lexicographically: level·K + value for large K.
    """
    n, out, seen = len(supports), [], set()
    points = fmpz_mat([list(q) for support in supports for q in support])
    lifted = fmpz_mat([list(h) for row in heights for h in row])
    for cell in array(cells):
        (edges,) = record(cell, ("edges",))
        pairs = [
            [integer(k, 0, len(support) - 1) for k in array(edge, 2)]
            for edge, support in zip(array(edges, n), supports, strict=True)
        ]
        seen.add(tuple(tuple(sorted(pair)) for pair in pairs))
        work.spend(500 * n * (n * n + points.nrows()))
        chosen = list(zip(supports, heights, pairs, strict=True))
        edge_matrix = fmpz_mat(
            [[x - y for x, y in zip(s[a], s[b], strict=True)] for s, _, (a, b) in chosen]
        )
        volume = abs(edge_matrix.det())
        require(volume != 0, "a cell has volume zero")
        rises = [[y - x for x, y in zip(h[a], h[b], strict=True)] for _, h, (a, b) in chosen]
        normal, scale = edge_matrix.solve(fmpz_mat(rises)).numer_denom()
        values = [tuple(row) for row in (points * normal + lifted * scale).tolist()]
        start = 0
        for support, _, (a, b) in chosen:
            here = values[start : start + len(support)]
            above = (v > here[a] for k, v in enumerate(here) if k not in (a, b))
            require(all(above), "a point lies on or below the cell")
            start += len(support)
        out.append((pairs, volume))
    require(len(seen) == len(out), "a cell is listed twice")
    return out


SUBDIVISION = "the mixed cells of a coherent mixed subdivision add up to the mixed volume"


def check_mixed_cells(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Distinct cells of one mixed subdivision: their volumes add up to at most the mixed volume."""
    supports = read_supports(document["supports"])
    (claimed,) = record(document["claim"], (LOW,))
    lifting, cells = record(document["proof"], ("lifting", "cells"))
    heights = [[(0, h) for h in row] for row in read_heights(lifting, [*map(len, supports)])]
    total = sum((v for _, v in cell_volumes(supports, heights, cells, work)), fmpz(0))
    require(integer(claimed, 0, 2**63) <= total, f"the cells have volume {total}")
    return Checked(
        [
            f"The mixed volume of the {len(supports)} given supports is at least {total}: "
            f"{len(cells)} distinct mixed cells of one lifting."
        ],
        [f"{SUBDIVISION} (Huber, Sturmfels 1995)"],
        {("mixed_volume", LOW): int(total)},
    )


def check_mixed_volume(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """An upper bound of a mixed volume: support after support replaces a simplex, or blocks."""
    supports = read_supports(document["supports"])
    n, proof = len(supports), document["proof"]
    (claimed,) = record(document["claim"], (UP,))
    method = proof.get("method") if type(proof) is dict else None
    inner: list[Checked] = []
    number, listed = fmpz(1), 0  # n unit simplices
    if method == "stages":
        _, stages = record(proof, ("method", "stages"))
        simplex = [(0,) * n, *(tuple(int(i == j) for j in range(n)) for i in range(n))]
        shapes = [simplex] * n
        for stage in array(stages, n):
            index, lifting, cells = record(stage, ("support", "lifting", "cells"))
            i = integer(index, 0, n - 1)
            require(shapes[i] is simplex, "a support has two stages")
            low = tuple(map(min, zip(*supports[i], strict=True)))
            moved = [tuple(x - y for x, y in zip(q, low, strict=True)) for q in supports[i]]
            m, degree = len(moved), max(map(sum, moved))
            shapes[i] = moved + [tuple(degree * x for x in q) for q in simplex]
            heights = [
                [(int(j == i and k >= m), h) for k, h in enumerate(row)]
                for j, row in enumerate(read_heights(lifting, [*map(len, shapes)]))
            ]
            found = cell_volumes(shapes, heights, cells, work)
            total = sum((v for _, v in found), fmpz(0))
            require(total == degree * number, "the cells do not fill the simplex: some are missing")
            number = sum((v for pairs, v in found if max(pairs[i]) < m), fmpz(0))
            shapes[i], listed = moved, listed + len(found)
        reason = f"support after support replaces a simplex, {listed} mixed cells in {n} lists"
    elif method == "blocks":
        _, blocks_listed, parts = record(proof, ("method", "blocks", "parts"))
        expected = block_supports(supports, blocks_listed, work)
        inner = [check_document(part, work, depth + 1) for part in array(parts, len(expected))]
        for part, checked, wanted in zip(parts, inner, expected, strict=True):
            require(checked.kind == "mixed-volume", "a part is not a mixed-volume document")
            given = [set(s) for s in read_supports(part["supports"])]
            require(given == wanted, "a part has other supports")
            number *= checked.facts["mixed_volume", UP]
        reason = f"product over {len(expected)} blocks, monomials that mix blocks do not count"
    else:
        reject("the method must be stages or blocks")
    require(number <= integer(claimed, 0, 2**63), f"the mixed volume is bounded by {number} only")
    theorem = "block theorem (docs/polytopes.md)" if inner else f"{SUBDIVISION}; multilinearity"
    return Checked(
        [
            f"The mixed volume of the {n} given supports is {'at most' if inner else 'exactly'} "
            f"{number}: {reason}."
        ],
        list(dict.fromkeys([theorem, *(a for c in inner for a in c.assumed)])),
        {("mixed_volume", d): int(number) for d in ([UP] if inner else [LOW, UP])},
    )


def block_supports(
    supports: Sequence[Sequence[Exponents]], listed_blocks: Any, work: Work
) -> list[list[set[Exponents]]]:
    """The supports Q_i of the block theorem, block by block.

    A point of a support of block c is own if it vanishes outside c. Q_i holds the own points and,
    for every other point p, p_c + r·T_c: p_c its part in c, r the number of other blocks in which
    it does not vanish, T_c = {0} and the parts in c of the not-own points of the other blocks.
    """
    n = len(supports)
    blocks_read = []
    for item in array(listed_blocks):
        columns, rows = record(item, ("variables", "equations"))
        pair = [[integer(k, 0, n - 1) for k in array(v)] for v in (columns, rows)]
        require(len(pair[0]) == len(pair[1]) > 0, "a block has another number of equations")
        blocks_read.append(pair)
    for side in (0, 1):
        require(
            sorted(k for pair in blocks_read for k in pair[side]) == list(range(n)),
            "the blocks are not a partition",
        )
    require(all(e >= 0 for s in supports for q in s for e in q), "negative exponents")

    def part(q: Exponents, columns: Sequence[int]) -> Exponents:
        return tuple(q[k] for k in columns)

    def met(q: Exponents) -> list[int]:
        return [c for c, (columns, _) in enumerate(blocks_read) if any(part(q, columns))]

    out = []
    for c, (columns, rows) in enumerate(blocks_read):
        moves = {(0,) * len(columns)} | {
            part(q, columns)
            for other, (_, lines) in enumerate(blocks_read)
            if other != c
            for i in lines
            for q in supports[i]
            if not set(met(q)) <= {other}
        }
        block = []
        for i in rows:
            work.spend(2000 * n * len(supports[i]) * (1 + len(moves)))
            enlarged = set()
            for q in supports[i]:
                others = len([b for b in met(q) if b != c])
                for t in moves if others else [(0,) * len(columns)]:
                    enlarged.add(
                        tuple(x + others * y for x, y in zip(part(q, columns), t, strict=True))
                    )
                require(len(enlarged) <= DIMENSION_LIMIT, "a block has too many points")
            block.append(enlarged)
        out.append(block)
    return out


# -- counterexamples: exact points in a number field -----------------------------------------------


def theta(value: fmpq_poly) -> str:
    """A polynomial in θ."""
    return str(value).replace("x", "θ")


def check_counterexample(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """A point with f = 0, h = 0, c ≠ 0 and g ≠ 0, coordinates in Q(θ)."""
    system = read_system(document["system"], work)
    claim = document["claim"]
    generators, conclusion, conditions, real = read_implication(system, claim, work, ("real",))
    require(type(real) is bool, "'real' must be true or false")
    names = ("minimal_polynomial", "real_between", "point")
    minimal, between, point = record(document["proof"], names)
    modulus = fmpq_poly([rational(c) for c in array(minimal)])
    degree = modulus.degree()
    require(1 <= degree <= 64, "the minimal polynomial has degree 1 to 64")
    factors = modulus.factor()[1]
    require(len(factors) == 1 and factors[0][1] == 1, "the minimal polynomial is reducible")
    if real and degree > 1:
        ends = [modulus(rational(v)) for v in array(between, 2)]
        require(ends[0] * ends[1] < 0, "no sign change between the given ends")
    values = []
    for coordinate in array(point, len(system.ring.names)):
        require(len(array(coordinate)) <= degree, "a coordinate has too many coefficients")
        values.append(fmpq_poly([rational(c) for c in coordinate]))
    everything = [*generators, *conditions, conclusion]
    degrees = sum(int(e) for f in everything for m in f.monoms() for e in m)
    work.spend(10**4 * degree**2 * (1 + degrees))

    def value_at(f: Polynomial) -> fmpq_poly:
        total = fmpq_poly([0])
        for m, c in f.terms():
            term = fmpq_poly([c])
            for v, e in zip(values, m, strict=True):
                for _ in range(int(e)):
                    term = term * v % modulus
                    work.spend(100 * degree * sum(int(t.p.bit_length()) for t in term.coeffs()))
            total += term
        return total % modulus

    require(all(value_at(f) == 0 for f in generators), "an equation or hypothesis does not vanish")
    require(all(value_at(c) != 0 for c in conditions), "a condition vanishes at the point")
    require(value_at(conclusion) != 0, "the conclusion holds at the point")
    where = "real " if real else ""
    shown = ", ".join(f"{x} = {theta(v)}" for x, v in zip(system.ring.names, values, strict=True))
    return Checked(
        [
            f"False: {implication_text(generators, conclusion, conditions)}. The exact "
            f"{where}point {shorten(shown)} (θ a root of {theta(modulus)}) violates it."
        ],
        [],
    )


# -- compositions ----------------------------------------------------------------------------------


def check_isomorphism(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Q[x]/I ≅ Q[y]/J by polynomial maps that are inverse modulo the ideals."""
    system = rational_system(document["system"], work)
    (reduced,) = record(document["claim"], ("reduced",))
    small = rational_system(reduced, work)
    names = "forward backward forward_cofactors backward_cofactors round_trip reduced_round_trip"
    forward, backward, *proofs = record(document["proof"], names.split())
    phi = small.ring.read_list(forward, work, len(system.variables))
    psi = system.ring.read_list(backward, work, len(small.variables))

    def require_members(polynomials: Any, home: System, cofactors: Any) -> None:
        for f, row in zip(polynomials, array(cofactors, len(polynomials)), strict=True):
            require_combination(f, row, home.equations, home.ring, work)

    def around(home: System, there: Any, back: Any) -> list[Polynomial]:
        gens = home.ring.context.gens()
        images = [substitute(image, back, home.ring, work) for image in there]
        return [image - x for image, x in zip(images, gens, strict=True)]

    down = [substitute(f, phi, small.ring, work) for f in system.equations]
    up = [substitute(g, psi, system.ring, work) for g in small.equations]
    require_members(down, small, proofs[0])
    require_members(up, system, proofs[1])
    require_members(around(system, phi, psi), system, proofs[2])
    require_members(around(small, psi, phi), small, proofs[3])
    images = ", ".join(
        f"{x} = {shorten(str(f), 60)}" for x, f in zip(system.variables, phi, strict=True)
    )
    return Checked(
        [
            "The zeros of two systems correspond one to one, with multiplicities and reality, by "
            f"{shorten(images)}; {system.text}; {small.text}."
        ],
        [],
    )


def read_claims(value: Any, direction: str, system: System) -> Facts:
    """{quantity: number} of a claim."""
    if type(value) is not dict:
        reject("expected an object of quantities")
    facts: Facts = {}
    for quantity, number in value.items():
        require(type(quantity) is str, "a quantity must be a string")
        head, _, names = quantity.partition(":")
        if head == "pattern":
            chosen = names.split(",")
            ordered = [x for x in system.variables if x in chosen]
            require(chosen == ordered, f"{quantity[:60]!r} is not an ordered list of variables")
        else:
            require(quantity in QUANTITIES, f"unknown quantity {quantity[:40]!r}")
        facts[quantity, direction] = integer(number, 0, 2**63)
    return facts


QUANTITIES = ("complex", "with_multiplicity", "real", "nonreal", "torus", "boundary")
#: The isolated zeros fall into these classes (the last list grows by patterns).
TRANSFERRED = ("complex", "with_multiplicity", "real", "nonreal")


def consequences(facts: Facts) -> Facts:
    """Bounds that follow because classes partition the isolated zeros."""
    out = dict(facts)

    def low(quantity: str) -> int:
        return out.get((quantity, LOW), 0)

    def raise_low(quantity: str, value: int) -> None:
        out[quantity, LOW] = max(low(quantity), value)

    def cut(quantity: str, value: int | None) -> None:
        if value is not None:
            out[quantity, UP] = min(out.get((quantity, UP), value), value)

    patterns = sorted({q for q, _ in facts if q.startswith("pattern:")})
    raise_low("boundary", sum(map(low, patterns)))
    partitions = [["real", "nonreal"], ["torus", "boundary"], ["torus", *patterns]]
    for classes in partitions:
        raise_low("complex", sum(map(low, classes)))
        for quantity in classes:
            raise_low(quantity, 0)
    raise_low("with_multiplicity", low("complex"))
    cut("complex", out.get(("with_multiplicity", UP)))
    most = out.get(("complex", UP))
    if most is not None:
        for classes in partitions:
            for quantity in classes:
                cut(quantity, most - sum(map(low, classes)) + low(quantity))
    return out


def check_count(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """Bounds from parts, about the system or an isomorphic reduced one, put together."""
    system = rational_system(document["system"], work)
    lower, upper = record(document["claim"], (LOW, UP))
    (parts,) = record(document["proof"], ("parts",))
    checked = [(part, check_document(part, work, depth + 1)) for part in array(parts)]
    reduced = [
        (read_system(part["claim"]["reduced"], work), part["proof"]["forward"])
        for part, c in checked
        if c.kind == "ring-isomorphism" and read_system(part["system"], work) == system
    ]
    facts: Facts = {}
    for part, c in checked:
        if c.kind == "mixed-volume":
            region = region_of_supports(system, read_supports(part["supports"]))
            bound = c.facts["mixed_volume", UP]
            for quantity in ("complex", "with_multiplicity") if region == "complex" else (region,):
                facts[quantity, UP] = min(bound, facts.get((quantity, UP), bound))
            theorem = "Bernshtein's theorem" + (" as Li, Wang 1996" if region == "complex" else "")
            c.assumed.append(theorem)
            continue
        require("system" in part, f"a part of kind {c.kind} does not speak of a system")
        home = read_system(part["system"], work)
        maps = [forward for small, forward in reduced if small == home]
        require(home == system or bool(maps), "a part speaks of another system")
        carried: tuple[str, ...] = TRANSFERRED
        if any(monomial_map(home.ring.read_list(m, work), home) for m in maps):
            carried += ("torus", "boundary")
        for (quantity, direction), value in c.facts.items():
            if home != system and quantity not in carried:
                continue
            best = max if direction == LOW else min
            facts[quantity, direction] = best(value, facts.get((quantity, direction), value))
    facts = consequences(facts)
    for key, number in facts.items():
        quantity, direction = key
        require(direction == LOW or number >= facts.get((quantity, LOW), 0), "parts contradict")
    claims = read_claims(lower, LOW, system) | read_claims(upper, UP, system)
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
    return Checked(
        [
            f"Isolated zeros: {', '.join(said)}; of {system.text}.",
            *(s for _, c in checked for s in c.proved),
        ],
        list(dict.fromkeys(a for _, c in checked for a in c.assumed)),
        facts,
    )


def monomial_map(images: Sequence[Polynomial], small: System) -> bool:
    """Whether all images are nonzero exactly where all variables of the small system are."""
    seen = [any(int(m[k]) for f in images for m in f.monoms()) for k in range(len(small.variables))]
    return all(len(f) == 1 for f in images) and all(seen)


def region_of_supports(system: System, supports: Sequence[Sequence[Exponents]]) -> str:
    """What the mixed volume of these supports bounds: zeros in C^n if each contains the origin."""
    require(len(supports) == len(system.equations) == len(system.variables), "not square")
    for f, support in zip(system.equations, supports, strict=True):
        require(len(f) > 0 and set(monomials(f)) <= set(support), "a support lacks a monomial")
    origin = (0,) * len(system.variables)
    nonnegative = all(e >= 0 for support in supports for q in support for e in q)
    affine = nonnegative and all(origin in support for support in supports)
    return "complex" if affine else "torus"


def check_conjunction(document: dict[str, Any], work: Work, depth: int) -> Checked:
    """All parts hold."""
    (title,) = record(document["claim"], ("title",))
    require(type(title) is str and len(title) <= 1000, "the title must be a short string")
    (parts,) = record(document["proof"], ("parts",))
    checked = [check_document(part, work, depth + 1) for part in array(parts)]
    return Checked(
        [sentence for c in checked for sentence in c.proved],
        list(dict.fromkeys(a for c in checked for a in c.assumed)),
    )


KINDS: dict[str, tuple[Callable[[dict[str, Any], Work, int], Checked], str | None]] = {
    "identity": (check_identity, "system"),
    "membership": (check_identity, "system"),
    "radical-membership": (check_identity, "system"),
    "groebner-basis": (check_groebner_basis, "system"),
    "quotient-dimension": (check_quotient_dimension, "system"),
    "signature": (check_signature, "system"),
    "boxes": (check_boxes, "system"),
    "bezout": (check_bezout, "system"),
    "mixed-cells": (check_mixed_cells, "supports"),
    "mixed-volume": (check_mixed_volume, "supports"),
    "counterexample": (check_counterexample, "system"),
    "ring-isomorphism": (check_isomorphism, "system"),
    "count": (check_count, "system"),
    "conjunction": (check_conjunction, None),
}


def check_document(document: Any, work: Work | None = None, depth: int = 0) -> Checked:
    """What the certificate proves.

    Raises
    ------
    CertificateRejected
        The document is malformed, too large, or not a proof of its claim.
    """
    require(depth <= DEPTH_LIMIT, f"documents are nested deeper than {DEPTH_LIMIT}")
    kind = document.get("kind") if type(document) is dict else None
    if type(kind) is not str or kind not in KINDS:
        reject("not a certificate: unknown or missing kind")
    check, subject = KINDS[kind]
    subjects = () if subject is None else (subject,)
    schema, *_ = record(document, ("schema", "kind", *subjects, "claim", "proof"))
    require(schema == SCHEMA, f"the schema must be {SCHEMA!r}")
    try:
        checked = check(document, Work() if work is None else work, depth)
    except (ArithmeticError, ValueError, FlintError, RecursionError, MemoryError) as problem:
        raise CertificateRejected(f"{kind}: {type(problem).__name__}: {problem}") from problem
    checked.kind = kind
    return checked


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
            data.decode(),
            object_pairs_hook=pairs,
            parse_int=whole,
            parse_float=refuse,
            parse_constant=refuse,
        )
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
