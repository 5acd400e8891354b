"""The decoupled family: isomorphisms, and the thesis's bounds from its Newton polytopes."""

import pytest
from flint import fmpq

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData
from algebra.words import Word
from proofs import certificates as write
from proofs.family_bounds import family_bound, universal_bound
from proofs.reduction import parametric_family, reduce_family
from proofs.settlement import settle_certificate


@pytest.mark.parametrize("name", ["1-1-1", "2-1-2", "1-2-2", "2-3-1"])
@pytest.mark.parametrize("coupling", [0, 1, fmpq(-3, 7)])
def test_every_member_is_isomorphic_to_its_signals(name, coupling):
    network = LinearNetwork.parse(name)
    assert reduce_family(network, network.data(), coupling).holds()


def test_the_isomorphism_holds_for_indeterminate_data_and_coupling():
    reduction = parametric_family(LinearNetwork((2, 2, 1)))
    assert reduction.holds()
    assert "epsilon" in reduction.system.variables
    assert settle_certificate(reduction.certificate()).word is Word.PROVED


@pytest.mark.parametrize("name", ["2-1-3", "1-2-1", "2-2-2", "2-3-1"])
def test_newton_polytopes_of_the_family_give_the_bounds_of_the_thesis(name):
    # Proposition 3.6 and Theorem 3.9 of arXiv:2301.12651: (4p)^d and (1+4p)^d.
    network = LinearNetwork.parse(name)
    _, d, p = network.widths
    member = reduce_family(network, network.data(), 1)
    for region, bound in (("complex", (1 + 4 * p) ** d), ("torus", (4 * p) ** d)):
        settled = settle_certificate(family_bound(member, region), system=member.system)
        assert settled.word is Word.PROVED
        assert settled.facts[region, "at_most"] == bound
        found, document = universal_bound(network, region)
        assert found == bound
        assert settle_certificate(document).word is Word.PROVED


def test_data_on_a_line_are_reduced_like_one_point():
    network = LinearNetwork((2, 2, 1), m=2)
    data = NetworkData.from_dict(
        {
            "X": [[1, 2], [3, 6]],
            "Y": [[1, 5]],
            "Lambda": [[[1, 2], [3, 5]], [[7, 11]]],
        },
        network,
    )
    assert reduce_family(network, data, 1).holds()
    assert reduce_family(network, data, 2).holds()
    with pytest.raises(InputError, match="rank of X"):
        reduce_family(network, network.data(), 1)


def test_a_torus_bound_needs_monomial_images():
    # With x_2 = 0 an image vanishes: the signals may be nonzero where a weight is not.
    network = LinearNetwork((2, 1, 1))
    data = NetworkData.from_dict(
        {"X": [[1], [0]], "Y": [[2]], "Lambda": [[[1, 2]], [[3]]]}, network
    )
    member = reduce_family(network, data, 1)
    document = family_bound(member, "torus")
    assert settle_certificate(document, system=member.system).word is not Word.PROVED


def test_a_missing_cofactor_is_noticed():
    network = LinearNetwork((1, 2, 1))
    document = family_bound(reduce_family(network, network.data(), 1), "complex")
    rows = document["proof"]["parts"][0]["proof"]["backward_cofactors"]
    rows[0][0] = []
    assert settle_certificate(document).word is not Word.PROVED
    assert write.SCHEMA in document["schema"]
