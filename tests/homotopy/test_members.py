"""Generic members: their number of zeros, their symmetry, parameter homotopies from them."""

import numpy as np
import pytest

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from algebra.systems import PolynomialSystem
from homotopy.certify import certify
from homotopy.errors import StartUnavailable
from homotopy.families import generic_count, network_family, reduced_family, reduced_values
from homotopy.members import Member, generic_member, generic_member_of, sign_orbits


def floats(values):
    return np.array([int(v.p) / int(v.q) for v in values], dtype=np.complex128)


@pytest.mark.parametrize(
    ("widths", "count"),
    [((2, 1, 2), 9), ((2, 2, 1), 9), ((2, 2, 2), 33), ((1, 2, 3), 73), ((1, 3, 1), 13)],
)
def test_generic_counts_are_those_of_table_3_1(widths, count):
    # arXiv:2301.12651, Table 3.1, column N_C; here found by (1 + 4p)^d paths.
    network = LinearNetwork(widths, m=1)
    assert generic_count(network) == count
    member = generic_member(network)
    assert member.count == count
    values = member.family.program.evaluate(
        member.lifted(member.representatives), member.parameters
    )
    assert np.abs(values).max() < 1e-8


def test_deep_chains_have_the_count_of_their_closed_form():
    # 1 + H·2^(H+1)·p for hidden widths 1 (docs: counts of chains).
    network = LinearNetwork((1, 1, 1, 1), m=1)
    assert generic_count(network) == 17
    assert generic_member(network).count == 17


def test_one_path_per_orbit_of_sign_changes():
    member = generic_member(LinearNetwork((2, 2, 2), m=1))
    # 1 + 16/2 + 16/4 orbits of the group of order 4.
    assert len(member.representatives) == 13
    zeros = member.lifted(member.representatives)
    assert zeros.shape == (33, 8)
    for k in range(33):
        assert np.array_equal(zeros[k], member.representatives[member.orbits[k]] * member.images[k])


def test_incomplete_orbits_are_left_alone():
    zeros = np.array([[1, 2], [-1, 2], [3, 4], [0, 5]], dtype=complex)
    flip = np.array([-1, 1], dtype=np.int8)
    representatives, orbits, images = sign_orbits(zeros, [flip])
    assert len(representatives) == 3
    assert np.array_equal(representatives[orbits] * images, zeros)


@pytest.mark.parametrize("seed", range(3))
def test_every_data_set_costs_one_path_per_orbit_and_loses_nothing(seed):
    network = LinearNetwork((2, 2, 2), m=1)
    member = generic_member(network)
    data = network.data(seed)
    ends, good = member.track_to(floats(data.parameter_values)[None])
    assert good.all()
    result = certify(network.gradient_system(data=data), member.lifted(ends[0]))
    assert result.distinct_count == 33
    assert {len(k): v for k, v in result.patterns.items()} == {0: 16, 4: result.patterns[
        (0, 1, 4, 6)], 8: 1}  # fmt: skip


def test_reduced_coordinates_have_the_same_real_and_complex_counts():
    network = LinearNetwork((3, 2, 2), m=1)
    full, reduced = (generic_member(network, coordinates=c) for c in ("full", "reduced"))
    assert full.count == reduced.count == 33
    for seed in range(4):
        data = network.data(seed)
        counts = []
        for member, values in (
            (full, list(data.parameter_values)),
            (reduced, reduced_values(network, data)),
        ):
            ends, _ = member.track_to(floats(values)[None])
            batch = member.family.certify(member.lifted(ends[0]), values)
            assert batch.disjoint()
            counts.append(np.bincount(batch.reality, minlength=3).tolist())
        assert counts[0] == counts[1]


def test_a_system_with_parameters_has_a_generic_member():
    # A circle and a line: two zeros, for all parameters off a curve.
    system = PolynomialSystem.parse("variables x, y; parameters a, b; x^2 + y^2 - a; x - b*y - 1")
    member = generic_member_of(system)
    assert member.count == 2
    with pytest.raises(InputError, match="no parameters"):
        generic_member_of(PolynomialSystem.parse("x^2 - 2"))


def test_a_member_survives_writing_and_reading_bit_by_bit():
    network = LinearNetwork((1, 2, 1), m=1)
    member = generic_member(network)
    again = Member.from_dict(network_family(network), member.to_dict())
    assert np.array_equal(again.parameters, member.parameters)
    assert np.array_equal(
        again.lifted(again.representatives), member.lifted(member.representatives)
    )


def test_reduced_coordinates_say_when_they_do_not_apply():
    with pytest.raises(StartUnavailable, match="one hidden layer"):
        reduced_family(LinearNetwork((1, 1, 1, 1), m=1))
    network = LinearNetwork((1, 1, 1), m=1)
    data = NetworkData.from_dict({"X": [[1]], "Y": [[1]], "Lambda": 0}, network)
    with pytest.raises(InputError, match="nonzero"):
        reduced_values(network, data)
    with pytest.raises(InputError, match="coordinates"):
        generic_member(network, coordinates="polar")
