"""Second opinions: identities over Z, as Coq and Lean files."""

import itertools
import shutil

import pytest
from flint import fmpq
from good_certificates import GOOD, parabolas

from algebra.errors import InputError
from algebra.networks import LinearNetwork
from algebra.systems import polynomial_ring
from proofs import certificates as write
from proofs import identities as network_identities
from proofs.export import coq
from proofs.export.coq import check_path_with_coq, check_with_coq, coq_file
from proofs.export.integers import identities, integer_identity
from proofs.export.lean import lean_file

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
EXPORTED = ("membership", "radical", "parametric")


def expand(identity):
    """Left minus right, by python-flint."""
    ring = polynomial_ring(identity.names)

    def read(f):
        assert all(isinstance(c, int) for c, _ in f)
        return ring.from_dict({m: fmpq(c) for c, m in f})

    left = identity.factor * read(identity.conclusion) ** identity.power
    for condition, e in identity.conditions:
        left *= read(condition) ** e
    for q, f in zip(identity.cofactors, identity.generators, strict=True):
        left -= read(q) * read(f)
    return left


def with_denominators():
    # (x/2 − y/3)·… : (3/5)(x − 2y) = (3/5)(y f1 − x f2) with f scaled by fractions
    x, y = polynomial_ring(("x", "y")).gens()
    f1, f2 = parabolas().equations
    system = parabolas().with_equations([f1 / 7, f2 * fmpq(2, 9)])
    goal = (x - 2 * y) * fmpq(3, 5)
    cofactors = [y * fmpq(21, 5), -x * fmpq(27, 10)]
    return write.identity(system, goal, cofactors, kind="membership")


@pytest.mark.parametrize("document", [*(GOOD[n] for n in EXPORTED), with_denominators])
def test_integer_identities_hold(document):
    identity = integer_identity(document())
    assert identity.factor != 0
    assert expand(identity) == 0


def test_identities_of_networks_stay_identities_over_the_integers():
    network = LinearNetwork((2, 2, 2), m=1)
    for identity in network_identities.no_stray_zeros_in_last_layer(network):
        assert expand(integer_identity(identity.certificate())) == 0


def test_parts_of_compositions_are_found():
    assert len(list(identities(GOOD["conjunction"]()))) == 2
    assert list(identities(GOOD["boxes"]())) == []


def test_other_kinds_have_no_export():
    with pytest.raises(InputError, match="no export"):
        integer_identity(GOOD["boxes"]())
    assert coq_file(GOOD["boxes"]()) == ""
    assert lean_file(GOOD["boxes"]()) == ""


def test_lean_files_have_one_linear_combination_per_identity():
    text = lean_file(GOOD["conjunction"]())
    assert text.count("linear_combination") == 2
    assert "(1) * (x + (-2) * y) ^ 1 = 0" in text
    assert text.startswith("import Mathlib.Tactic")


def test_without_coq_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(coq.shutil, "which", lambda name: None)
    result = check_with_coq(GOOD["membership"]())
    assert result.accepted is None
    assert "not installed" in result.message


def test_small_identities_read_like_mathematics():
    text = coq_file(GOOD["radical"]())
    assert "(y)^4 = " in text
    assert "Print Assumptions identity_1." in text
    assert "Axiom" not in text
    assert "Admitted" not in text


@needs_coq
@pytest.mark.parametrize("limit", [-1, coq.RING_LIMIT])
def test_coq_accepts_identities_by_ring_and_by_reflection(monkeypatch, limit):
    monkeypatch.setattr(coq, "RING_LIMIT", limit)
    parts = [*(GOOD[name]() for name in EXPORTED), with_denominators()]
    result = check_with_coq(write.conjunction("", parts))
    assert result.accepted, result.message
    assert result.theorems == len(parts)


@needs_coq
@pytest.mark.parametrize("limit", [-1, coq.RING_LIMIT])
def test_coq_rejects_a_broken_identity(monkeypatch, limit):
    monkeypatch.setattr(coq, "RING_LIMIT", limit)
    document = GOOD["radical"]()
    document["proof"]["power"] = 3
    assert check_with_coq(document).accepted is False


@needs_coq
def test_coq_checks_the_certificates_of_a_folder(tmp_path):
    write.write_certificate(GOOD["radical"](), tmp_path / "one.json")
    write.write_certificate(GOOD["boxes"](), tmp_path / "two.json")
    (tmp_path / "three.json").write_text("not JSON")
    assert check_path_with_coq(tmp_path).accepted
    assert check_path_with_coq(tmp_path / "two.json").theorems == 0


@needs_coq
@pytest.mark.slow
def test_coq_accepts_propositions_3_1_to_3_3_for_2_2_2():
    network = LinearNetwork((2, 2, 2), m=1)
    found = itertools.chain(
        network_identities.no_stray_zeros_in_first_layer(network),
        network_identities.null_rows_match_null_columns(network),
        network_identities.no_stray_zeros_in_last_layer(network),
    )
    result = check_with_coq(write.conjunction("", [i.certificate() for i in found]))
    assert result.accepted, result.message
    assert result.theorems == 16
