import io
import math
import operator
from pathlib import Path

import flint
import pytest

from algebra.errors import InputError
from algebra.families import FAMILIES, family_system, resolve_system
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem

EXAMPLES = Path(__file__).parents[2] / "examples"


def zeros_with_multiplicity(system):
    """Dimension of the quotient algebra by python-flint's plain Buchberger algorithm."""
    ring = flint.fmpz_mpoly_ctx.get(system.ring.names(), flint.Ordering.degrevlex)
    generators = []
    for f in system.equations:
        scale = math.lcm(*(int(c.q) for c in f.coeffs()))
        generators.append(ring.from_dict({m: int((c * scale).p) for m, c in f.terms()}))
    basis = flint.fmpz_mpoly_vec(generators, ring).buchberger_naive()
    leading = [tuple(map(int, g.monoms()[0])) for g in basis if g]
    n = len(system.variables)
    assert all(any(m[i] == sum(m) for m in leading) for i in range(n)), "infinitely many zeros"

    def is_standard(monomial):
        return not any(all(map(operator.ge, monomial, m)) for m in leading)

    count, level = 0, {(0,) * n}
    while level:
        count += len(level)
        raised = {(*m[:i], m[i] + 1, *m[i + 1 :]) for m in level for i in range(n)}
        level = {m for m in raised if is_standard(m)}
    return count


@pytest.mark.parametrize(
    ("name", "size", "zeros"),
    [
        # noon: V. W. Noonburg, SIAM J. Appl. Math. 49 (1989): 3^n - 2n. katsura 2^n, eco 2^(n-2),
        # chandra 2^(n-1): A. Morgan 1987 and the collections of test systems.
        ("katsura", 3, 8),
        ("katsura", 4, 16),
        ("noon", 3, 21),
        ("eco", 5, 8),
        ("eco", 6, 16),
        ("chandra", 4, 8),
        ("cyclic", 3, 6),
    ],
)
def test_number_of_zeros(name, size, zeros):
    system = family_system(name, size)
    assert zeros_with_multiplicity(system) == zeros
    assert FAMILIES[name].zeros.get(size, zeros) == zeros


def test_cyclic_is_the_system_of_its_definition():
    system = family_system("cyclic", 3)
    expected = PolynomialSystem.parse("variables x1,x2,x3; x1+x2+x3; x1*x2+x2*x3+x3*x1; x1*x2*x3-1")
    assert system.equations == expected.equations


def test_katsura_2_written_out():
    expected = PolynomialSystem.parse(
        "variables u0,u1,u2; u0^2 + 2*u1^2 + 2*u2^2 = u0; 2*u0*u1 + 2*u1*u2 = u1; u0+2*u1+2*u2 = 1"
    )
    assert family_system("katsura", 2).equations == expected.equations


def test_eco_4_written_out():
    expected = PolynomialSystem.parse(
        "variables x1,x2,x3,x4; (x1 + x1*x2 + x2*x3)*x4 = 1; (x2 + x1*x3)*x4 = 2; x3*x4 = 3;"
        "x1 + x2 + x3 = -1"
    )
    assert family_system("eco", 4).equations == expected.equations


def test_reimer_2_written_out():
    expected = PolynomialSystem.parse("variables x1,x2; 2*x1^2 - 2*x2^2 - 1; 2*x1^3 - 2*x2^3 - 1")
    assert family_system("reimer", 2).equations == expected.equations


def test_chandra_is_exact():
    expected = PolynomialSystem.parse(
        "variables h1,h2; 4*h1 - 0.51234*h1*(1 + 1/2*h1) - 4; 4*h2 - 0.51234*h2*(1 + 2/3*h1) - 4"
    )
    assert family_system("chandra", 2).equations == expected.equations


def test_degrees_of_the_fixed_systems():
    # Bezout numbers 1·1·2·2·3·3·4·4 = 576 and 7·8·6·4 = 1344.
    assert family_system("heart").degrees == (1, 1, 2, 2, 3, 3, 4, 4)
    assert family_system("cassou").degrees == (7, 8, 6, 4)


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_family_is_square_at_its_smallest_sizes(name):
    sizes = FAMILIES[name].sizes
    for size in [None] if sizes is None else [sizes[0], sizes[0] + 1, sizes[0] + 4]:
        system = family_system(name, size)
        system.require_square()
        assert all(f != 0 for f in system.equations)
        assert FAMILIES[name].source


def test_resolve_reads_families_networks_files_and_standard_input(tmp_path, monkeypatch):
    assert resolve_system("cyclic:4").equations == family_system("cyclic", 4).equations
    assert resolve_system("heart").name == "heart"
    network = resolve_system("network:2-1-2,m=2,seed=5")
    assert network.metadata["network"] == LinearNetwork((2, 1, 2), 2)
    assert resolve_system("network:2-1-2,m=2", seed=5).equations == network.equations
    path = tmp_path / "circle.txt"
    path.write_text("x^2 + y^2 - 1")
    circle = resolve_system(str(path))
    assert (circle.name, circle.variables) == ("circle.txt", ("x", "y"))
    stream = io.TextIOWrapper(io.BytesIO(b"x^2 + y^2 - 1"))
    monkeypatch.setattr("sys.stdin", stream)
    assert resolve_system("-").equations == circle.equations


def test_resolve_takes_data_for_networks_only(tmp_path):
    document = {"X": [1, 2], "Y": [3, 4], "Lambda": "1/2"}
    system = resolve_system("network:2-1-2", data=document)
    path = tmp_path / "data.json"
    path.write_text('{"X": [1, 2], "Y": [3, 4], "Lambda": "1/2"}')
    assert resolve_system("network:2-1-2", data=path).equations == system.equations
    with pytest.raises(InputError, match="not a network"):
        resolve_system("cyclic:4", data=document)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("cycle:5", "known family .*cyclic:N"),
        ("missing.txt", "neither a file"),
        ("cyclic", "expected a size from 2"),
        ("cyclic:1", "expected a size from 2"),
        ("cyclic:100000", "expected a size"),
        ("cyclic:five", "integer size"),
        ("cyclic:-3", "integer size"),
        ("cyclic:" + "9" * 5000, "integer size"),
        ("heart:8", "has no size"),
        ("network:2-0-2", "width 0"),
        ("network:", "architecture"),
        (".", "cannot read"),
        ("", "neither a file|cannot read"),
        ("\0", "neither a file"),
        ("a" * 5000, "neither a file"),
    ],
)
def test_unknown_specifications_are_refused_in_one_sentence(spec, message):
    with pytest.raises(InputError, match=message) as caught:
        resolve_system(spec)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "path", [p for p in sorted(EXAMPLES.iterdir()) if p.suffix != ".md"], ids=lambda p: p.name
)
def test_every_shipped_example_is_a_square_system(path):
    resolve_system(str(path)).require_square()


def test_examples_in_other_formats_are_the_families():
    katsura, cyclic = family_system("katsura", 3), family_system("cyclic", 4)
    assert resolve_system(str(EXAMPLES / "katsura-3.ms")).equations == katsura.equations
    assert resolve_system(str(EXAMPLES / "cyclic-4.phc")).equations == cyclic.equations
