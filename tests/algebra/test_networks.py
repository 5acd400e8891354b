import json

import numpy as np
import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from algebra.errors import InputError
from algebra.networks import LinearNetwork, NetworkData

small_networks = st.builds(
    LinearNetwork,
    st.lists(st.integers(1, 3), min_size=2, max_size=4).map(tuple),
    st.integers(1, 4),
).filter(lambda network: network.term_bound() <= 2000)


def exact(matrix):
    return [[sympy.Rational(int(v.p), int(v.q)) for v in row] for row in matrix]


def symbolic_loss(network, data):
    """The loss of the docstring, written down with SymPy matrices."""
    symbols = sympy.symbols(network.variables)
    entries, product, penalty = iter(symbols), sympy.Matrix(exact(data.X)), sympy.Integer(0)
    for (rows, columns), layer in zip(network.shapes, data.Lambda, strict=True):
        matrix = sympy.Matrix(rows, columns, lambda i, j: next(entries))
        product = matrix * product
        penalty += sum(
            (v * w**2 for v, w in zip(sympy.flatten(exact(layer)), matrix, strict=True)),
            start=sympy.Integer(0),
        )
    residual = product - sympy.Matrix(exact(data.Y))
    return symbols, (sum(r**2 for r in residual) + penalty) / 2


@pytest.mark.parametrize("name", ["1-1-1", "2-2-1,m=2", "2-1-2,m=3", "1-2-1-2", "2-3,m=4"])
def test_equations_are_the_symbolic_derivatives_of_the_loss(name):
    network = LinearNetwork.parse(name)
    system = network.gradient_system(seed=7)
    symbols, loss = symbolic_loss(network, system.metadata["data"])
    for symbol, equation in zip(symbols, system.to_sympy(), strict=True):
        assert sympy.expand(sympy.diff(loss, symbol) - equation) == 0


@settings(deadline=None, max_examples=30)
@given(small_networks, st.integers(0, 1000))
def test_equations_are_the_derivatives_of_the_exact_loss(network, seed):
    system = network.gradient_system(seed)
    loss = network.exact_loss(system.ring.gens(), system.metadata["data"])
    assert tuple(loss.derivative(i) for i in range(len(system.variables))) == system.equations


@settings(deadline=None, max_examples=30)
@given(small_networks, st.integers(0, 1000))
def test_program_expands_to_the_equations(network, seed):
    system = network.gradient_system(seed)
    assert system.program.parameters == ()
    assert system.program.expand(system.ring) == system.equations


@settings(deadline=None, max_examples=20)
@given(small_networks.filter(lambda n: n.term_bound() * n.m <= 500), st.integers(0, 1000))
def test_parametric_system_specialises_to_the_gradient_system(network, seed):
    parametric, data = network.parametric_system(), network.data(seed)
    assert parametric.program.expand(parametric.ring) == parametric.equations
    values = dict(zip(network.parameters, data.parameter_values, strict=True))
    assert parametric.specialise(values).equations == network.gradient_system(seed).equations


@settings(deadline=None, max_examples=20)
@given(small_networks, st.integers(0, 1000))
def test_loss_in_floating_point_agrees_with_the_exact_loss(network, seed):
    data = network.data(seed)
    weights = [fmpq(k % 5 - 2, 3) for k in range(network.weight_count)]
    floats = np.array([int(w.p) / int(w.q) for w in weights])
    value = network.exact_loss(weights, data)
    assert network.loss(floats, data) == pytest.approx(int(value.p) / int(value.q))
    assert network.loss(np.stack([floats, 2 * floats]), data).shape == (2,)


@settings(deadline=None, max_examples=20)
@given(small_networks, st.integers(0, 1000))
def test_sign_changes_of_hidden_units_leave_the_loss_unchanged(network, seed):
    data, gens = network.data(seed), None
    gens = network.gradient_system(seed).ring.gens()
    loss = network.exact_loss(gens, data)
    generators = network.sign_generators()
    assert len(generators) == sum(network.widths[1:-1])
    for signs in generators:
        flipped = [int(s) * w for s, w in zip(signs, gens, strict=True)]
        assert network.exact_loss(flipped, data) == loss


@settings(deadline=None, max_examples=20)
@given(small_networks, st.integers(0, 1000))
def test_exchanging_hidden_units_permutes_weights_and_parameters(network, seed):
    data = network.data(seed)
    gens = network.gradient_system(seed).ring.gens()
    loss = network.exact_loss(gens, data)
    for weights, parameters in network.permutation_generators():
        assert sorted(weights) == list(range(network.weight_count))
        values = [data.parameter_values[int(i)] for i in parameters]
        _, _, penalties = network._split_parameters(values)
        moved = NetworkData(data.X, data.Y, tuple(tuple(map(tuple, p)) for p in penalties))
        assert network.exact_loss([gens[int(i)] for i in weights], moved) == loss


def test_generic_regularisers_break_the_exchange_of_units_and_uniform_ones_keep_it():
    generic = LinearNetwork((2, 3, 2))
    uniform = LinearNetwork.parse("2-3-2,regulariser=uniform")
    assert generic.permutations_fixing(generic.data()) == []
    assert len(uniform.permutations_fixing(uniform.data())) == 2


@pytest.mark.parametrize("name", ["2-2-2", "1-3-2,m=2", "3-1-1"])
def test_decoupled_family_joins_single_neurons_to_the_network(name):
    network = LinearNetwork.parse(name)
    data = network.data(5)
    family = network.decoupled_system(data)
    assert family.parameters == ("epsilon",)
    at_one = family.specialise({"epsilon": 1})
    assert at_one.equations == network.gradient_system(data=data).equations
    at_zero = family.specialise({"epsilon": 0})
    d_x, units, d_y = network.widths
    for unit in range(1, units + 1):
        single = LinearNetwork((d_x, 1, d_y), network.m)
        first = (data.Lambda[0][unit - 1],)
        second = tuple((row[unit - 1],) for row in data.Lambda[1])
        alone = single.gradient_system(data=NetworkData(data.X, data.Y, (first, second)))
        own = [network.weight_index(1, unit, j) for j in range(1, d_x + 1)]
        own += [network.weight_index(2, k, unit) for k in range(1, d_y + 1)]
        images = [at_zero.ring.gen(i) for i in own]
        expected = [f.compose(*images, ctx=at_zero.ring) for f in alone.equations]
        assert [at_zero.equations[i] for i in own] == expected


def test_decoupled_family_needs_one_hidden_layer():
    with pytest.raises(InputError, match="one hidden layer"):
        LinearNetwork((1, 1, 1, 1)).decoupled_program()


def test_variables_and_degrees_are_those_of_the_contract():
    network = LinearNetwork((2, 3, 2))
    assert network.variables[:2] == ("w1_1_1", "w1_1_2")
    assert network.variables[-1] == "w2_2_3"
    assert network.shapes == ((3, 2), (2, 3))
    assert network.variables[network.weight_index(2, 1, 3)] == "w2_1_3"
    assert set(LinearNetwork((1, 2, 1, 1)).gradient_system().degrees) == {5}


def test_parse_reads_widths_and_suffixes():
    network = LinearNetwork.parse(" 3-2-2 , m=2, seed=3, signs=any ")
    assert (network.widths, network.m, network.seed) == ((3, 2, 2), 2, 3)
    assert network == LinearNetwork((3, 2, 2), m=2)
    assert network.gradient_system().equations == network.gradient_system(seed=3).equations
    assert LinearNetwork.parse("2-2-2").m == 1


@pytest.mark.parametrize(
    "name",
    [
        *("", "2", "2-0-2", "2--1-2", "-2-2", "a-b", "2-2-2,m=0", "2-2-2,m=-1", "2-2-2,m=1.5"),
        *("2-2-2,seed=-1", "2-2-2,signs=odd", "2-2-2,foo=1", "2-2-2,m=1,m=2", "2-2-2,", "2-2-2,m"),
        *("10000-10000", "2-2-2,m=99999999999", "2-2.5-2", "٢-٢", "2-2-2\n2", "9" * 20 + "-1"),
    ],
)
def test_names_that_are_no_network_are_refused(name):
    with pytest.raises(InputError):
        LinearNetwork.parse(name)


def test_networks_too_large_to_expand_are_refused_before_expanding():
    with pytest.raises(InputError, match="terms"):
        LinearNetwork((9, 9, 9, 9, 9)).gradient_system()


def test_term_bound_is_an_upper_bound():
    for name in ["2-2-2", "3-2-2,m=3", "1-2-3-1", "2-2-2-2,m=2"]:
        network = LinearNetwork.parse(name)
        assert sum(map(len, network.gradient_system().equations)) <= network.term_bound()


# -- data -------------------------------------------------------------------------------------


@settings(deadline=None)
@given(small_networks, st.integers(0, 2**32))
def test_random_entries_are_nonzero_different_and_exact_doubles(network, seed):
    data = network.data(seed)
    values = data.parameter_values
    assert len(values) == len(network.parameters)
    assert len({abs(v) for v in values}) == len(values)
    assert all(v != 0 for v in values)
    assert all(fmpq(*(int(v.p) / int(v.q)).as_integer_ratio()) == v for v in values)
    penalties = [v for matrix in data.Lambda for row in matrix for v in row]
    assert all(v > 0 for v in penalties)


def test_a_seed_means_the_same_data_for_ever():
    # Published data sets are named by their seed; a change here would change what a name means.
    data = LinearNetwork((2, 2, 2)).data(3)
    assert str(data.X[0][0]) == "-15519/16384"
    assert str(data.Lambda[1][1][1]) == "62669/65536"


def test_regularisers_and_signs():
    none = LinearNetwork.parse("2-2-2,regulariser=none").data()
    assert not none.regularised
    uniform = LinearNetwork.parse("2-2-2,regulariser=uniform").data()
    assert len({v for m in uniform.Lambda for row in m for v in row}) == 1
    mixed = [LinearNetwork.parse("3-3-3,signs=any").data(s) for s in range(3)]
    assert any(v < 0 for d in mixed for m in d.Lambda for row in m for v in row)


def test_data_survive_json(tmp_path):
    network = LinearNetwork((2, 2, 1), m=2)
    data = network.data(9)
    path = tmp_path / "data.json"
    path.write_text(json.dumps({"network": network.name, **data.to_dict()}))
    assert NetworkData.from_json(path, network) == data
    with pytest.raises(InputError, match="expected 2-2-2"):
        NetworkData.from_json(path, LinearNetwork((2, 2, 2)))


def test_exact_strings_and_floats_are_told_apart():
    network = LinearNetwork((1, 1, 1))
    exact_data = NetworkData.from_dict(
        {"X": [["0.1"]], "Y": [["1/3"]], "Lambda": "1.5e-1"}, network
    )
    assert exact_data.X[0][0] == fmpq(1, 10)
    assert exact_data.Lambda[0][0][0] == fmpq(3, 20)
    assert exact_data.notes == ()
    floats = NetworkData.from_dict({"X": [[0.1]], "Y": [[2.0]], "Lambda": 0}, network)
    assert floats.X[0][0] == fmpq(*(0.1).as_integer_ratio())
    assert any("dyadic" in note and "X" in note and "Y" not in note for note in floats.notes)
    assert not floats.regularised


def test_random_lambda_is_noted_and_depends_on_the_seed():
    network = LinearNetwork((1, 1, 1))
    first = NetworkData.from_dict({"X": [1], "Y": [2], "Lambda": "random"}, network, seed=1)
    second = NetworkData.from_dict({"X": [1], "Y": [2]}, network, seed=2)
    assert first.Lambda != second.Lambda
    assert "seed 1" in first.notes[0]


def test_csv_is_exact_and_npy_is_floating(tmp_path):
    network = LinearNetwork((2, 1, 1), m=3)
    x, y = tmp_path / "x.csv", tmp_path / "y.npy"
    x.write_text("0.1, 2, 1/3\n4,5,-6e0\n")
    np.save(y, np.array([[1.0, 2.5, 0.1]]))
    data = NetworkData.from_arrays(network, x, y, Lambda=0)
    assert list(data.X) == [(fmpq(1, 10), 2, fmpq(1, 3)), (4, 5, -6)]
    assert data.Y[0][2] == fmpq(*(0.1).as_integer_ratio())


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"X": [[1, 2], [3, 4]]}, "no Y"),
        ({"X": [[1, 2]], "Y": [[1], [2]]}, r"X has shape 1 × 2: expected 2 × 1.*transposed"),
        ({"X": [[1, 2], [3, 4]], "Y": [1, 2]}, r"X has shape 2 × 2: expected 2 × 1.*m=2"),
        ({"X": [[1], [2, 3]], "Y": [1, 2]}, "X has shape 2 × 1 or 2"),
        ({"X": [1, 2], "Y": [1, 2, 3]}, r"Y has shape 3 × 1: expected 2 × 1"),
        ({"X": [1, [2]], "Y": [1, 2]}, "mixes rows and numbers"),
        ({"X": "abc", "Y": [1, 2]}, "expected a list of rows"),
        ({"X": [1, "zwei"], "Y": [1, 2]}, "X: 'zwei' is not a number"),
        ({"X": [1, float("nan")], "Y": [1, 2]}, "not a finite number"),
        ({"X": [1, True], "Y": [1, 2]}, "not a real number"),
        ({"X": [1, None], "Y": [1, 2]}, "not a real number"),
        ({"X": [1, "1/0"], "Y": [1, 2]}, "denominator is zero"),
        ({"X": [1, 2], "Y": [1, 2], "Lambda": [[[1, 1]]]}, "Lambda has 1 matrices: expected 2"),
        ({"X": [1, 2], "Y": [1, 2], "Lambda": [[[1, 1]], [[1]]]}, r"Lambda\[1\] has shape 1 × 1"),
        ({"X": [1, 2], "Y": [1, 2], "Lambda": "rando"}, "is not a number"),
        ({"X": [], "Y": []}, "X has shape 0 × 0"),
    ],
)
def test_data_of_the_wrong_shape_or_kind_are_refused(document, message):
    with pytest.raises(InputError, match=message):
        LinearNetwork((2, 1, 2)).gradient_system(data=document)


@pytest.mark.parametrize(
    "content",
    [b"", b"[1]", b"{", b"\xff\xfe", b'{"X": ' + b"[" * 100_000, b'{"X": ' + b"9" * 5000 + b"}"],
)
def test_files_that_are_no_data_are_refused(tmp_path, content):
    path = tmp_path / "data.json"
    path.write_bytes(content)
    with pytest.raises(InputError):
        NetworkData.from_json(path, LinearNetwork((1, 1)))


def test_pickled_and_complex_arrays_are_refused(tmp_path):
    network = LinearNetwork((1, 1))
    good, bad = tmp_path / "good.npy", tmp_path / "bad.npy"
    np.save(good, np.ones((1, 1)))
    for array in (np.array([[{}]], dtype=object), np.array([[1j]]), np.ones((1, 1, 1))):
        np.save(bad, array, allow_pickle=True)
        with pytest.raises(InputError):
            NetworkData.from_arrays(network, bad, good)
    with pytest.raises(InputError, match="cannot read"):
        NetworkData.from_arrays(network, tmp_path / "missing.npy", good)


def test_data_of_another_network_are_refused():
    data = LinearNetwork((2, 2, 2)).data()
    with pytest.raises(InputError, match="expected"):
        LinearNetwork((2, 1, 2)).gradient_system(data=data)
