"""Is docs/certificates.md enough to write a checker? A reader of some kinds, from the page alone.

Fractions and dictionaries only, nothing imported from the project but the examples. On thousands of
damaged documents it must come to the checker's verdict: a difference is a gap in the page.
"""

import itertools
import math
import random
import re
import sys
from fractions import Fraction

import pytest
from damage import damages
from good_certificates import GOOD

from proofs.checker import CertificateRejected, check_document

sys.set_int_max_str_digits(0)  # the page allows 100 000
FORMATS = ("critnet/certificate/1", "critnet/certificate/2")


def reads(document):
    """Whether the page says that this document is a proof."""
    try:
        read_document(document)
    except Refused:
        return False
    return True


class Refused(Exception):
    """The page does not allow this."""


def must(condition):
    if not condition:
        raise Refused


# -- "Numbers and polynomials" ---------------------------------------------------------------------


def fields(value, *names):
    must(type(value) is dict and set(value) == set(names))
    return [value[name] for name in names]


def entries(value, length=None):
    must(type(value) is list and (length is None or len(value) == length))
    return value


def whole(value, low, high):
    must(type(value) is int and low <= value <= high)
    return value


def rational(value):
    must(type(value) is str and len(value) <= 100_000)
    must(re.fullmatch(r"-?(0|[1-9][0-9]*)(/[1-9][0-9]*)?", value, re.ASCII))
    return Fraction(value)


def polynomial(value, generators):
    out = {}
    for term in entries(value):
        c, m = entries(term, 2)
        exponents = tuple(whole(e, 0, 32767) for e in entries(m, generators))
        must(exponents not in out and rational(c) != 0)
        out[exponents] = rational(c)
    return out


def system(value):
    variables, parameters, imaginary, equations = fields(
        value, "variables", "parameters", "imaginary", "equations"
    )
    names = [*entries(variables), *entries(parameters)]
    for name in names:
        must(type(name) is str and re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,63}", name, re.ASCII))
    must(len({*names, "I"}) == len(names) + 1 and 0 < len(names) <= 64)
    must(imaginary is False)  # only `boxes` accepts it
    return names, variables, [polynomial(f, len(names)) for f in entries(equations)]


# -- primitive 1 -----------------------------------------------------------------------------------


def times(f, g):
    must(len(f) * len(g) < 10**7)
    out = {}
    for (a, c), (b, d) in itertools.product(f.items(), g.items()):
        m = tuple(map(sum, zip(a, b, strict=True)))
        out[m] = out.get(m, 0) + c * d
    return {m: c for m, c in out.items() if c}


def identity(document):
    names, _, equations = system(document["system"])
    n = len(names)
    conclusion, hypotheses, conditions = fields(
        document["claim"], "conclusion", "hypotheses", "conditions"
    )
    power, powers, cofactors = fields(document["proof"], "power", "condition_powers", "cofactors")
    whole(power, 1, 1 if document["kind"] == "membership" else 32767)
    must(document["kind"] == "identity" or conditions == [])
    generators = equations + [polynomial(h, n) for h in entries(hypotheses)]
    left = {(0,) * n: Fraction(1)}
    factors = [(conclusion, power), *zip(entries(conditions), entries(powers), strict=False)]
    must(len(powers) == len(conditions))
    for factor, e in factors:
        f = polynomial(factor, n)
        for _ in range(whole(e, 0, 32767)):
            left = times(left, f)
    must(len(entries(cofactors)) == len(generators))
    for q, f in zip(cofactors, generators, strict=True):
        for m, c in times(polynomial(q, n), f).items():
            left[m] = left.get(m, 0) - c
    must(not any(left.values()))


# -- `bezout` --------------------------------------------------------------------------------------


def bezout(document):
    names, variables, equations = system(document["system"])
    (bound,) = fields(document["claim"], "at_most")
    (groups,) = fields(document["proof"], "groups")
    n = len(variables)
    must(len(names) == n == len(equations) and all(equations))
    groups = [[whole(i, 0, n - 1) for i in entries(group)] for group in entries(groups)]
    must(all(groups) and sorted(itertools.chain(*groups)) == list(range(n)))
    number = 0
    for chosen in itertools.product(range(len(groups)), repeat=n):
        if all(chosen.count(j) == len(group) for j, group in enumerate(groups)):
            number += math.prod(
                max(sum(m[i] for i in groups[j]) for m in f)
                for f, j in zip(equations, chosen, strict=True)
            )
    must(number <= whole(bound, 0, 2**63))


# -- `mixed-cells` in the plane --------------------------------------------------------------------


def height(value):
    number = value if type(value) is int else rational(value)
    must(number.denominator == 1 and abs(number) < 2**128)
    return number


def mixed_cells(document):
    supports, n = document["supports"], len(entries(document["supports"]))
    (bound,) = fields(document["claim"], "at_least")
    lifting, cells = fields(document["proof"], "lifting", "cells")
    must(0 < n <= 64)
    for support in supports:
        points = [tuple(whole(e, -(2**53), 2**53) for e in entries(q, n)) for q in entries(support)]
        must(points and len(set(points)) == len(points))
    for support, row in zip(supports, entries(lifting, n), strict=True):
        for value in entries(row, len(support)):
            height(value)
    must(n == 2)  # this reader solves two equations only
    seen, volume = set(), 0
    for cell in entries(cells):
        (edges,) = fields(cell, "edges")
        for edge, support in zip(entries(edges, n), supports, strict=True):
            for k in entries(edge, 2):
                whole(k, 0, len(support) - 1)
        seen.add(tuple(tuple(sorted(edge)) for edge in edges))
        (p, q), (r, s) = (
            [x - y for x, y in zip(support[a], support[b], strict=True)]
            for support, (a, b) in zip(supports, edges, strict=True)
        )
        u, v = (height(row[b]) - height(row[a]) for row, (a, b) in zip(lifting, edges, strict=True))
        det = p * s - q * r
        must(det != 0)
        normal = Fraction(u * s - q * v, det), Fraction(p * v - u * r, det)
        for support, row, (a, b) in zip(supports, lifting, edges, strict=True):
            values = [
                x * normal[0] + y * normal[1] + height(h)
                for (x, y), h in zip(support, row, strict=True)
            ]
            must(all(w > values[a] for k, w in enumerate(values) if k not in (a, b)))
        volume += abs(det)
    must(len(seen) == len(cells) and whole(bound, 0, 2**63) <= volume)


# -- `conjunction`, and documents ------------------------------------------------------------------


def conjunction(document, depth):
    (title,) = fields(document["claim"], "title")
    (parts,) = fields(document["proof"], "parts")
    must(type(title) is str and len(title) <= 1000)
    for part in entries(parts):
        read_document(part, depth + 1)


READERS = {
    "identity": identity, "membership": identity, "radical-membership": identity, "bezout": bezout,
    "mixed-cells": mixed_cells,
}  # fmt: skip


def read_document(document, depth=0):
    must(type(document) is dict and depth <= 6)
    kind = document.get("kind")
    must(type(kind) is str and type(document.get("schema")) is str)
    must(document["schema"] in FORMATS)
    subject = {"mixed-cells": ["supports"], "conjunction": []}.get(kind, ["system"])
    fields(document, "schema", "kind", *subject, "claim", "proof")
    if kind == "conjunction":
        conjunction(document, depth)
    else:
        must(kind in READERS)
        READERS[kind](document)


NAMES = ("membership", "radical", "parametric", "bezout", "mixed_cells", "conjunction")


@pytest.mark.parametrize("name", NAMES)
def test_the_page_alone_leads_to_the_same_verdicts(name):
    rng = random.Random(f"page {name}")
    assert reads(GOOD[name]())
    refused = 0
    for damage, document in damages(GOOD[name](), rng, 30):
        if damage == "change_kind":
            continue  # kinds that this reader does not know
        try:
            check_document(document)
            accepted = True
        except CertificateRejected:
            accepted = False
        refused += not accepted
        assert reads(document) == accepted, (damage, document)
    assert refused > 200
