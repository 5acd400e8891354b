"""A second, slow reader of certificates: Fractions, plain dictionaries and sympy, no flint.

`second_opinion(document)` returns None if the claim is true and the proof's own facts hold, or a
sentence that says what is wrong. Used on damaged documents that the checker still accepts.
"""

from __future__ import annotations

import itertools
import sys
from fractions import Fraction
from math import gcd, lcm, prod
from typing import Any

import numpy as np
import sympy

sys.set_int_max_str_digits(0)  # damaged numbers are long
Polynomial = dict[tuple[int, ...], Fraction]
Interval = tuple[Fraction, Fraction]


class Wrong(Exception):
    """The certificate does not prove its claim."""


def second_opinion(document: Any) -> str | None:
    """None, or what is wrong."""
    try:
        READERS[document["kind"]](document)
    except Wrong as problem:
        return str(problem)
    return None


def must(condition: bool, message: str) -> None:
    if not condition:
        raise Wrong(message)


# -- polynomials ---------------------------------------------------------------------------------


def read(terms: Any) -> Polynomial:
    return {tuple(m): Fraction(c) for c, m in terms}


def times(f: Polynomial, g: Polynomial) -> Polynomial:
    out: Polynomial = {}
    for (a, c), (b, d) in itertools.product(f.items(), g.items()):
        key = tuple(i + j for i, j in zip(a, b, strict=True))
        out[key] = out.get(key, Fraction(0)) + c * d
    return {m: c for m, c in out.items() if c}


def plus(f: Polynomial, g: Polynomial, factor: int = 1) -> Polynomial:
    out = dict(f)
    for m, c in g.items():
        out[m] = out.get(m, Fraction(0)) + factor * c
    return {m: c for m, c in out.items() if c}


def raised(f: Polynomial, e: int, n: int) -> Polynomial:
    out: Polynomial = {(0,) * n: Fraction(1)}
    for _ in range(e):
        out = times(out, f)
    return out


def combined(cofactors: Any, generators: list[Polynomial]) -> Polynomial:
    must(len(cofactors) == len(generators), "number of cofactors")
    out: Polynomial = {}
    for q, g in zip(cofactors, generators, strict=True):
        out = plus(out, times(read(q), g))
    return out


def substituted(f: Polynomial, images: list[Polynomial], n: int) -> Polynomial:
    out: Polynomial = {}
    for m, c in f.items():
        term = {(0,) * n: c}
        for image, e in zip(images, m, strict=True):
            term = times(term, raised(image, e, n))
        out = plus(out, term)
    return out


def equations(document: Any) -> list[Polynomial]:
    return [read(f) for f in document["system"]["equations"]]


# -- the truth about small systems ---------------------------------------------------------------


def expressions(document: Any, polynomials: list[Polynomial]) -> tuple[list[Any], list[Any]]:
    names = document["system"]["variables"]
    symbols = [sympy.Symbol(name) for name in names]
    return symbols, [
        sum(
            (
                sympy.Rational(c) * prod(s**e for s, e in zip(symbols, m, strict=True))
                for m, c in f.items()
            ),
            0,
        )
        for f in polynomials
    ]


def basis_of(document: Any, polynomials: list[Polynomial], order: str) -> Any:
    symbols, values = expressions(document, polynomials)
    return sympy.groebner(
        [sympy.sympify(v) for v in values] or [0], *symbols, order=order, domain=sympy.QQ
    )


def head(f: Any, symbols: list[Any], order: str) -> tuple[int, ...]:
    """The leading exponents; sympy takes no named order for one variable."""
    polynomial = sympy.Poly(f, *symbols)
    return polynomial.monoms(order=order)[0] if len(symbols) > 1 else polynomial.monoms()[0]


def staircase(leading: list[tuple[int, ...]], n: int, limit: int = 200) -> list[tuple[int, ...]]:
    found = []
    for degree in range(limit):
        layer = [
            m
            for m in itertools.product(range(degree + 1), repeat=n)
            if sum(m) == degree
            and not any(all(a <= b for a, b in zip(g, m, strict=True)) for g in leading)
        ]
        if not layer:
            return found
        found += layer
        must(len(found) <= limit, "infinitely many standard monomials")
    raise Wrong("infinitely many standard monomials")


def truth(document: Any, extra: list[Any] | None = None) -> dict[str, int]:
    """Dimension, distinct, real and torus zeros from sympy's Gröbner basis."""
    symbols, values = expressions(document, equations(document))
    gens = list(symbols)
    if extra is None:
        product = prod(symbols)
        torus = _numbers([*values, 1 - sympy.Symbol("zz") * product], [sympy.Symbol("zz"), *gens])
        return {**_numbers(values, gens), "torus": torus["complex"]}
    return _numbers(values, gens)


def _numbers(values: list[Any], symbols: list[Any]) -> dict[str, int]:
    basis = sympy.groebner([sympy.sympify(v) for v in values], *symbols, order="grevlex")
    leading = [head(g, symbols, "grevlex") for g in basis.exprs]
    if any(sum(m) == 0 for m in leading):
        return {"with_multiplicity": 0, "complex": 0, "real": 0, "nonreal": 0}
    standard = staircase(leading, len(symbols))
    form = sum(v * c for v, c in zip(symbols, (1, 37, 1009, 10007), strict=False))
    columns = []
    for m in standard:
        image = basis.reduce(
            sympy.expand(form * prod(s**e for s, e in zip(symbols, m, strict=True)))
        )[1]
        terms = sympy.Poly(image, *symbols).as_dict()
        columns.append([terms.get(b, 0) for b in standard])
    t = sympy.Symbol("t")
    characteristic = sympy.Poly(sympy.Matrix(columns).charpoly(t).as_expr(), t)
    squarefree = sympy.Poly(sympy.prod([f.as_expr() for f, _ in characteristic.sqf_list()[1]]), t)
    real = squarefree.count_roots()
    return {
        "with_multiplicity": len(standard),
        "complex": squarefree.degree(),
        "real": real,
        "nonreal": squarefree.degree() - real,
    }


# -- kinds ---------------------------------------------------------------------------------------


def read_identity(document: Any) -> None:
    claim, proof = document["claim"], document["proof"]
    n = len(document["system"]["variables"]) + len(document["system"]["parameters"])
    left = raised(read(claim["conclusion"]), proof["power"], n)
    must(len(claim["conditions"]) == len(proof["condition_powers"]), "powers")
    for condition, e in zip(claim["conditions"], proof["condition_powers"], strict=True):
        left = times(left, raised(read(condition), e, n))
    generators = equations(document) + [read(h) for h in claim["hypotheses"]]
    must(plus(left, combined(proof["cofactors"], generators), -1) == {}, "identity")
    if document["kind"] != "identity":
        must(not claim["conditions"], "conditions")
        must(proof["power"] == 1 or document["kind"] == "radical-membership", "power")


def read_groebner(document: Any) -> None:
    order = document["claim"]["order"]
    basis = [read(g) for g in document["claim"]["basis"]]
    ours = basis_of(document, basis, order)
    theirs = basis_of(document, equations(document), order)
    must(set(ours.exprs) == set(theirs.exprs), "another ideal")
    symbols, values = expressions(document, basis)
    heads = [head(v, symbols, order) for v in values]
    for g in theirs.exprs:
        lead = head(g, symbols, order)
        must(
            any(all(a <= b for a, b in zip(h, lead, strict=True)) for h in heads),
            "a leading monomial is missing",
        )
    proof = document["proof"]
    if proof.get("method", "cofactors") == "cofactors":
        for g, row in zip(basis, proof["cofactors"], strict=True):
            must(plus(g, combined(row, equations(document)), -1) == {}, "cofactors")
    else:
        read_homogenised(document)


def read_homogenised(document: Any) -> None:
    """The elements generate the homogenised ideal over Q, and the relations hold modulo p."""
    proof, p = document["proof"], int(Fraction(document["proof"]["prime"]))
    given = []
    for f in equations(document):
        if f:
            degree = max(map(sum, f))
            given.append({(*m, degree - sum(m)): c for m, c in f.items()})
    elements = [read(g) for g in proof["elements"]]
    must(sympy.isprime(p), "no prime")
    must(all(len(set(map(sum, g))) == 1 for g in elements), "not homogeneous")
    symbols = [*document["system"]["variables"], "homogenising"]
    raised = {"system": {"variables": symbols}}
    ours, theirs = (basis_of(raised, list(fs), "grevlex") for fs in (elements, given))
    must(set(ours.exprs) == set(theirs.exprs), "another homogeneous ideal")
    known = [primitive(f, p) for f in given]
    for g, relation in zip(elements, proof["relations"], strict=True):
        total = primitive(g, p)
        for index, quotient in relation:
            factor = {
                m: Fraction(c.numerator * pow(c.denominator, -1, p))
                for m, c in read(quotient).items()
            }
            must(0 <= index < len(known), "index")
            total = plus(total, times(factor, known[index]), -1)
        for degree in {sum(m) for m in total}:
            part = {m: c for m, c in total.items() if sum(m) == degree}
            must(is_combination(part, known[len(given) :], p), "relation")
        known.append(primitive(g, p))


def is_combination(f: Polynomial, elements: list[Polynomial], p: int) -> bool:
    """Whether f is a combination of multiples of its degree, by elimination modulo p."""
    rest = {m: c % p for m, c in f.items() if c % p}
    if not rest:
        return True
    degree, rows = sum(next(iter(rest))), []
    for g in elements:
        room = degree - sum(next(iter(g)))
        for shift in itertools.product(range(max(room, -1) + 1), repeat=len(next(iter(g)))):
            if sum(shift) == room:
                rows.append({m: c % p for m, c in times(g, {shift: Fraction(1)}).items() if c % p})
    pivots: dict[tuple[int, ...], Polynomial] = {}
    for row in [*rows, rest]:
        row = dict(row)
        while row:
            m = max(row)
            if m not in pivots:
                break
            factor = row[m] / pivots[m][m]
            inverse = factor.numerator * pow(factor.denominator, -1, p)
            row = {k: c % p for k, c in plus(row, pivots[m], -inverse).items() if c % p}
        if row:
            pivots[max(row)] = row
    return not row


def primitive(f: Polynomial, p: int) -> Polynomial:
    """The primitive integer multiple, modulo p."""
    scale = lcm(*(c.denominator for c in f.values()))
    content = gcd(*(int(c * scale) for c in f.values()))
    return {m: c * scale / content % p for m, c in f.items()}


def read_dimension(document: Any) -> None:
    claimed, proof = document["claim"]["at_most"], document["proof"]
    n = len(document["system"]["variables"])
    must(truth(document, [])["with_multiplicity"] <= claimed, "the dimension is larger")
    for member in proof.get("members", []):
        g = read(member["polynomial"])
        must(plus(g, combined(member["cofactors"], equations(document)), -1) == {}, "member")
    if proof["method"] == "rank":
        basis = {tuple(m) for m in proof["basis"]}
        border = {(*m[:i], m[i] + 1, *m[i + 1 :]) for m in basis for i in range(n)} - basis
        rows = [times({tuple(m): Fraction(1)}, equations(document)[i]) for i, m in proof["rows"]]
        out = sorted({m for row in rows for m in row} - basis - border)

        def rank(columns: list[Any]) -> int:
            return sympy.Matrix([[row.get(c, 0) for c in columns] for row in rows]).rank()

        outside = rank(out) if out else 0
        must(rank(out + sorted(border)) - outside >= len(border), "rank")
        must(outside <= proof["out_rank"], "rank outside")


def read_signature(document: Any) -> None:
    numbers, claim, proof = truth(document, []), document["claim"], document["proof"]
    stated = (claim["dimension"], claim["distinct"], claim["real"])
    if "upper" in proof:
        true = (numbers["with_multiplicity"], numbers["complex"], numbers["real"])
        must(stated == true, f"the truth is {numbers}")
        read_dimension(proof["upper"])
    else:
        must(claim["distinct"] <= numbers["complex"], "fewer zeros")
        must(claim["real"] <= numbers["real"], "fewer real zeros")
        must(claim["distinct"] - claim["real"] <= numbers["nonreal"], "fewer nonreal zeros")
        must(claim["distinct"] == claim["dimension"], "a multiple zero")


def number(text: str) -> Fraction:
    mantissa, exponent = text.split("*2^")
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


class Rectangle:
    """A rectangle of complex numbers with rational ends."""

    def __init__(self, re: Interval, im: Interval) -> None:
        self.re, self.im = re, im

    def __add__(self, other: Rectangle) -> Rectangle:
        return Rectangle(
            (self.re[0] + other.re[0], self.re[1] + other.re[1]),
            (self.im[0] + other.im[0], self.im[1] + other.im[1]),
        )

    def __mul__(self, other: Rectangle) -> Rectangle:
        def real_times(a: Interval, b: Interval) -> Interval:
            ends = [x * y for x in a for y in b]
            return min(ends), max(ends)

        rr, ii = real_times(self.re, other.re), real_times(self.im, other.im)
        ri, ir = real_times(self.re, other.im), real_times(self.im, other.re)
        return Rectangle((rr[0] - ii[1], rr[1] - ii[0]), (ri[0] + ir[0], ri[1] + ir[1]))

    def inside(self, other: Rectangle) -> bool:
        return all(
            b[0] <= a[0] and a[1] <= b[1] for a, b in ((self.re, other.re), (self.im, other.im))
        )

    def size(self) -> Fraction:
        """An upper bound of the modulus, squared norm replaced by the sum."""
        return max(map(abs, self.re)) + max(map(abs, self.im))


def exact(z: complex | Fraction) -> Rectangle:
    if isinstance(z, Fraction):
        return Rectangle((z, z), (Fraction(0), Fraction(0)))
    re, im = Fraction(z.real), Fraction(z.imag)
    return Rectangle((re, re), (im, im))


def value_at(f: Polynomial, point: list[Rectangle]) -> Rectangle:
    total = exact(Fraction(0))
    for m, c in f.items():
        term = exact(c)
        for x, e in zip(point, m, strict=True):
            for _ in range(e):
                term = term * x
        total = total + term
    return total


def derivative(f: Polynomial, k: int) -> Polynomial:
    return {(*m[:k], m[k] - 1, *m[k + 1 :]): c * m[k] for m, c in f.items() if m[k]}


def krawczyk(fs: list[Polynomial], box: list[Rectangle], unknowns: list[int]) -> list[Rectangle]:
    """K(X) after the test, with numpy's inverse as preconditioner."""
    middle = [Rectangle(_middle(x.re), _middle(x.im)) for x in box]
    slopes = [[value_at(derivative(f, k), box) for k in unknowns] for f in fs]
    numeric = np.array(
        [
            [complex(float(z.re[0]), float(z.im[0])) for z in row]
            for row in [[value_at(derivative(f, k), middle) for k in unknowns] for f in fs]
        ]
    )
    try:
        inverse = np.linalg.inv(numeric)
    except np.linalg.LinAlgError as problem:
        raise Wrong("singular Jacobian") from problem
    n = len(unknowns)
    values = [value_at(f, middle) for f in fs]
    minus = exact(Fraction(-1))
    radius = [
        Rectangle(
            (box[k].re[0] - middle[k].re[0], box[k].re[1] - middle[k].re[0]),
            (box[k].im[0] - middle[k].im[0], box[k].im[1] - middle[k].im[0]),
        )
        for k in unknowns
    ]
    image = []
    for i in range(n):
        row = [exact(complex(v)) for v in inverse[i]]
        total = middle[unknowns[i]]
        contraction = Fraction(0)
        for y, v in zip(row, values, strict=True):
            total = total + minus * y * v
        for j in range(n):
            entry = exact(Fraction(int(i == j)))
            for y, s in zip(row, slopes, strict=True):
                entry = entry + minus * y * s[j]
            contraction += entry.size() * radius[j].re[1]
            total = total + entry * radius[j]
        must(contraction < radius[i].re[1], "no contraction")
        must(total.inside(box[unknowns[i]]), "K(X) leaves X")
        image.append(total)
    return image


def _middle(a: Interval) -> Interval:
    m = (a[0] + a[1]) / 2
    return m, m


def read_boxes(document: Any) -> None:
    system = document["system"]
    n = len(system["variables"])
    fs = equations(document)
    unit = [Rectangle((Fraction(0),) * 2, (Fraction(1),) * 2)] if system["imaginary"] else []
    counts: dict[str, int] = {}
    boxes = []
    for entry in document["proof"]["boxes"]:
        box = []
        for (re, im), r in zip(entry["center"], entry["radius"], strict=True):
            # Arb stores radii with 30 bits, rounded up: that slightly larger box is what is tested.
            a, b, radius = number(re), number(im), number(r) * (1 + Fraction(1, 2**28))
            must(radius > 0, "radius")
            box.append(Rectangle((a - radius, a + radius), (b - radius, b + radius)))
        image = krawczyk(fs, [*box, *unit], list(range(n)))
        found = ["complex"]
        mirrored = [Rectangle(k.re, (-k.im[1], -k.im[0])) for k in image]
        if not system["imaginary"] and all(k.inside(x) for k, x in zip(mirrored, box, strict=True)):
            found.append("real")
        elif any(k.im[0] > 0 or k.im[1] < 0 for k in image):
            found.append("nonreal")
        zeros = sorted(entry.get("zero", []))
        known = entry.get("exact")
        if known is not None:
            point = [Fraction(v) for v in known]
            for f in fs:
                values = (
                    c * prod(v**e for v, e in zip(point, m, strict=True)) for m, c in f.items()
                )
                must(sum(values) == 0, "not an exact zero")
            must(all(exact(v).inside(x) for v, x in zip(point, box, strict=True)), "point outside")
            zeros = [k for k, v in enumerate(point) if v == 0]
            found = ["complex", "real"]
        elif zeros:
            kept = [k for k in range(n) if k not in zeros]
            nothing = exact(Fraction(0))
            frozen = [nothing if k in zeros else box[k] for k in range(n)]
            parts = [{m: c for m, c in f.items() if not any(m[k] for k in zeros)} for f in fs]
            chosen = entry["restricted"]
            must(all(not f for i, f in enumerate(parts) if i not in chosen), "not vanishing")
            must(all(nothing.inside(box[k]) for k in zeros), "zero outside")
            if kept:
                krawczyk([parts[i] for i in chosen], [*frozen, *unit], kept)
        if all(
            known is not None or k in zeros or not exact(Fraction(0)).inside(image[k])
            for k in range(n)
        ):
            names = ",".join(system["variables"][k] for k in zeros)
            found += ["boundary", f"pattern:{names}"] if zeros else ["torus"]
        for quantity in found:
            counts[quantity] = counts.get(quantity, 0) + 1
        boxes.append(box)
    for a, b in itertools.combinations(boxes, 2):
        must(
            any(
                p[1] < q[0] or q[1] < p[0]
                for x, y in zip(a, b, strict=True)
                for p, q in ((x.re, y.re), (x.im, y.im))
            ),
            "boxes overlap",
        )
    for quantity, claimed in document["claim"]["at_least"].items():
        must(claimed <= counts.get(quantity, 0), f"{quantity}: {counts}")


def read_bezout(document: Any) -> None:
    groups, fs = document["proof"]["groups"], equations(document)
    total = 0
    for choice in itertools.product(range(len(groups)), repeat=len(fs)):
        if all(choice.count(j) == len(group) for j, group in enumerate(groups)):
            total += prod(
                max(sum(m[k] for k in groups[j]) for m in f)
                for f, j in zip(fs, choice, strict=True)
            )
    must(total <= document["claim"]["at_most"], f"Bezout number {total}")


def twice_area(points: list[tuple[int, ...]]) -> int:
    points = sorted(set(points))

    def chain(sequence: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        out: list[tuple[int, ...]] = []
        for p in sequence:
            while (
                len(out) > 1
                and (out[-1][0] - out[-2][0]) * (p[1] - out[-2][1])
                - (out[-1][1] - out[-2][1]) * (p[0] - out[-2][0])
                <= 0
            ):
                out.pop()
            out.append(p)
        return out

    hull = chain(points)[:-1] + chain(points[::-1])[:-1]
    return abs(
        sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(hull, hull[1:] + hull[:1], strict=True))
    )


def read_cells(document: Any) -> None:
    first, second = ([tuple(p) for p in s] for s in document["supports"])
    total = [tuple(map(sum, zip(p, q, strict=True))) for p in first for q in second]
    volume = (twice_area(total) - twice_area(first) - twice_area(second)) // 2
    must(document["claim"]["at_least"] <= volume, f"the mixed volume is {volume}")
    seen = {tuple(map(tuple, (sorted(e) for e in c["edges"]))) for c in document["proof"]["cells"]}
    must(len(seen) == len(document["proof"]["cells"]), "repeated cell")


def read_volume(document: Any) -> None:
    supports = [[tuple(p) for p in s] for s in document["supports"]]
    must(len(supports) <= 2, "the second reader knows two dimensions")
    if len(supports) == 1:
        values = [p[0] for p in supports[0]]
        volume = max(values) - min(values)
    else:
        total = [tuple(map(sum, zip(p, q, strict=True))) for p in supports[0] for q in supports[1]]
        volume = (twice_area(total) - sum(map(twice_area, supports))) // 2
    must(volume <= document["claim"]["at_most"], f"the mixed volume is {volume}")
    for part in document["proof"].get("parts", []):
        read_volume(part)


def read_counterexample(document: Any) -> None:
    claim, proof = document["claim"], document["proof"]
    theta = sympy.Symbol("theta")
    modulus = sympy.Poly(
        [sympy.Rational(Fraction(c)) for c in reversed(proof["minimal_polynomial"])], theta
    )
    must(modulus.degree() >= 1 and modulus.is_irreducible, "reducible")
    point = [
        sum((sympy.Rational(Fraction(c)) * theta**k for k, c in enumerate(v)), sympy.Integer(0))
        for v in proof["point"]
    ]

    def vanishes(f: Polynomial) -> bool:
        value = sum(
            (
                sympy.Rational(c) * prod(p**e for p, e in zip(point, m, strict=True))
                for m, c in f.items()
            ),
            sympy.Integer(0),
        )
        return sympy.rem(sympy.Poly(value, theta), modulus).is_zero

    given = equations(document) + [read(h) for h in claim["hypotheses"]]
    must(all(map(vanishes, given)), "not a zero")
    must(not any(vanishes(read(c)) for c in claim["conditions"]), "a condition vanishes")
    must(not vanishes(read(claim["conclusion"])), "the conclusion holds")
    must(not claim["real"] or modulus.count_roots() > 0, "not real")


def read_isomorphism(document: Any) -> None:
    small, proof = document["claim"]["reduced"], document["proof"]
    n, k = len(document["system"]["variables"]), len(small["variables"])
    f, g = equations(document), [read(h) for h in small["equations"]]
    phi, psi = [read(h) for h in proof["forward"]], [read(h) for h in proof["backward"]]
    for h, row in zip(f, proof["forward_cofactors"], strict=True):
        must(substituted(h, phi, k) == combined(row, g), "forward")
    for h, row in zip(g, proof["backward_cofactors"], strict=True):
        must(substituted(h, psi, n) == combined(row, f), "backward")
    for i, (h, row) in enumerate(zip(phi, proof["round_trip"], strict=True)):
        x = {tuple(int(i == j) for j in range(n)): Fraction(1)}
        must(plus(substituted(h, psi, n), x, -1) == combined(row, f), "round trip")
    for i, (h, row) in enumerate(zip(psi, proof["reduced_round_trip"], strict=True)):
        y = {tuple(int(i == j) for j in range(k)): Fraction(1)}
        must(plus(substituted(h, phi, k), y, -1) == combined(row, g), "reduced round trip")


def read_count(document: Any) -> None:
    numbers = truth(document)
    numbers["boundary"] = numbers["complex"] - numbers["torus"]
    for quantity, claimed in document["claim"]["at_least"].items():
        must(quantity not in numbers or claimed <= numbers[quantity], f"{quantity}: {numbers}")
    for quantity, claimed in document["claim"]["at_most"].items():
        must(quantity not in numbers or claimed >= numbers[quantity], f"{quantity}: {numbers}")
    read_parts(document)


def read_parts(document: Any) -> None:
    for part in document["proof"]["parts"]:
        READERS[part["kind"]](part)


READERS = {
    "identity": read_identity,
    "membership": read_identity,
    "radical-membership": read_identity,
    "groebner-basis": read_groebner,
    "quotient-dimension": read_dimension,
    "signature": read_signature,
    "boxes": read_boxes,
    "bezout": read_bezout,
    "mixed-cells": read_cells,
    "mixed-volume": read_volume,
    "counterexample": read_counterexample,
    "ring-isomorphism": read_isomorphism,
    "count": read_count,
    "conjunction": read_parts,
}
