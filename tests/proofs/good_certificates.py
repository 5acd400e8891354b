"""Small correct certificates of every kind, made by hand from python-flint objects.

`GOOD` maps a name to a builder; builders return fresh documents, so tests may damage them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from flint import fmpq, fmpq_mpoly

from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates as write
from proofs.mixed_volume_bounds import mixed_volume_certificate

Document = dict[str, Any]
ONE = {(0, 0): 1}


def parabolas() -> PolynomialSystem:
    """x² − 2 = 0, x y − 1 = 0: zeros (√2, 1/√2) and its negative."""
    return PolynomialSystem.from_terms(
        ("x", "y"), [{(2, 0): 1, (0, 0): -2}, {(1, 1): 1, (0, 0): -1}]
    )


def axes() -> PolynomialSystem:
    """x (y − 1) = 0, y² − 1 = 0 with x² added: zeros on an axis, (0, −1) simple, (0, 1) double."""
    return PolynomialSystem.from_terms(
        ("x", "y"), [{(1, 1): 1, (1, 0): -1, (2, 0): 1}, {(0, 2): 1, (0, 0): -1}]
    )


def circle() -> PolynomialSystem:
    """x² + y² − 1 = 0, x − y² = 0: two real zeros, two not real."""
    return PolynomialSystem.from_terms(
        ("x", "y"), [{(2, 0): 1, (0, 2): 1, (0, 0): -1}, {(1, 0): 1, (0, 2): -1}]
    )


def polynomial(text: dict[tuple[int, ...], Any], names: tuple[str, ...]) -> fmpq_mpoly:
    return polynomial_ring(names).from_dict({k: fmpq(v) for k, v in text.items()})


def membership() -> Document:
    # (x² − 2) y − x (x y − 1) = x − 2 y
    ring = ("x", "y")
    return write.identity(
        parabolas(),
        polynomial({(1, 0): 1, (0, 1): -2}, ring),
        [polynomial({(0, 1): 1}, ring), polynomial({(1, 0): -1}, ring)],
        kind="membership",
    )


def radical() -> Document:
    # y vanishes where x² = 0 and x − y² = 0: y⁴ = x² − (x + y²)(x − y²)
    ring = ("x", "y")
    system = PolynomialSystem.from_terms(ring, [{(2, 0): 1}, {(1, 0): 1, (0, 2): -1}])
    return write.identity(
        system,
        polynomial({(0, 1): 1}, ring),
        [polynomial({(0, 0): 1}, ring), polynomial({(1, 0): -1, (0, 2): -1}, ring)],
        power=4,
        kind="radical-membership",
    )


def parametric() -> Document:
    # p a − q b = 0 and b = 0 imply a = 0 where p ≠ 0: p a = (p a − q b) + q b
    names = ("a", "b", "p", "q")
    equation = polynomial({(1, 0, 1, 0): 1, (0, 1, 0, 1): -1}, names)
    system = PolynomialSystem(("a", "b"), (equation,), ("p", "q"))
    gens = polynomial_ring(names).gens()
    return write.identity(
        system,
        gens[0],
        [polynomial({(0, 0, 0, 0): 1}, names), gens[3]],
        hypotheses=[gens[1]],
        conditions=[(gens[2], 1)],
    )


def groebner() -> Document:
    # {y² − 1/2, x − 2y} for parabolas(), grevlex: x − 2y as above; 2y² − 1 = ...
    ring = ("x", "y")
    system = parabolas()
    f1, f2 = system.equations
    x, y = polynomial_ring(ring).gens()
    g1 = x - 2 * y  # y f1 − x f2
    g2 = y**2 - fmpq(1, 2)  # f2 = x y − 1 = y g1 + 2 g2, hence g2 = (f2 − y g1)/2
    one, zero = polynomial({(0, 0): 1}, ring), polynomial({}, ring)
    half = fmpq(1, 2)
    assert g1 == y * f1 - x * f2
    assert g2 == -(y**2) * half * f1 + (one + x * y) * half * f2
    proof = {
        "cofactors": [
            write.polynomials_json([y, -x]),
            write.polynomials_json([-(y**2) * half, (one + x * y) * half]),
        ],
    }
    assert f1 == (x + 2 * y) * g1 + 4 * g2
    assert zero == f2 - y * g1 - 2 * g2
    claim = {"order": "grevlex", "basis": write.polynomials_json([g1, g2])}
    return write.document("groebner-basis", system, claim, proof)


def groebner_with_pairs() -> Document:
    # The twisted cubic: x z − y², x w − y z, y w − z² is a grevlex basis; lms y², y z, z².
    names = ("x", "y", "z", "w")
    x, y, z, w = polynomial_ring(names).gens()
    basis = [y**2 - x * z, y * z - x * w, z**2 - y * w]
    system = PolynomialSystem(names, tuple(basis))
    one, zero = polynomial({(0, 0, 0, 0): 1}, names), polynomial({}, names)
    unit = [write.polynomials_json([one if i == j else zero for j in range(3)]) for i in range(3)]
    # S(g0, g1) = z g0 − y g1 = −x z² + x y w = −x g2; S(g1, g2) = z g1 − y g2 = w g0
    assert z * basis[0] - y * basis[1] == -x * basis[2]
    assert z * basis[1] - y * basis[2] == w * basis[0]
    claim = {"order": "grevlex", "basis": write.polynomials_json(basis)}
    proof = {"cofactors": unit}
    return write.document("groebner-basis", system, claim, proof)


def groebner_lex() -> Document:
    # x y, y, y z: pairs with y reduce to 0, pair (0, 2) by a chain over y.
    names = ("x", "y", "z")
    x, y, z = polynomial_ring(names).gens()
    basis = [x * y, y, y * z]
    system = PolynomialSystem(names, tuple(basis))
    one, zero = polynomial({(0, 0, 0): 1}, names), polynomial({}, names)
    unit = [write.polynomials_json([one if i == j else zero for j in range(3)]) for i in range(3)]
    claim = {"order": "lex", "basis": write.polynomials_json(basis)}
    proof = {"cofactors": unit}
    return write.document("groebner-basis", system, claim, proof)


def groebner_homogenised() -> Document:
    """x² + x, x y − 1 by Arnold: h divides elements, for there is a zero at infinity."""
    ring, raised = ("x", "y"), ("x", "y", "h")
    x, y, h = polynomial_ring(raised).gens()
    system = PolynomialSystem.from_terms(ring, [{(2, 0): 1, (1, 0): 1}, {(1, 1): 1, (0, 0): -1}])
    f1, f2 = x**2 + x * h, x * y - h**2
    g3 = x * h**2 + h**3  # y f1 − x f2 = x y h + x h² = h f2 + h³ + x h²
    assert y * f1 - x * f2 - h * f2 == g3
    g4 = y * h**3 + h**4  # y g3 − h² f2 = y h³ + h⁴
    assert y * g3 - h**2 * f2 == g4
    relations = [
        [[0, [["1", [0, 0, 0]]]]],
        [[1, [["1", [0, 0, 0]]]]],
        [[0, [["1", [0, 1, 0]]]], [1, [["-1", [1, 0, 0]]]]],  # −h f2 by division
        [[4, [["1", [0, 1, 0]]]], [1, [["-1", [0, 0, 2]]]]],
    ]
    proof = {
        "method": "homogenised",
        "elements": write.polynomials_json([f1, f2, g3, g4]),
        "prime": "101",
        "relations": relations,
    }
    x, y = polynomial_ring(ring).gens()
    claim = {"order": "grevlex", "basis": write.polynomials_json([x + 1, y + 1])}
    return write.document("groebner-basis", system, claim, proof)


def groebner_homogenised_lex() -> Document:
    """parabolas() by Arnold; x − 2y and y² − 1/2 are a basis in both orders."""
    x, y, h = polynomial_ring(("x", "y", "h")).gens()
    f1, f2 = x**2 - 2 * h**2, x * y - h**2
    g3 = x * h**2 - 2 * y * h**2  # y f1 − x f2
    assert y * f1 - x * f2 == g3
    g4 = 2 * y**2 * h**2 - h**4  # y g3 = x y h² − 2 y² h² = h² f2 + h⁴ − 2 y² h²
    assert h**2 * f2 - y * g3 == g4
    relations = [
        [[0, [["1", [0, 0, 0]]]]],
        [[1, [["1", [0, 0, 0]]]]],
        [[0, [["1", [0, 1, 0]]]], [1, [["-1", [1, 0, 0]]]]],
        [[1, [["1", [0, 0, 2]]]], [4, [["-1", [0, 1, 0]]]]],
    ]
    proof = {
        "method": "homogenised",
        "elements": write.polynomials_json([f1, f2, g3, g4]),
        "prime": "7",
        "relations": relations,
    }
    x, y = polynomial_ring(("x", "y")).gens()
    claim = {"order": "lex", "basis": write.polynomials_json([x - 2 * y, y**2 - fmpq(1, 2)])}
    return write.document("groebner-basis", parabolas(), claim, proof)


def staircase() -> Document:
    ring = ("x", "y")
    x, y = polynomial_ring(ring).gens()
    system = parabolas()
    f1, f2 = system.equations
    half = fmpq(1, 2)
    members = [
        (x - 2 * y, [y, -x]),
        (y**2 - half, [-(y**2) * half, (1 + x * y) * half]),
    ]
    assert all(g == a * f1 + b * f2 for g, (a, b) in members)
    proof = {
        "method": "staircase",
        "order": "grevlex",
        "members": [
            {"polynomial": write.polynomial_json(g), "cofactors": write.polynomials_json(q)}
            for g, q in members
        ],
    }
    return write.document("quotient-dimension", system, {"at_most": 2}, proof)


def border() -> Document:
    # B = {1, y}, border {x, y², x y}: x − 2y, y² − 1/2, x y − 1.
    document = staircase()
    members = document["proof"]["members"]
    ring = ("x", "y")
    members.append(
        {
            "polynomial": write.polynomial_json(polynomial({(1, 1): 1, (0, 0): -1}, ring)),
            "cofactors": [[], [["1", [0, 0]]]],
        }
    )
    basis = [[0, 0], [0, 1]]
    document["proof"] = {
        "method": "border",
        "basis": basis,
        "members": members,
        "prime": "2147483647",
    }
    return document


def one_neuron() -> PolynomialSystem:
    """The gradient of 1-1-1 with x = 2, y = 3, λ = (5, 7): five zeros, and zeros at infinity."""
    return PolynomialSystem.from_terms(
        ("a", "b"), [{(1, 0): 5, (1, 2): 4, (0, 1): -6}, {(0, 1): 7, (2, 1): 4, (1, 0): -6}]
    )


def rank() -> Document:
    """All multiples of one_neuron() up to degree 5; one prime suffices: rank 8 of 8 outside."""
    shifts = [(a, b) for a, b in itertools.product(range(3), repeat=2) if a + b <= 2]
    proof = {
        "method": "rank",
        "basis": [[0, 0], [0, 1], [1, 0], [0, 2], [1, 1]],
        "rows": [[i, list(shift)] for i in range(2) for shift in shifts],
        "prime": "2147483647",
        "out_rank": 8,
        "primes": [],
    }
    return write.document("quotient-dimension", one_neuron(), {"at_most": 5}, proof)


def rank_deficient() -> Document:
    """y + x⁵ + x⁶, x⁵ + x⁶ − 1 and x²: outside x⁵, x⁶, x⁷ have rank 2; Hadamard's bound is √8."""
    system = PolynomialSystem.from_terms(
        ("x", "y"),
        [{(0, 1): 1, (5, 0): 1, (6, 0): 1}, {(5, 0): 1, (6, 0): 1, (0, 0): -1}, {(2, 0): 1}],
    )
    proof = {
        "method": "rank",
        "basis": [[0, 0], [1, 0]],
        "rows": [[0, [0, 0]], [1, [0, 0]], [0, [1, 0]], [1, [1, 0]], [2, [0, 0]]],
        "prime": "101",
        "out_rank": 2,
        "primes": ["3", "7"],
    }
    return write.document("quotient-dimension", system, {"at_most": 2}, proof)


def signature() -> Document:
    # parabolas(): basis 1, y; x·1 = 2y, x·y = 1, y·1 = y, y·y = 1/2; both zeros real.
    proof = {
        "basis": [[0, 0], [0, 1]],
        "matrices": [[[[1, "2"]], [[0, "1"]]], [[[1, "1"]], [[0, "1/2"]]]],
        "upper": staircase(),
    }
    claim = {"dimension": 2, "distinct": 2, "real": 2}
    return write.document("signature", parabolas(), claim, proof)


def double_point() -> Document:
    # x² = 0: dimension 2, one distinct zero, real.
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1}])
    member = {"polynomial": [["1", [2]]], "cofactors": [[["1", [0]]]]}
    upper = write.document(
        "quotient-dimension",
        system,
        {"at_most": 2},
        {"method": "staircase", "order": "lex", "members": [member]},
    )
    proof = {"basis": [[0], [1]], "matrices": [[[[1, "1"]], []]], "upper": upper}
    claim = {"dimension": 2, "distinct": 1, "real": 1}
    return write.document("signature", system, claim, proof)


def simple_zeros() -> Document:
    # the same, with det J = −2 x² of the equations a unit: at least two zeros, both simple.
    document = signature()
    del document["proof"]["upper"]
    document["proof"]["prime"] = "2147483647"
    return document


def some_zeros() -> Document:
    # x⁴ − 5 x² + 6 = (x² − 2)(x² − 3): the quotient by x² − 2 alone has two of its zeros.
    system = PolynomialSystem.from_terms(("x",), [{(4,): 1, (2,): -5, (0,): 6}])
    proof = {"basis": [[0], [1]], "matrices": [[[[1, "1"]], [[0, "2"]]]], "prime": "101"}
    return write.document("signature", system, {"dimension": 2, "distinct": 2, "real": 2}, proof)


def boxes() -> Document:
    root, inverse = 2**0.5, 0.5**0.5
    entries = [
        {
            "center": [[write.dyadic(s * root), "0*2^0"], [write.dyadic(s * inverse), "0*2^0"]],
            "radius": ["1*2^-40", "1*2^-40"],
        }
        for s in (1, -1)
    ]
    claim = {"at_least": {"complex": 2, "real": 2, "torus": 2}}
    return write.document("boxes", parabolas(), claim, {"precision": 64, "boxes": entries})


def complex_boxes() -> Document:
    # circle(): x = (−1 ± √5)/2, y = ±√x.
    entries = []
    for s in (1, -1):
        x = (-1 + s * 5**0.5) / 2
        for t in (1, -1):
            y = t * complex(x) ** 0.5
            entries.append(
                {
                    "center": [
                        [write.dyadic(x), "0*2^0"],
                        [write.dyadic(y.real), write.dyadic(y.imag)],
                    ],
                    "radius": ["1*2^-36", "1*2^-36"],
                }
            )
    entries[0]["preconditioner"] = _inverse_jacobian(entries[0]["center"])
    claim = {"at_least": {"complex": 4, "real": 2, "nonreal": 2, "torus": 4}}
    return write.document("boxes", circle(), claim, {"precision": 80, "boxes": entries})


def _inverse_jacobian(center: list[list[str]]) -> list[list[list[str]]]:
    def value(pair: list[str]) -> float:
        mantissa, exponent = pair[0].split("*2^")
        return float(int(mantissa) * 2.0 ** int(exponent))

    x, y = value(center[0]), value(center[1])
    a, b, c, d = 2 * x, 2 * y, 1.0, -2 * y
    det = a * d - b * c
    inverse = [[d / det, -b / det], [-c / det, a / det]]
    return [[[write.dyadic(v), "0*2^0"] for v in row] for row in inverse]


def zero_boxes() -> Document:
    # axes(): x (x + y − 1) = 0, y² = 1: zeros (0, 1) double, (0, −1), (2, −1).
    entries = [
        {
            "center": [["0*2^0", "0*2^0"], ["-1*2^0", "0*2^0"]],
            "radius": ["1*2^-20", "1*2^-20"],
            "zero": [0],
            "restricted": [1],
        },
        {
            "center": [["1*2^1", "0*2^0"], ["-1*2^0", "0*2^0"]],
            "radius": ["1*2^-20", "1*2^-20"],
        },
    ]
    claim = {"at_least": {"complex": 2, "real": 2, "torus": 1, "boundary": 1, "pattern:x": 1}}
    return write.document("boxes", axes(), claim, {"precision": 64, "boxes": entries})


def exact_boxes() -> Document:
    # x + y − 1 = 0, x² + y² − 1 = 0: (1, 0) and (0, 1); no equation vanishes on an axis.
    system = PolynomialSystem.from_terms(
        ("x", "y"), [{(1, 0): 1, (0, 1): 1, (0, 0): -1}, {(2, 0): 1, (0, 2): 1, (0, 0): -1}]
    )
    entries = [
        {
            "center": [[f"{a}*2^0", "0*2^0"], [f"{b}*2^0", "0*2^0"]],
            "radius": ["1*2^-30", "1*2^-30"],
            "exact": [str(a), str(b)],
        }
        for a, b in ((1, 0), (0, 1))
    ]
    claim = {"at_least": {"complex": 2, "real": 2, "pattern:x": 1, "pattern:y": 1}}
    return write.document("boxes", system, claim, {"precision": 64, "boxes": entries})


def imaginary_box() -> Document:
    # x² − I = 0: two zeros (1 + I)/√2 and its negative.
    system = {
        "variables": ["x"],
        "parameters": [],
        "imaginary": True,
        "equations": [[["1", [2, 0]], ["-1", [0, 1]]]],
    }
    half = 0.5**0.5
    entries = [
        {"center": [[write.dyadic(s * half), write.dyadic(s * half)]], "radius": ["1*2^-40"]}
        for s in (1, -1)
    ]
    claim = {"at_least": {"complex": 2, "nonreal": 2}}
    return write.document("boxes", system, claim, {"precision": 64, "boxes": entries})


def bezout() -> Document:
    # x y − 1, x + y − 3 … multihomogeneous number of {x}, {y}: 2; Bezout 2.
    system = PolynomialSystem.from_terms(
        ("x", "y"), [{(1, 1): 1, (0, 0): -1}, {(1, 1): 2, (1, 0): 1, (0, 1): 1, (0, 0): -3}]
    )
    return write.bezout(system, 2, [[0], [1]])


def mixed_cells() -> Document:
    # design note 8: A1, A2 with MV = 4; MIN liftings (0,0,0,1), (0,3,4,8): volumes 1, 1, 2.
    supports = [
        [[0, 0], [0, 2], [1, 0], [1, 1]],
        [[0, 0], [0, 1], [1, 1], [2, 0]],
    ]
    lifting = [[0, 0, 0, 1], [0, 3, 4, 8]]
    cells = [
        {"edges": [list(a), list(b)]}
        for a in itertools.combinations(range(4), 2)
        for b in itertools.combinations(range(4), 2)
        if _is_cell(supports, lifting, (a, b))
    ]
    return {
        "schema": write.SCHEMA,
        "kind": "mixed-cells",
        "supports": supports,
        "claim": {"at_least": 4},
        "proof": {"lifting": lifting, "cells": cells},
    }


def mixed_volume() -> Document:
    # {1, x} and {1, x, x y}: mixed volume 1.
    supports = [[[0, 0], [1, 0]], [[0, 0], [1, 0], [1, 1]]]
    liftings = [[[0, 3, 2, 7, 4], [5, 1, 8]], [[0, 3], [1, 0, 5, 6, 1, 3]]]
    return _mixed_volume_document(supports, 1, _stages_in_the_plane(supports, (1, 2), liftings))


def _stages_in_the_plane(supports: Any, degrees: Any, liftings: Any) -> Document:
    """All cells by brute force; lifting k belongs to the stage of support k."""
    shapes = [[[0, 0], [1, 0], [0, 1]]] * 2
    stages = []
    for i, (points, d, lifting) in enumerate(zip(supports, degrees, liftings, strict=True)):
        shapes[i] = [*points, [0, 0], [d, 0], [0, d]]
        heights = [
            [w + 10**9 * (j == i and k >= len(points)) for k, w in enumerate(row)]
            for j, row in enumerate(lifting)
        ]
        cells = [
            {"edges": [list(a), list(b)]}
            for a in itertools.combinations(range(len(shapes[0])), 2)
            for b in itertools.combinations(range(len(shapes[1])), 2)
            if _is_cell(shapes, heights, (a, b))
        ]
        stages.append({"support": i, "lifting": lifting, "cells": cells})
        shapes[i] = points
    return {"method": "stages", "stages": stages}


def mixed_volume_blocks() -> Document:
    # {1, x³, x y} and {1, y², x y}: the monomial x y mixes the blocks {x} and {y}; 3·2 = 6.
    parts = [
        _mixed_volume_document(
            [[[k] for k in range(d + 1)]],
            d,
            {
                "method": "stages",
                "stages": [
                    {
                        "support": 0,
                        "lifting": [[*(k * k for k in range(d + 1)), 0, 0]],
                        "cells": [{"edges": [[k, k + 1]]} for k in range(d)],
                    }
                ],
            },
        )
        for d in (3, 2)
    ]
    supports = [[[0, 0], [3, 0], [1, 1]], [[0, 0], [0, 2], [1, 1]]]
    blocks = [{"variables": [k], "equations": [k]} for k in (0, 1)]
    return _mixed_volume_document(
        supports, 6, {"method": "blocks", "blocks": blocks, "parts": parts}
    )


def _mixed_volume_document(supports: Any, value: int, proof: Any) -> Document:
    return {
        "schema": write.SCHEMA,
        "kind": "mixed-volume",
        "supports": supports,
        "claim": {"at_most": value},
        "proof": proof,
    }


def count_by_mixed_volume() -> Document:
    # one_neuron() has 5 zeros in C²; the supports with the origin have mixed volume 5.
    supports = [[[1, 0], [1, 2], [0, 1], [0, 0]], [[0, 1], [2, 1], [1, 0], [0, 0]]]
    liftings = [
        [[31, 11, 47, 2, 23, 97, 5], [53, 7, 19]],
        [[31, 11, 47, 2], [53, 7, 71, 19, 41, 83, 13]],
    ]
    proof = _stages_in_the_plane(supports, (3, 3), liftings)
    part = _mixed_volume_document(supports, 5, proof)
    upper = {"complex": 5, "with_multiplicity": 5}
    return write.count_document(one_neuron(), {}, upper, [part])


def _is_cell(supports: Any, lifting: Any, edges: Any) -> bool:
    rows = [
        [p - q for p, q in zip(s[a], s[b], strict=True)]
        for s, (a, b) in zip(supports, edges, strict=True)
    ]
    det = rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]
    if det == 0:
        return False
    rise = [h[b] - h[a] for h, (a, b) in zip(lifting, edges, strict=True)]
    normal = (
        fmpq(rise[0] * rows[1][1] - rise[1] * rows[0][1], det),
        fmpq(rows[0][0] * rise[1] - rows[1][0] * rise[0], det),
    )
    for s, h, (a, b) in zip(supports, lifting, edges, strict=True):
        values = [q[0] * normal[0] + q[1] * normal[1] + w for q, w in zip(s, h, strict=True)]
        if any(v <= values[a] for k, v in enumerate(values) if k not in (a, b)):
            return False
    return True


def counterexample() -> Document:
    # "x² = 2 and x y = 1 imply x = 2": false at (√2, 1/√2).
    x, _ = polynomial_ring(("x", "y")).gens()
    return write.counterexample(
        parabolas(),
        x - 2,
        [[fmpq(0), fmpq(1)], [fmpq(0), fmpq(1, 2)]],
        conditions=[x],
        minimal_polynomial=(-2, 0, 1),
        real_between=(fmpq(1), fmpq(2)),
    )


def rational_counterexample() -> Document:
    # "x² = x implies x = 0": false at 1.
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (1,): -1}])
    (x,) = polynomial_ring(("x",)).gens()
    return write.counterexample(system, x, [[fmpq(1)]])


def reduced_parabolas() -> PolynomialSystem:
    """2 t² − 1 = 0, isomorphic to parabolas() by x = 2t, y = t."""
    return PolynomialSystem.from_terms(("t",), [{(2,): 2, (0,): -1}])


def isomorphism() -> Document:
    x, y = polynomial_ring(("x", "y")).gens()
    (t,) = polynomial_ring(("t",)).gens()
    one, zero = t**0, t * 0
    # f1(2t, t) = 4t² − 2 = 2 g; f2 = 2t² − 1 = g; g(y) = 2y² − 1 = −y² f1 + (1 + x y) f2;
    # 2y − x = −y f1 + x f2
    return write.ring_isomorphism(
        parabolas(),
        reduced_parabolas(),
        [2 * t, t],
        [y],
        [[2 * one], [one]],
        [[-(y**2), 1 + x * y]],
        [[-y, x], [x * 0, x * 0]],
        [[zero]],
    )


def reduced_upper() -> Document:
    member = {"polynomial": [["2", [2]], ["-1", [0]]], "cofactors": [[["1", [0]]]]}
    return write.document(
        "quotient-dimension",
        reduced_parabolas(),
        {"at_most": 2},
        {"method": "staircase", "order": "grevlex", "members": [member]},
    )


def count() -> Document:
    return write.count_document(
        parabolas(),
        {"complex": 2, "real": 2, "torus": 2},
        {"complex": 2, "real": 2, "nonreal": 0, "boundary": 0, "with_multiplicity": 2},
        [boxes(), isomorphism(), reduced_upper()],
    )


def torus_count() -> Document:
    """x = 2t, y = t are monomials in t: the torus bound of the reduced system travels."""
    volume = mixed_volume_certificate(reduced_parabolas().supports)
    assert volume is not None
    inner = write.count_document(reduced_parabolas(), {}, {"torus": 2}, [volume])
    return write.count_document(parabolas(), {}, {"torus": 2}, [isomorphism(), inner])


def conjunction() -> Document:
    return write.conjunction("both", [membership(), radical()])


GOOD: dict[str, Callable[[], Document]] = {
    f.__name__: f
    for f in (
        membership,
        radical,
        parametric,
        groebner,
        groebner_with_pairs,
        groebner_lex,
        groebner_homogenised,
        groebner_homogenised_lex,
        staircase,
        border,
        rank,
        rank_deficient,
        signature,
        double_point,
        simple_zeros,
        some_zeros,
        boxes,
        complex_boxes,
        zero_boxes,
        exact_boxes,
        imaginary_box,
        bezout,
        mixed_cells,
        mixed_volume,
        mixed_volume_blocks,
        count_by_mixed_volume,
        counterexample,
        rational_counterexample,
        isomorphism,
        reduced_upper,
        count,
        torus_count,
        conjunction,
    )
}
