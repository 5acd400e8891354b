"""The checker: what it proves, that it stands alone, and false proofs made to deceive it."""

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from good_certificates import GOOD, axes, circle, one_neuron, parabolas, polynomial

from algebra.systems import PolynomialSystem, polynomial_ring
from homotopy.certify import certify
from proofs import certificates as write
from proofs import checker
from proofs.checker import CertificateRejected, check_document, check_file, parse

CHECKER = Path(checker.__file__)


def rejected(document, match):
    with pytest.raises(CertificateRejected, match=match):
        check_document(document)


# -- what is proved -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_good_certificates_are_accepted_and_say_what_they_prove(name):
    checked = check_document(GOOD[name]())
    assert checked.proved
    assert all(isinstance(sentence, str) and sentence for sentence in checked.proved)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("staircase", {("with_multiplicity", "at_most"): 2}),
        ("rank", {("with_multiplicity", "at_most"): 5}),
        ("rank_deficient", {("with_multiplicity", "at_most"): 2}),
        ("groebner", {("with_multiplicity", "at_least"): 2, ("complex", "at_most"): 2}),
        ("double_point", {("with_multiplicity", "at_least"): 2, ("complex", "at_most"): 1}),
        ("signature", {("real", "at_least"): 2, ("nonreal", "at_most"): 0}),
        ("simple_zeros", {("real", "at_least"): 2, ("with_multiplicity", "at_least"): 2}),
        ("complex_boxes", {("real", "at_least"): 2, ("nonreal", "at_least"): 2}),
        ("zero_boxes", {("pattern:x", "at_least"): 1, ("torus", "at_least"): 1}),
        ("bezout", {("complex", "at_most"): 2}),
        ("mixed_cells", {("mixed_volume", "at_least"): 4}),
        ("count", {("real", "at_most"): 2, ("torus", "at_most"): 2, ("complex", "at_least"): 2}),
    ],
)
def test_facts_are_those_of_the_documentation(name, facts):
    found = check_document(GOOD[name]()).facts
    assert facts.items() <= found.items()


def test_identities_yield_no_facts_about_numbers():
    for name in ("membership", "radical", "parametric", "counterexample", "conjunction"):
        assert check_document(GOOD[name]()).facts == {}


# -- it stands alone ------------------------------------------------------------------------------


def test_the_checker_imports_the_standard_library_and_flint_only():
    names = set()
    for node in ast.walk(ast.parse(CHECKER.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add((node.module or "").split(".")[0])
    assert names - {"flint"} <= set(sys.stdlib_module_names)
    assert not names & {"pickle", "subprocess", "importlib", "ctypes"}


def test_the_checker_never_evaluates_text():
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(CHECKER.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"eval", "exec", "compile", "__import__", "getattr", "setattr"}


def test_the_checker_runs_as_a_plain_script_without_this_project(tmp_path):
    script = tmp_path / "checker.py"
    script.write_text(CHECKER.read_text())
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    write.write_certificate(GOOD["count"](), good)
    bad.write_text(json.dumps({**GOOD["count"](), "kind": "identity"}))
    run = [sys.executable, "-I", str(script)]
    accepted = subprocess.run([*run, str(good)], capture_output=True, text=True, cwd=tmp_path)
    assert accepted.returncode == 0, accepted.stderr
    assert "proved: Isolated zeros: " in accepted.stdout
    assert "assumed: Brouwer" in accepted.stdout
    both = subprocess.run([*run, str(good), str(bad)], capture_output=True, text=True, cwd=tmp_path)
    assert both.returncode == 1
    assert "bad.json: REJECTED" in both.stdout
    assert both.stderr == ""


def test_main_reports_a_file_that_is_not_there(capsys, tmp_path):
    assert checker.main([str(tmp_path / "nothing.json")]) == 1
    assert "cannot be read" in capsys.readouterr().out


# -- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b'{"a": 1, "a": 2}', "repeated key"),
        (b'{"a": 1.5}', "exact strings"),
        (b'{"a": NaN}', "exact strings"),
        (b'{"a": 1e400}', "exact strings"),
        (b"[" * 500_000, "not readable"),
        (b'{"a": ' + b"9" * 30 + b"}", "20 digits"),
        (b"\xff\xfe", "not readable"),
        (b"", "not readable"),
        (b'{"a": 1', "not readable"),
    ],
)
def test_text_that_is_not_strict_json_is_rejected(data, match):
    with pytest.raises(CertificateRejected, match=match):
        parse(data)


def test_large_files_are_not_even_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(checker, "FILE_LIMIT", 1000)
    path = tmp_path / "large.json"
    path.write_bytes(b"[" + b"1," * 1000 + b"1]")
    with pytest.raises(CertificateRejected, match="larger than"):
        check_file(path)


@pytest.mark.parametrize("value", ["01", "1/0", "+1", "1.0", " 1", "1/-2", "٣", "1e3", "", "0x1"])
def test_numbers_have_one_spelling(value):
    document = GOOD["membership"]()
    document["claim"]["conclusion"][0][0] = value
    rejected(document, "rational number|repeat")


def test_long_numbers_are_read_and_too_long_ones_rejected():
    document = GOOD["membership"]()
    long = "7" * 50_000
    for polynomial_terms in (document["claim"]["conclusion"], *document["proof"]["cofactors"]):
        for term in polynomial_terms:
            sign, digits = ("-", term[0][1:]) if term[0].startswith("-") else ("", term[0])
            term[0] = f"{sign}{long}" if digits == "1" else f"{sign}1{'5' * 49_999}4"
    check_document(document)
    document["claim"]["conclusion"][0][0] = "7" * 150_000
    rejected(document, "expected a rational")


@pytest.mark.parametrize("name", [n for n in GOOD if "volume" not in n and n != "torus_count"])
def test_documents_of_format_1_are_still_read(name):
    text = json.dumps(GOOD[name]()).replace("certificate/2", "certificate/1")
    assert check_document(json.loads(text)).facts == check_document(GOOD[name]()).facts


def test_format_1_of_mixed_volumes_is_refused_in_one_sentence():
    document = {**GOOD["mixed_volume"](), "schema": "critnet/certificate/1"}
    rejected(document, "^format 1 of mixed-volume is no longer read: write it again$")


@pytest.mark.parametrize("schema", ["critnet/certificate/3", "", None, 2, ["critnet"]])
def test_other_formats_are_refused(schema):
    rejected({**GOOD["bezout"](), "schema": schema}, "schema must be 'critnet/certificate/2'")


def test_names_of_optional_fields_are_taken_literally():
    document = GOOD["boxes"]()
    document["proof"]["boxes"][0]["zero?"] = []
    rejected(document, r"unknown field 'zero\?'")


def test_nested_documents_have_a_depth_limit():
    document = GOOD["membership"]()
    for _ in range(checker.DEPTH_LIMIT):
        document = write.conjunction("", [document])
    check_document(document)
    rejected(write.conjunction("", [document]), "nested deeper")


def test_work_is_bounded_before_it_is_done():
    x, y = polynomial_ring(("x", "y")).gens()
    system = PolynomialSystem(("x", "y"), (x + y,))
    document = write.identity(
        system, (1 + x + y + x * y) ** 5, [x * 0], power=30_000, kind="radical-membership"
    )
    rejected(document, "work limit|too large")


# -- false proofs ---------------------------------------------------------------------------------


def test_one_prime_does_not_prove_that_p_x_minus_1_has_no_zero():
    # Modulo p the equation is -1: a staircase modulo p says "no zeros", over Q there is one.
    p = 2147483647
    system = PolynomialSystem.from_terms(("x",), [{(1,): p, (0,): -1}])
    proof = {
        "method": "rank",
        "basis": [],
        "rows": [[0, [0]]],
        "prime": str(p),
        "out_rank": 0,
        "primes": [str(p)],
    }
    document = write.document("quotient-dimension", system, {"at_most": 0}, proof)
    rejected(document, "Hadamard")
    document["proof"]["primes"] = [str(p), "2147483629"]
    rejected(document, "larger")
    document["proof"]["primes"] = [str(p), str(p)]
    rejected(document, "repeated prime")


@pytest.mark.parametrize("number", ["2147483649", "1", "0", "-7", "7/2", str(2**89 - 1)])
def test_moduli_must_be_primes_below_2_to_the_63(number):
    document = GOOD["border"]()
    document["proof"]["prime"] = number
    rejected(document, "prime|integer")


def test_pseudoprimes_are_not_primes():
    document = GOOD["border"]()
    document["proof"]["prime"] = "3215031751"  # strong pseudoprime to the bases 2, 3, 5, 7
    rejected(document, "not a prime")


def test_a_staircase_must_hold_for_the_order_that_is_named():
    document = GOOD["staircase"]()
    document["proof"]["order"] = "lex"
    check_document(document)  # x and y² lead in both orders
    swapped = {"variables": ["y", "x"]}
    for part in (document["system"],):
        part["variables"] = swapped["variables"]
    check_document(document)  # names are only names
    document["proof"]["members"] = document["proof"]["members"][:1]
    rejected(document, "more than 2 monomials")


def test_generators_that_are_no_groebner_basis_do_not_pass():
    # Whatever an earlier writer lists as chains, the S-pairs are divided and leave remainders.
    names = ("x", "y", "z")
    x, y, z = polynomial_ring(names).gens()
    basis = [x * y - z, x * z - y, y * z - x]
    system = PolynomialSystem(names, tuple(basis))
    one, zero = polynomial({(0, 0, 0): 1}, names), polynomial({}, names)
    unit = [write.polynomials_json([one if i == j else zero for j in range(3)]) for i in range(3)]
    claim = {"order": "grevlex", "basis": write.polynomials_json(basis)}
    pairs = [{"pair": [0, 1], "chain": 2}, {"pair": [0, 2], "chain": 1}]
    for proof in ({"cofactors": unit}, {"cofactors": unit, "quotients": unit, "pairs": pairs}):
        rejected(write.document("groebner-basis", system, claim, proof), "remainder")


def test_quotients_of_earlier_writers_are_found_again_by_division():
    document = GOOD["groebner_with_pairs"]()
    document["proof"] |= {"quotients": [], "pairs": [{"pair": [0, 1], "quotients": []}]}
    assert check_document(document).proved


def test_a_basis_that_misses_an_element_is_refused():
    document = GOOD["groebner"]()
    document["claim"]["basis"].pop()
    document["proof"]["cofactors"].pop()
    rejected(document, "remainder")


def test_boxes_survive_high_powers():
    # Products of rotated rectangles grow by up to sqrt(2): powers are taken by halves.
    system = PolynomialSystem.from_terms(("x",), [{(200,): 1, (0,): -2}])
    zeros = 2 ** (1 / 200) * np.exp(2j * np.pi * np.arange(200) / 200)
    certificate = certify(system, zeros[:, None]).certificate
    assert check_document(certificate).facts["complex", "at_least"] == 200


def test_a_check_can_be_ended_from_outside():
    def over():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        check_document(GOOD["rank"](), checker.Work(tick=over))


def test_a_double_zero_is_never_boxed():
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1}])
    for e in (-1, -20, -1000):
        entry = {"center": [["0*2^0", "0*2^0"]], "radius": [f"1*2^{e}"]}
        proof = {"precision": 128, "boxes": [entry]}
        document = write.document("boxes", system, {"at_least": {"complex": 1}}, proof)
        rejected(document, "Krawczyk|Zero|singular|matrix")


def test_a_box_around_two_conjugate_zeros_proves_no_real_zero():
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): 1}])
    entry = {
        "center": [["1*2^-10", "0*2^0"]],
        "radius": ["1*2^1"],
        "preconditioner": [[["1*2^0", "0*2^0"]]],
    }
    proof = {"precision": 64, "boxes": [entry]}
    rejected(write.document("boxes", system, {"at_least": {"real": 1}}, proof), "Krawczyk")


def test_the_same_zero_is_not_counted_twice():
    document = GOOD["boxes"]()
    document["proof"]["boxes"].append(copy.deepcopy(document["proof"]["boxes"][0]))
    rejected(document, "overlap")
    moved = document["proof"]["boxes"][2]
    moved["radius"] = ["1*2^-44", "1*2^-43"]
    rejected(document, "overlap")


def test_many_boxes_are_told_apart_by_sweeping():
    # x^12 = 1: twelve zeros on the circle, some with equal real or imaginary parts.
    import cmath

    system = PolynomialSystem.from_terms(("x",), [{(12,): 1, (0,): -1}])
    zeros = [cmath.exp(2j * cmath.pi * k / 12) for k in range(12)]
    boxes = [
        {"center": [[write.dyadic(z.real), write.dyadic(z.imag)]], "radius": ["1*2^-40"]}
        for z in zeros
    ]
    proof = {"precision": 80, "boxes": boxes}
    claim = {"at_least": {"complex": 12, "nonreal": 10}}
    document = write.document("boxes", system, claim, proof)
    assert check_document(document).facts["nonreal", "at_least"] == 10
    document["proof"]["boxes"][7] = copy.deepcopy(boxes[3])
    rejected(document, "overlap")


def test_a_tiny_coordinate_is_not_a_zero_coordinate():
    # x = 2^-60: the box contains 0, the zero is not there.
    system = PolynomialSystem.from_terms(
        ("x", "y"), [{(1, 0): 2**60, (0, 0): -1}, {(0, 1): 1, (0, 0): -1}]
    )
    entry = {
        "center": [["1*2^-60", "0*2^0"], ["1*2^0", "0*2^0"]],
        "radius": ["1*2^-50", "1*2^-50"],
        "zero": [0],
        "restricted": [1],
    }
    proof = {"precision": 200, "boxes": [entry]}
    document = write.document("boxes", system, {"at_least": {"boundary": 1}}, proof)
    rejected(document, "does not vanish")


def test_zero_coordinates_need_the_restricted_system():
    document = GOOD["zero_boxes"]()
    del document["proof"]["boxes"][0]["zero"]
    rejected(document, "boundary verified")
    document = GOOD["zero_boxes"]()
    document["proof"]["boxes"][0]["restricted"] = [0]
    rejected(document, "vanish|restricted")


def test_an_exact_zero_must_be_one_and_lie_in_the_box():
    document = GOOD["exact_boxes"]()
    document["proof"]["boxes"][0]["exact"] = ["1", "1/1073741825"]
    rejected(document, "not an exact zero")
    document["proof"]["boxes"][0]["exact"] = ["0", "1"]
    rejected(document, "outside")


def test_complex_coefficients_never_give_real_zeros():
    # x − I·0 would be real; x + I − I = x is written with I and must not be called real.
    system = {
        "variables": ["x"],
        "parameters": [],
        "imaginary": True,
        "equations": [[["1", [1, 1]], ["-1", [0, 1]]]],  # I x − I
    }
    entry = {"center": [["1*2^0", "0*2^0"]], "radius": ["1*2^-20"]}
    proof = {"precision": 64, "boxes": [entry]}
    document = write.document("boxes", system, {"at_least": {"complex": 1}}, proof)
    assert check_document(document).facts["real", "at_least"] == 0
    document["claim"] = {"at_least": {"real": 1}}
    rejected(document, "0 real verified")


def test_a_cell_with_a_tie_or_listed_twice_does_not_count():
    document = GOOD["mixed_cells"]()
    document["proof"]["cells"].append(copy.deepcopy(document["proof"]["cells"][0]))
    rejected(document, "listed twice")
    document["proof"]["cells"][-1]["edges"][0].reverse()
    rejected(document, "listed twice")
    document = GOOD["mixed_cells"]()
    document["proof"]["lifting"] = [[0] * 4, [0] * 4]
    rejected(document, "on or below")


def test_a_point_over_a_reducible_polynomial_is_no_counterexample():
    document = GOOD["counterexample"]()
    document["proof"]["minimal_polynomial"] = ["4", "0", "-4", "0", "1"]  # (θ² − 2)²
    rejected(document, "reducible")


def test_a_counterexample_that_claims_to_be_real_needs_a_real_root():
    # x² + 1 = 0 at θ = i: "x = 0" fails there, but not at a real point.
    system = PolynomialSystem.from_terms(("x",), [{(2,): 1, (0,): 1}])
    (x,) = polynomial_ring(("x",)).gens()
    document = write.counterexample(
        system, x, [[0, 1]], minimal_polynomial=(1, 0, 1), real_between=(-5, 5)
    )
    rejected(document, "sign change")
    document["claim"]["real"] = False
    check_document(document)


def test_bounds_of_another_system_do_not_enter_a_count():
    document = GOOD["count"]()
    document["proof"]["parts"][2] = GOOD["bezout"]()
    rejected(document, "another system")
    # Without the isomorphism the reduced system is another system, too.
    document = GOOD["count"]()
    del document["proof"]["parts"][1]
    rejected(document, "another system")


def test_torus_counts_do_not_travel_through_an_isomorphism():
    # x = 2t + 1 moves zero coordinates; only complex, real and multiplicity travel.
    system = PolynomialSystem.from_terms(("x",), [{(1,): 1, (0,): -1}])
    reduced = PolynomialSystem.from_terms(("t",), [{(1,): 1}])
    (x,), (t,) = polynomial_ring(("x",)).gens(), polynomial_ring(("t",)).gens()
    link = write.ring_isomorphism(
        system,
        reduced,
        [2 * t + 1],
        [(x - 1) / 2],
        [[2 * t**0]],
        [[x**0 / 2]],
        [[x * 0]],
        [[t * 0]],
    )
    entry = {"center": [["0*2^0", "0*2^0"]], "radius": ["1*2^-9"], "zero": [0], "restricted": []}
    boxes = write.document(
        "boxes", reduced, {"at_least": {"boundary": 1}}, {"precision": 53, "boxes": [entry]}
    )
    check_document(write.count_document(system, {"real": 1}, {}, [link, boxes]))
    rejected(write.count_document(system, {"boundary": 1}, {}, [link, boxes]), "does not follow")


def test_an_isomorphism_must_be_inverse_both_ways():
    document = GOOD["isomorphism"]()
    document["proof"]["round_trip"] = [[[], []], [[], []]]
    rejected(document, "an identity fails")


def test_a_signature_needs_the_true_multiplication():
    document = GOOD["signature"]()
    document["proof"]["matrices"][0] = [[[1, "2"]], [[0, "2"]]]  # x·y = 2: another algebra
    rejected(document, "vanish|commute|coordinates")
    document = GOOD["double_point"]()
    document["claim"]["distinct"] = 2
    rejected(document, "rank 1, signature 1")


def test_multiple_zeros_are_not_called_simple():
    document = GOOD["double_point"]()
    del document["proof"]["upper"]
    rejected(document, "either 'upper' or 'prime'")
    document["proof"]["prime"] = "2147483647"
    rejected(document, "Jacobian is not invertible")


def test_some_zeros_are_a_lower_bound_only():
    facts = check_document(GOOD["some_zeros"]()).facts
    assert facts["real", "at_least"] == 2
    assert ("real", "at_most") not in facts
    assert ("complex", "at_most") not in facts


def test_a_form_without_leading_pivots_is_decided_by_its_characteristic_polynomial():
    from flint import fmpq_mat

    for rows, expected in (
        ([[0, 1], [1, 0]], (2, 0)),
        ([[0, 0], [0, -3]], (1, -1)),
        ([[1, 1, 0], [1, 1, 0], [0, 0, 5]], (2, 2)),
        ([[2, 0], [0, -7]], (2, 0)),
    ):
        assert checker.rank_and_signature(fmpq_mat(rows), checker.Work()) == expected


def test_bezout_needs_every_variable_in_exactly_one_group():
    for groups in ([[0]], [[0], [0, 1]], [[0, 1], []], [[0], [1], [1]]):
        document = GOOD["bezout"]()
        document["proof"]["groups"] = groups
        rejected(document, "partition")


def test_a_system_without_zeros_has_bound_zero():
    x, y = polynomial_ring(("x", "y")).gens()
    system = PolynomialSystem(("x", "y"), (x * y - 1, x))
    member = {"polynomial": [["1", [0, 0]]], "cofactors": write.polynomials_json([x**0 * -1, y])}
    proof = {"method": "staircase", "order": "grevlex", "members": [member]}
    document = write.document("quotient-dimension", system, {"at_most": 0}, proof)
    assert check_document(document).facts["complex", "at_most"] == 0


def test_systems_with_parameters_are_not_counted():
    system = PolynomialSystem(("x",), (polynomial({(1, 1): 1}, ("x", "p")),), ("p",))
    rejected(write.bezout(system, 5, [[0]]), "parameters")


@pytest.mark.parametrize("system", [parabolas, axes, circle, one_neuron])
def test_systems_survive_the_journey_through_json(system):
    subject = system()
    read = checker.read_system(write.system_json(subject), checker.Work())
    assert read.equations == subject.equations
