"""Solving: literature counts, laws, trivial shapes, nothing lost and nothing found twice."""

from fractions import Fraction

import numpy as np
import pytest

from algebra.counting import count_zeros
from algebra.errors import InputError, LimitReached
from algebra.families import cassou, chandra, cyclic, eco, heart, katsura, noon, reimer
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from homotopy.accounting import clusters, partners
from homotopy.errors import JournalMismatch, StartUnavailable
from homotopy.parameters import parameter_homotopy
from homotopy.solve import solve


def certified(result):
    return sum(s.certified for s in result.solutions)


@pytest.mark.parametrize(
    ("system", "zeros"),
    [
        (cyclic(5), 70),  # G. Björck, R. Fröberg, J. Symb. Comput. 12 (1991)
        (katsura(5), 32),  # 2^n
        (noon(4), 73),  # 3^n - 2n: V. W. Noonburg, SIAM J. Appl. Math. 49 (1989)
        (eco(7), 32),  # 2^(n-2)
        (chandra(6), 32),  # 2^(n-1)
        (cassou(), 16),
        (heart(), 4),
    ],
    ids=["cyclic-5", "katsura-5", "noon-4", "eco-7", "chandra-6", "cassou", "heart"],
)
def test_known_systems_lose_nothing(system, zeros):
    result = solve(system)
    assert certified(result) == len(result.solutions) == zeros
    assert result.paths.failed == 0
    ends = result.paths
    assert ends.success + ends.at_infinity + ends.singular + ends.failed == ends.tracked


@pytest.mark.parametrize(
    ("widths", "m", "zeros"),
    # Generic numbers, tested against exact counting below as well.
    [((2, 2, 2), 1, 33), ((1, 1, 1, 1), 1, 17), ((2, 1, 2), 2, 17), ((1, 2, 1), 1, 9)],
)
def test_networks_lose_nothing(widths, m, zeros):
    system = LinearNetwork(widths, m=m).gradient_system(seed=0)
    result = solve(system)
    assert certified(result) == len(result.solutions) == zeros
    # The number of real critical points is odd when it is finite: one sign per hidden unit acts.
    assert sum(s.real is True for s in result.solutions) % 2 == 1


@pytest.mark.parametrize("start", ["total-degree", "multihomogeneous", "polyhedral", "decoupled"])
def test_every_start_finds_the_same_zeros(start):
    system = LinearNetwork((1, 2, 1)).gradient_system(seed=2)
    expected = solve(system).points
    assert np.array_equal(solve(system, start=start).points, expected)


@pytest.mark.parametrize("system", [cyclic(5), noon(3), LinearNetwork((2, 2, 2)).gradient_system()])
def test_the_seed_changes_no_digit(system):
    first, second = solve(system, seed=0), solve(system, seed=7)
    assert np.array_equal(first.points, second.points)


@pytest.mark.slow
@pytest.mark.parametrize("start", ["decoupled", "polyhedral", "total-degree"])
def test_network_222_finds_33_from_every_start(start):
    system = LinearNetwork((2, 2, 2)).gradient_system(seed=0)
    expected = {"decoupled": 81, "polyhedral": 1089, "total-degree": 6561}
    for seed in range(3 if start == "decoupled" else 1):
        result = solve(system, start=start, seed=seed)
        assert result.paths.tracked == expected[start]
        assert certified(result) == 33


def test_zero_coordinates_and_the_torus():
    # 2y + 3y² - xy³, x + 4x² - 2x³y: six finite zeros, three of them in the torus.
    system = PolynomialSystem.from_terms(
        ("x", "y"),
        [{(0, 1): 2, (0, 2): 3, (1, 3): -1}, {(1, 0): 1, (2, 0): 4, (3, 1): -2}],
    )
    affine = solve(system, start="polyhedral")
    assert (affine.paths.tracked, certified(affine)) == (8, 6)
    assert np.sum(affine.points == 0) == 4
    torus = solve(system, start="polyhedral", region="torus")
    assert (torus.paths.tracked, certified(torus)) == (3, 3)


def test_griewank_osborne_has_one_exact_zero_of_multiplicity_three():
    system = PolynomialSystem.from_terms(
        ("x", "y"), [{(3, 0): Fraction(29, 16), (1, 1): -2}, {(0, 1): 1, (2, 0): -1}]
    )
    result = solve(system)
    assert [(s.multiplicity, s.exact) for s in result.solutions] == [(3, True)]
    assert certified(result) == 0
    assert result.points.tolist() == [[0, 0]]
    # No box holds it: interval tests never pass at a multiple zero.
    assert result.proof.boxes == ()
    assert result.dimension == 0


def test_conjugates_are_complete_and_reality_is_decided():
    result = solve(cyclic(5))
    points = result.points
    assert np.all(partners(points, np.conj(points)) >= 0)
    assert sum(s.real is True for s in result.solutions) == 10


def test_permuting_equations_and_variables_changes_nothing_but_the_order():
    system = noon(3)
    permuted = system.with_equations(system.equations[::-1])
    assert np.allclose(solve(system).points, solve(permuted).points, rtol=1e-14)


@pytest.mark.parametrize("exponent", [-12, 12])
def test_wild_units_are_scaled_away(exponent):
    # x² = 2 in units of 10^e, y = x: zeros at ±√2·10^e.
    unit = Fraction(10) ** exponent
    system = PolynomialSystem.from_terms(
        ("x", "y"), [{(2, 0): 1, (0, 0): -2 * unit**2}, {(1, 1): 1, (0, 0): -2 * unit}]
    )
    result = solve(system)
    assert certified(result) == 2
    assert np.allclose(
        np.sort(result.points[:, 0].real) / float(unit), [-(2**0.5), 2**0.5], rtol=1e-14
    )


def test_complex_coefficients():
    result = solve(PolynomialSystem.parse("x^2 - I"))
    assert certified(result) == 2
    assert np.allclose(result.points**2, 1j, rtol=1e-14)


def test_random_sparse_systems_agree_with_exact_counting():
    generator = np.random.default_rng(20240501)
    for _ in range(12):
        system = random_sparse(generator, n=int(generator.integers(1, 4)))
        counts = count_zeros(system, patterns=False)
        if counts.dimension > 0:
            continue
        result = solve(system)
        assert result.paths.failed == 0, system.to_dict()
        assert len(result.solutions) == counts.distinct.value, system.to_dict()
        if counts.with_multiplicity.value is not None:
            total = sum(s.multiplicity for s in result.solutions)
            assert total == counts.with_multiplicity.value, system.to_dict()


def random_sparse(generator, n):
    equations = []
    for _ in range(n):
        terms = {}
        for _ in range(int(generator.integers(2, 5))):
            key = tuple(int(e) for e in generator.integers(0, 4, size=n))
            terms[key] = int(generator.integers(1, 100)) * (-1) ** int(generator.integers(2))
        terms.setdefault((0,) * n, 1)
        equations.append(terms)
    return PolynomialSystem.from_terms([f"x{i}" for i in range(n)], equations)


# -- shapes ---------------------------------------------------------------------------------------


def terms(*equations, variables=("x", "y")):
    return PolynomialSystem.from_terms(variables, equations)


def test_a_constant_equation_has_no_zeros():
    result = solve(terms({(0, 0): 1}, {(1, 0): 1}))
    assert (len(result.solutions), result.dimension) == (0, -1)


def test_inconsistent_lines_have_no_zeros():
    result = solve(terms({(1, 0): 1, (0, 0): -3}, {(1, 0): 1}))
    assert (len(result.solutions), result.dimension) == (0, -1)


@pytest.mark.parametrize("equations", [({}, {(1, 0): 1}), ({(1, 0): 1, (0, 2): 1},)])
def test_too_few_equations_have_no_isolated_zeros(equations):
    result = solve(terms(*equations))
    assert (len(result.solutions), result.dimension) == (0, 1)


def test_repeated_equations_have_positive_dimension():
    circle = {(2, 0): 1, (0, 2): 1, (0, 0): -1}
    result = solve(terms(circle, circle))
    assert (len(result.solutions), result.dimension) == (0, 1)


def test_isolated_zeros_beside_a_component_are_kept():
    # x(x - 1) = 0, x(y - 2) = 0: the line x = 0 and the point (1, 2).
    result = solve(terms({(2, 0): 1, (1, 0): -1}, {(1, 1): 1, (1, 0): -2}))
    assert result.dimension == 1
    assert np.allclose(result.points, [[1, 2]], rtol=1e-15)


def test_overdetermined_systems_drop_the_zeros_of_combinations():
    result = solve(terms({(2, 0): 1, (0, 0): -1}, {(0, 2): 1, (0, 0): -4}, {(1, 1): 1, (0, 0): -2}))
    assert np.allclose(np.sort(result.points[:, 0].real), [-1, 1], rtol=1e-14)
    # ±(1, 2) satisfy the equations exactly: rational numbers are checked.
    assert certified(result) == 2
    assert result.completeness.value == 2


def test_irrational_zeros_of_overdetermined_systems_are_not_called_certified():
    # ±(√2, √2) and nothing else; exact counting knows their number.
    result = solve(terms({(2, 0): 1, (0, 0): -2}, {(0, 2): 1, (0, 0): -2}, {(1, 0): 1, (0, 1): -1}))
    assert np.allclose(np.sort(result.points[:, 0].real), [-(2**0.5), 2**0.5], rtol=1e-14)
    assert certified(result) == 0
    assert (result.completeness.value, str(result.completeness.word)) == (2, "probable")


def test_an_equation_that_almost_holds_discards_rigorously():
    # x = y = 1 misses the third equation by 1e-14, which no residual in doubles tells from 0.
    almost = Fraction(10**14 + 1, 10**14)
    system = terms({(1, 0): 1, (0, 0): -1}, {(0, 1): 1, (0, 0): -1}, {(1, 1): 1, (0, 0): -almost})
    result = solve(system)
    assert len(result.solutions) == 0
    assert result.dimension == -1


def test_no_unknowns_and_one_unknown():
    assert len(solve(PolynomialSystem.from_terms((), [])).solutions) == 1
    linear = solve(PolynomialSystem.from_terms(("x",), [{(1,): 3, (0,): -1}]))
    assert linear.points[0, 0] == 1 / 3


def test_unknown_options_are_refused():
    with pytest.raises(InputError, match="region"):
        solve(katsura(3), region="projective")
    with pytest.raises(InputError, match="start"):
        solve(katsura(3), start="guess")
    with pytest.raises(StartUnavailable, match="decoupled"):
        solve(katsura(3), start="decoupled")


# -- journal, limits, parameters ------------------------------------------------------------------


def test_a_journal_continues_with_identical_output(tmp_path):
    system, path = reimer(3), tmp_path / "journal.sqlite"
    whole = solve(system)
    first = solve(system, store=path)
    again = solve(system, store=path)
    assert np.array_equal(first.points, whole.points)
    assert np.array_equal(again.points, whole.points)
    assert again.to_dict()["paths"] == whole.to_dict()["paths"]


def test_a_journal_that_lost_rows_is_completed(tmp_path):
    import sqlite3

    system, path = katsura(4), tmp_path / "journal.sqlite"
    expected = solve(system, store=path).points
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("delete from ends where path % 2 = 0")
    connection.close()
    assert np.array_equal(solve(system, store=path).points, expected)


def test_a_journal_of_another_system_is_refused(tmp_path):
    path = tmp_path / "journal.sqlite"
    solve(katsura(3), store=path)
    with pytest.raises(JournalMismatch):
        solve(katsura(4), store=path)
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be taken for a damaged one" * 100)
    with pytest.raises(JournalMismatch):
        solve(katsura(3), store=text)


def test_a_time_limit_is_reported():
    with pytest.raises(LimitReached):
        solve(cyclic(6), start="total-degree", budget=Budget.of(seconds=0.0))


def test_parameter_homotopy_reaches_other_data_of_a_network():
    network = LinearNetwork((1, 2, 1))
    program = network.parametric_program()
    generator = np.random.default_rng(5)
    values = [float(v) for v in map(as_float, network.data(0).parameter_values)]
    zeros = solve(network.gradient_system(seed=0)).points
    other = network.gradient_system(seed=1)
    target = [as_float(v) for v in network.data(1).parameter_values]
    middle = generator.normal(size=len(values)) + 1j * generator.normal(size=len(values))
    generic = parameter_homotopy(program, values, zeros, middle)
    outcome = parameter_homotopy(program, middle, generic.ends.points, target)
    assert outcome.clean
    found = solve(other).points
    assert np.all(partners(outcome.ends.points, found) >= 0)


def as_float(value):
    return int(value.p) / int(value.q)


def test_clusters_and_partners():
    points = np.array([[1 + 0j, 2], [1 + 1e-12j, 2], [3, 4], [1, 2.1]])
    labels = clusters(points, 1e-8)
    assert labels[0] == labels[1]
    assert len(set(labels.tolist())) == 3
    assert partners(points, np.array([[3, 4], [5, 5]])).tolist() == [2, -1]
