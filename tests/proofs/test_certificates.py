"""Writing certificates: the published schema, exact numbers, round trips."""

import json
from pathlib import Path

import jsonschema
import pytest
from flint import arb, fmpq
from good_certificates import GOOD, parabolas
from hypothesis import given
from hypothesis import strategies as st

import proofs
from algebra.errors import InputError
from algebra.systems import PolynomialSystem, polynomial_ring
from proofs import certificates as write
from proofs import checker

SCHEMA = json.loads(
    (Path(proofs.__file__).parent / "schemas" / "certificate-2.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_published_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", GOOD)
def test_good_certificates_satisfy_the_published_schema(name):
    VALIDATOR.validate(GOOD[name]())


def test_the_schema_knows_every_kind_of_the_checker():
    named = set()
    for kind in SCHEMA["$defs"]["document"]["oneOf"]:
        values = kind["properties"]["kind"]
        named |= set(values.get("enum", [values.get("const")]))
    assert named == set(checker.KINDS)


def test_the_schema_refuses_unknown_fields():
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**GOOD["bezout"](), "trusted": True})


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300))
def test_dyadic_strings_are_exact(value):
    ball = checker.dyadic(write.dyadic(value))
    assert ball.is_exact()
    assert float(ball) == value


def test_dyadic_strings_of_balls_are_their_midpoints():
    assert write.dyadic(arb(3) / 4) == "3*2^-2"
    assert write.dyadic(7) == "7*2^0"


coefficients = st.tuples(st.integers(-(10**30), 10**30), st.integers(1, 10**20))
terms = st.dictionaries(st.tuples(*[st.integers(0, 40)] * 3), coefficients, max_size=8)


@given(terms)
def test_polynomials_survive_the_journey_through_json(found):
    ring = polynomial_ring(("x", "y", "z"))
    f = ring.from_dict({m: fmpq(*c) for m, c in found.items()})
    text = json.dumps(write.polynomial_json(f))
    assert checker.Ring(("x", "y", "z")).read(json.loads(text), checker.Work()) == f


def test_powers_of_the_imaginary_unit_are_reduced():
    ring = polynomial_ring(("x", "I"))
    x, i = ring.gens()
    system = PolynomialSystem(("x",), (x * i**3 + i**2 + 5,), imaginary=True)
    read = checker.read_system(write.system_json(system), checker.Work())
    assert read.equations == (4 - x * i,)


def test_files_are_written_canonically_and_read_back(tmp_path):
    path = tmp_path / "certificate.json"
    write.write_certificate(GOOD["count"](), path)
    first = path.read_bytes()
    write.write_certificate(json.loads(first), path)
    assert path.read_bytes() == first
    assert checker.check_file(path).kind == "count"


def test_an_unwritable_path_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write.write_certificate(GOOD["bezout"](), tmp_path / "missing" / "file.json")


def test_conditions_are_pairs_of_a_polynomial_and_its_exponent():
    x, y = polynomial_ring(("x", "y")).gens()
    f1, _ = parabolas().equations
    # y (x² − 2) = y f1: wherever y ≠ 0, x² = 2.
    assert f1 * y == (x**2 - 2) * y
    document = write.identity(parabolas(), x**2 - 2, [y, y * 0], conditions=[(y, 1)])
    assert document["proof"]["condition_powers"] == [1]
    assert "y ≠ 0" in checker.check_document(document).proved[0]
