"""Relations of a homogeneous basis: they hold modulo p, and none is invented."""

import numpy as np
import pytest

from algebra import PolynomialSystem
from algebra.families import resolve_system
from algebra.groebner import groebner_basis
from algebra.homogenisation import homogenised
from algebra.relations import critical_pairs, relations_modulo

P = 2147483647


def residues(polynomials):
    return [
        {tuple(map(int, m)): int(c.p) * pow(int(c.q), -1, P) % P for m, c in f.terms()}
        for f in polynomials
    ]


def combined(relation, known):
    total = {}
    for (index, multiplier), c in relation.items():
        for m, value in known[index].items():
            key = tuple(np.add(m, multiplier).tolist())
            total[key] = (total.get(key, 0) + c * value) % P
    return {m: c for m, c in total.items() if c}


def difference(f, g):
    total = {m: (f.get(m, 0) - g.get(m, 0)) % P for m in {*f, *g}}
    return {m: c for m, c in total.items() if c}


def divides_without_remainder(f, elements):
    while f:
        m = max(f, key=lambda m: (sum(m), [-e for e in reversed(m)]))
        for g in elements:
            shift = np.subtract(m, next(iter(g)))
            if (shift >= 0).all():
                factor = f[m] * pow(next(iter(g.values())), -1, P)
                f = difference(f, combined({(0, tuple(shift.tolist())): factor}, [g]))
                break
        else:
            return False
    return True


def assert_relations_hold(system):
    raised = homogenised(system)
    equations = residues(raised.equations)
    basis = groebner_basis(raised, modulus=P)
    elements = [dict(zip(map(tuple, e.tolist()), c, strict=True)) for e, c in basis.integral]
    found = relations_modulo(equations, elements, P)
    assert found is not None
    known, first = list(equations), len(equations)
    for g, relation in zip(elements, found, strict=True):
        assert all(index < len(known) for index, _ in relation)
        assert divides_without_remainder(difference(g, combined(relation, known)), known[first:])
        known.append(g)
    assert relations_modulo(equations[:-1], elements, P) is None or len(equations) == 1


@pytest.mark.parametrize("name", ["katsura:4", "cyclic:5", "network:1-1-1", "eco:5"])
def test_each_element_follows_from_the_equations_and_earlier_ones(name):
    assert_relations_hold(resolve_system(name))


@pytest.mark.parametrize("text", ["x; x - 1", "x*y - 1; x^2*y - x; y^3", "3; x", "x*y; x*z; y*z"])
def test_unit_ideals_and_monomials(text):
    raised = homogenised(PolynomialSystem.parse(text))
    basis = groebner_basis(raised, modulus=P)
    elements = [dict(zip(map(tuple, e.tolist()), c, strict=True)) for e, c in basis.integral]
    found = relations_modulo(residues(raised.equations), elements, P)
    assert found is not None
    assert len(found) == len(elements)


def test_a_polynomial_outside_the_ideal_has_no_relation():
    equations = [{(2, 0): 1}, {(0, 2): 1}]
    assert relations_modulo(equations, [{(2, 0): 1}, {(1, 1): 1}], P) is None


def test_pairs_generate_the_syzygies():
    """Every pair follows: x^lcm(j,k) is reached from j to k through listed or coprime pairs."""
    leading = [(2, 0, 0), (1, 1, 0), (0, 2, 1), (0, 0, 3), (1, 0, 2)]
    listed = {(j, k) for j, k, _ in critical_pairs(leading)}
    coprime = {
        (j, k) for k in range(5) for j in range(k) if not np.minimum(leading[j], leading[k]).any()
    }
    assert not listed & coprime
    for k in range(5):
        for j in range(k):
            lcm = np.maximum(leading[j], leading[k])
            inside = [i for i in range(5) if (np.array(leading[i]) <= lcm).all()]
            reached, grown = {j}, True
            while grown:
                more = {b for a, b in listed | coprime if a in reached and b in inside}
                more |= {a for a, b in listed | coprime if b in reached and a in inside}
                grown = not more <= reached
                reached |= more
            assert k in reached
