import contextlib
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polynomial_strategies import polynomials, same, systems

from algebra.errors import InputError, SyntaxProblem
from algebra.formats import FORMATS, parse_system, read_system, recognise, write_system
from algebra.formats.limits import MAX_CHARACTERS, MAX_LINE
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem, polynomial_ring

COMPLEX_FORMATS = ("text", "bertini", "json")


def equations(text, **options):
    return [str(f) for f in parse_system(text, **options).equations]


# -- writing and reading back -----------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
@settings(deadline=None)
@given(system=systems())
def test_reading_what_was_written_gives_the_system_back(format, system):
    if format == "phcpack":
        # The name e is a number to PHCpack; the writer refuses it.
        names = tuple({"e": "u"}.get(v, v) for v in system.variables)
        ring = polynomial_ring(names)
        moved = tuple(f.compose(*ring.gens(), ctx=ring) for f in system.equations)
        system = PolynomialSystem(names, moved)
    text = write_system(system, format)
    assert same(parse_system(text, format=format), system)
    assert same(parse_system(text), system)


@pytest.mark.parametrize("format", COMPLEX_FORMATS)
@settings(deadline=None)
@given(system=systems(parameters=True, imaginary=True))
def test_parameters_and_complex_coefficients_survive(format, system):
    assert same(parse_system(write_system(system, format), format=format), system)


def test_complex_coefficients_survive_phcpack():
    system = parse_system("x^2 + (1/2 - 3*I)*y + I; -I*x*y - 7")
    text = write_system(system, "phcpack")
    assert same(parse_system(text), system)
    assert "I" not in text


@pytest.mark.parametrize("format", ["phcpack", "msolve"])
def test_formats_without_parameters_say_so(format):
    system = parse_system("parameters a; a*x - 1")
    with pytest.raises(InputError, match="parameters a have no values"):
        write_system(system, format)


def test_msolve_refuses_complex_coefficients():
    with pytest.raises(InputError, match="complex coefficients"):
        write_system(parse_system("x^2 + I"), "msolve")


def test_a_network_survives_json_with_its_data():
    system = LinearNetwork((2, 1, 2), m=2).gradient_system(seed=4)
    text = write_system(system, "json")
    assert same(parse_system(text), system)
    document = json.loads(text)
    del document["equations"]
    again = parse_system(json.dumps(document))
    assert again.equations == system.equations
    assert again.metadata["data"] == system.metadata["data"]


# -- plain text -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2*y - 3/4", "x^2*y - 3/4"),
        ("-x^2", "-x^2"),
        ("--x + -+-y", "x + y"),
        ("x+-2*y", "x - 2*y"),
        ("x*-y", "-x*y"),
        ("x + x + y - x", "x + y"),
        ("x**2 - x^(2)*y^0", "0"),
        ("2*x^(3) - 2^3*x^3", "-6*x^3"),
        ("12^(2)*x", "144*x"),
        ("x/2*y", "1/2*x*y"),
        ("1/2*3/4*x", "3/8*x"),
        ("6/2/3*x", "x"),
        ("1/2.5*x", "2/5*x"),
        ("x/-2", "-1/2*x"),
        ("(x + 1)/(1 + 1)", "1/2*x + 1/2"),
        ("1.5e-3*x + .25 + 2.", "3/2000*x + 9/4"),
        ("1E2*x", "100*x"),
        ("0.1*x", "1/10*x"),
        ("(x - y)*(x + y)", "x^2 - y^2"),
        ("((x))^2", "x^2"),
        ("x*y = z + 1", "x*y - z - 1"),
        ("x = -y", "x + y"),
        ("x - (y - (z - 1))", "x - y + z - 1"),
        ("e*E1_x", "e*E1_x"),
        ("x^ 2 * y ** 3", "x^2*y^3"),
        ("x^007", "x^7"),
        ("x # a comment; with a semicolon", "x"),
        ("x*(1+I)*(1-I)", "2*x"),
        ("x/I*I", "x"),
    ],
)
def test_expressions_mean_what_mathematics_says(text, expected):
    assert equations(text) == [expected]


@settings(deadline=None)
@given(st.lists(polynomials(("x", "y"), max_terms=4), min_size=2, max_size=4), st.randoms())
def test_sums_products_and_powers_are_those_of_the_ring(parts, rng):
    text, value = f"({parts[0]})", parts[0]
    for part in parts[1:]:
        operator = rng.choice("+-*")
        text = f"({text}) {operator} ({part})"
        value = {"+": value + part, "-": value - part, "*": value * part}[operator]
    assert parse_system(f"variables x, y; ({text})^2").equations[0] == value**2


def test_variables_are_in_order_of_first_appearance():
    assert parse_system("y*x2 - 1\nx10 + y").variables == ("y", "x2", "x10")


def test_declarations_fix_names_and_order():
    system = parse_system("variables z, x;\nparameters a\nx^2 + a*z\n")
    assert system.variables == ("z", "x")
    assert system.parameters == ("a",)
    assert parse_system("parameters a; a*x + b").variables == ("x", "b")
    assert parse_system("variables*2 - 1").variables == ("variables",)


def test_lines_and_semicolons_separate_but_not_inside_brackets_or_after_an_operator():
    text = "x +\n y\n(x\n - y)^2; x;; y\r\n-x"
    assert equations(text) == ["x + y", "x^2 - 2*x*y + y^2", "x", "y", "-x"]


def test_meaningful_but_odd_systems_are_accepted():
    assert equations("variables x; 0; 5; x; x") == ["0", "5", "x", "x"]
    assert parse_system("variables x, y;").equations == ()
    assert not parse_system("x + y").is_square
    assert equations("x - x") == ["0"]


def test_complex_coefficients_that_cancel_leave_a_rational_system():
    system = parse_system("I*I*x + I*y - I*y")
    assert not system.imaginary
    assert equations("I*I*x + I*y - I*y") == ["-x"]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("x +* y", 1, 4),
        ("x^2 - 1\ny y", 2, 3),
        ("2x", 1, 2),
        ("2(x + 1)", 1, 2),
        ("x\ny + ", 2, 4),
        ("(x + 1", 1, 7),
        ("x)", 1, 2),
        ("x^-1", 1, 3),
        ("x^2^3", 1, 4),
        ("x == y", 1, 4),
        ("x = y = z", 1, 7),
        ("x & y", 1, 3),
        ("# c\n  λ*x", 2, 3),
        ("sin(x)", 1, 4),
        ("__import__('os').system('ls')", 1, 11),
        ("variables x\nx + y", 2, 1),
        ("x\n1/0*y", 2, 1),
        ("variables x, x", 1, 1),
        ("variables x, 2y", 1, 1),
        ("variables I", 1, 1),
        ("x; variables x; variables y", 1, 17),
    ],
)
def test_syntax_errors_name_line_and_column(text, line, column):
    with pytest.raises(SyntaxProblem) as caught:
        parse_system(text)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).startswith(f"line {line}, column {column}: ")
    assert "\n" not in str(caught.value)


HOSTILE = {
    "empty": "",
    "blank": "  \n\t\n",
    "only a comment": "# nothing\n",
    "binary": bytes(range(256)) * 10,
    "not UTF-8": b"\xff\xfex\x00",
    "NUL": "x + \x00",
    "huge exponent": "x^(2^100)",
    "long exponent": "x^" + "9" * 5000,
    "exponent 10^9": "x^1000000000",
    "tower": "((x^1000)^1000)^1000",
    "nested brackets": "(" * 10**5 + "x" + ")" * 10**5,
    "unclosed brackets": "(" * 10**5,
    "long line": "x+" * (5 * 2**20) + "x",
    "long file": "x\n" * (MAX_CHARACTERS // 2 + 1),
    "expansion": "(x+y+z)^100000",
    "hidden expansion": "((x+y+z+1)^30)^30",
    "products": "*".join(["(a+b+c+d+e+f+g+h)"] * 30),
    "large coefficients": "(x+1)^100000",
    "large constant": "x + (9^(10^6))^1000",
    "long number": "x + " + "9" * 10**5,
    "decimal exponent": "x + 1e999999999",
    "many names": " + ".join(f"x{i}" for i in range(10_000)),
    "long name": "x" * 1000 + ";" + "variables " + "y" * 1000,
    "code": "__import__('os').system('true')",
    "lambda": "(lambda: 1)()",
    "division by a variable": "1/x",
    "power by a variable": "2^x",
    "fractional power": "x^(1/2)",
    "prose": "To be, or not to be",
    "no variables": "1 + 1",
    "JSON array": "[1, 2]",
    "JSON without keys": "{}",
    "broken JSON": '{"variables": ["x"]',
    "deep JSON": '{"variables": ' + "[" * 10**5,
    "JSON code": '{"variables": ["x"], "equations": ["__import__(\'os\')"]}',
    "JSON name": '{"variables": ["x y"], "equations": []}',
    "JSON number": '{"variables": [1], "equations": []}',
    "JSON terms": '{"variables": ["x"], "equations": [[["1", [-1]]]]}',
    "JSON long integer": '{"variables": ["x"], "equations": ' + "9" * 10**4 + "}",
    "PHCpack short": "3\nx;\ny;\n",
    "PHCpack long": "1\nx;\ny;\n",
    "PHCpack count": "999999999\nx;\n",
    "msolve characteristic": "x,y\n65521\nx+y\n",
    "msolve name": "x,y\n0\nx+z\n",
    "Bertini without function": "INPUT\nvariable_group x;\nEND;",
    "Bertini exp": "INPUT\nvariable_group x;\nfunction f;\nf = exp(x);\nEND;",
    "Bertini homotopy": "INPUT\npathvariable t;\nvariable x;\nfunction f;\nf = x - t;\nEND;",
    "Bertini undefined": "INPUT\nvariable_group x;\nfunction f, g;\nf = x;\nEND;",
    "Bertini explosion": "INPUT\nvariable_group x,y,z;\nfunction f;\n"
    "a=(x+y+z)^100;\nb=a^100;\nf=b;\nEND;",
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_hostile_input_is_refused_with_one_sentence(kind):
    with pytest.raises(InputError) as caught:
        parse_system(HOSTILE[kind])
    message = str(caught.value)
    assert message
    assert "\n" not in message
    assert len(message) < 400


def test_limits_leave_room_for_honest_input():
    assert len(parse_system("(x + y + z)^40").equations[0]) == 861
    assert len(parse_system("(x + 1)^2000").equations[0]) == 2001
    assert parse_system("x^1000000 - 1").degrees == (10**6,)
    assert parse_system("(" * 90 + "x" + ")" * 90).degrees == (1,)
    assert parse_system("-" * 10_000 + "x").equations[0] == parse_system("x").equations[0]


def test_a_polynomial_of_many_terms_is_read_in_full():
    rng = random.Random(0)
    monomials = rng.sample([(i, j) for i in range(100) for j in range(100)], 5000)
    text = " + ".join(
        f"{rng.randint(1, 10**6)}/{rng.randint(1, 10**4)}*x^{i}*y^{j}" for i, j in monomials
    )
    assert len(text) < MAX_LINE
    assert len(parse_system(text).equations[0]) == 5000


@settings(deadline=None, max_examples=300)
@given(
    st.one_of(
        st.text(max_size=40),
        st.text('xyI12.^*/+-=();,#{}[]" \n%ei', max_size=40),
        st.text(max_size=30).map(lambda t: '{"variables": ["x"], "equations": ["' + t + '"]}'),
        st.text("xy0,1\n+-*^", max_size=30).map(lambda t: "x,y\n0\n" + t),
        st.text("xyi0;1\n+-*^( ).", max_size=30).map(lambda t: "2\n" + t),
        st.text("xyf=;1\n+-*^( ).", max_size=30).map(
            lambda t: "variable_group x,y;function f;f=" + t
        ),
    )
)
def test_any_text_is_a_system_or_an_input_error(text):
    try:
        system = parse_system(text)
    except InputError:
        return
    assert system.variables


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_a_system_or_an_input_error(content):
    with contextlib.suppress(InputError):
        parse_system(content)


# -- the other formats ------------------------------------------------------------------------


def test_phcpack_with_complex_decimal_coefficients_and_solutions():
    # The layout of the demonstration systems that come with PHCpack.
    text = (
        "2\n x**2 + 4*y**2 - 4.0E+00;\n"
        " (1.5 - 2*i)*x*y +\n 2/3*I;\n\nTHE SOLUTIONS :\n\n4 2\n=====\nsolution 1 :\nt : 0.0\n"
    )
    assert recognise(text) == "phcpack"
    system = parse_system(text)
    assert system.variables == ("x", "y")
    expected = parse_system("variables x,y; x^2 + 4*y^2 - 4; 3/2*x*y - 2*I*x*y + 2/3*I")
    assert system.equations == expected.equations


def test_phcpack_orders_unknowns_by_first_appearance():
    text = "2\n y - y + x - x + x^2 - 1;\n x*y;\n"
    assert parse_system(text).variables == ("y", "x")
    system = parse_system("variables a, b, c; c*b; b - 1")
    again = parse_system(write_system(system, "phcpack"))
    assert again.variables == system.variables
    with pytest.raises(InputError, match="3 unknowns announced, 2 found"):
        parse_system("2 3\nx;y;")


def test_phcpack_writer_refuses_names_that_are_numbers():
    with pytest.raises(InputError, match="rename"):
        write_system(parse_system("e*x - 1"), "phcpack")


def test_msolve_adds_repeated_monomials_and_reads_signs_as_written():
    # msolve itself misreads `+-` and repeated monomials; the mathematical meaning is taken here.
    text = "x, y\n0\nx+-2*y+x,\ny^2 - 1/3,\n0\n"
    assert recognise(text) == "msolve"
    assert equations(text) == ["2*x - 2*y", "y^2 - 1/3", "0"]


def test_indexed_names_of_maple_are_flattened():
    # input_files/univariate-assign-left.ms of msolve's own tests is written this way.
    system = parse_system("_xx[1], _xx[2]\n0\n-_xx[1]^3*_xx[2]+1,\n_xx[2]-_xx[1]\n")
    assert system.variables == ("_xx_1", "_xx_2")
    assert equations("x[1,2]^2 - x[10]*y") == ["x_1_2^2 - x_10*y"]
    with pytest.raises(SyntaxProblem, match="line 1, column 8"):
        parse_system("x[1] + *x[2]")


def test_msolve_output_has_neither_spaces_nor_double_signs():
    text = write_system(parse_system("x - 2*y + x; -y^2 - 1"), "msolve")
    assert text == "x,y\n0\n2*x-2*y,\n-y^2-1\n"


def test_bertini_with_constants_parameters_and_subfunctions():
    text = """
    CONFIG
    TrackType: 0; % a comment
    END;
    INPUT
    variable_group x, y;
    variable_group z;
    constant k; parameter p;
    function f, g, h;
    k = 1.5 + 2*I;
    s = x*y - 1;   % a subfunction
    f = s^2 - z;
    g = k*s + p;
    h = z + k^2;
    END;
    """
    assert recognise(text) == "bertini"
    system = parse_system(text)
    assert system.variables == ("x", "y", "z")
    assert system.parameters == ("p",)
    expected = parse_system(
        "variables x,y,z; parameters p; (x*y-1)^2 - z; (3/2+2*I)*(x*y-1) + p; z + (3/2+2*I)^2"
    )
    assert system.equations == expected.equations


def test_json_takes_strings_and_terms():
    document = {
        "variables": ["x", "y"],
        "parameters": ["a"],
        "equations": ["x^2 - a", [["1/2", [1, 1]], [-3, [0, 0]], [0.5, [0, 2]]], []],
    }
    system = parse_system(json.dumps(document))
    expected = parse_system("variables x,y; parameters a; x^2 - a; x*y/2 - 3 + y^2/2; 0")
    assert same(system, expected)


def test_json_errors_name_the_equation():
    with pytest.raises(InputError, match="equation 2, column 4"):
        parse_system('{"variables": ["x"], "equations": ["x", "x +"]}')


def test_format_can_be_forced():
    text = "2\nx\n"
    assert equations(text) == ["2", "x"]
    assert recognise("2\nx;\ny;") == "phcpack"
    assert equations("2\nx;\ny;", format="text") == ["2", "x", "y"]
    with pytest.raises(SyntaxProblem):
        parse_system("x^2 - 1", format="phcpack")
    with pytest.raises(InputError, match="unknown format 'maple': expected one of text"):
        parse_system("x", format="maple")


def test_files_are_read_with_their_name(tmp_path):
    path = tmp_path / "system.txt"
    path.write_bytes(b"\xef\xbb\xbfx^2 - y\r\ny - 1\r\n")
    system = read_system(path)
    assert system.name == "system.txt"
    assert len(system.equations) == 2
    with pytest.raises(InputError, match="cannot read"):
        read_system(tmp_path / "missing.txt")
