"""Commands as a user runs them: output, exit codes, help."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from algebra.errors import EnginesDisagree, InputError, LimitReached
from critnet.cli import COMMANDS
from critnet.failures import guarded
from critnet.session import Session


def test_the_help_page_names_every_command(critnet):
    result = critnet("--help")
    assert result.exit_code == 0
    for name in COMMANDS:
        assert f"  {name}" in result.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(critnet, name):
    result = critnet(name, "--help")
    assert result.exit_code == 0
    for option in ("--json", "--seed", "--jobs", "--time-limit", "--memory-limit"):
        assert option in result.stdout


def test_without_arguments_the_help_is_shown(critnet):
    result = critnet()
    assert result.exit_code == 0
    assert "Usage: critnet" in result.stdout


def test_the_version_is_printed(critnet):
    assert critnet("--version").stdout.startswith("critnet ")


def test_help_imports_no_engine():
    program = (
        "import sys\n"
        "from critnet.cli import cli\n"
        "try:\n    cli.main(['--help'])\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'numpy', 'numba', 'flint', 'rich', 'sympy', 'scipy', 'networkx', 'lark'}\n"
        "loaded = sorted(heavy & set(sys.modules))\n"
        "sys.exit(str(loaded) if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_check_loads_neither_numba_nor_an_engine(tmp_path):
    path = tmp_path / "certificate.json"
    path.write_text("{}")
    program = (
        "import sys\n"
        "from critnet.cli import cli\n"
        f"try:\n    cli.main(['check', {str(path)!r}])\n"
        "except SystemExit as ending:\n    assert ending.code == 1, ending.code\n"
        "heavy = {'numpy', 'numba', 'polytopes', 'homotopy', 'algebra.systems'}\n"
        "loaded = sorted(heavy & set(sys.modules))\n"
        "sys.exit(str(loaded) if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# -- exit codes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EnginesDisagree("33 and 34"), 1),
        (InputError("no"), 2),
        (OSError(28, "No space left on device"), 2),
        (LimitReached("the time limit was reached"), 3),
        (MemoryError(), 3),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("division by zero"), 70),
    ],
)
def test_every_ending_has_its_exit_code(error, code, capsys):
    def run() -> None:
        raise error

    assert guarded(Session(), run) == code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_a_command_returns_is_its_exit_code():
    assert guarded(Session(), lambda: 1) == 1
    assert guarded(Session(), lambda: None) == 0


def test_a_limit_prints_what_is_known(capsys):
    def run() -> None:
        raise LimitReached("the time limit was reached", {"lower": 12})

    assert guarded(Session(kind="count", json=True), run) == 3
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "critnet/count/1"
    assert document["lower"] == 12
    assert document["limit"] == "the time limit was reached"


def test_an_exhausted_time_limit_ends_with_3_and_a_document(critnet):
    document = critnet.json("bounds", "cyclic:8", "--time-limit", "0.001", exit_code=3)
    assert "time limit" in document["limit"]


def test_an_exhausted_memory_limit_ends_with_3(critnet):
    result = critnet("bounds", "cyclic:8", "--memory-limit", "1k")
    assert result.exit_code == 3
    assert "memory limit" in result.stderr


def test_a_reader_that_leaves_early_causes_no_noise():
    process = subprocess.Popen(
        [sys.executable, "-m", "critnet", "network", "4-4-4", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()
    noise = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=120) == 0
    assert noise == b""


# -- answers ----------------------------------------------------------------------------------


def test_bounds_of_the_networks_row_14(critnet):
    # Table 3.1 of the thesis, row 14: CBB = 6561, BKK = 1089.
    document = critnet.json("bounds", "network:2-2-2")
    assert document["n"] == 8
    assert document["bezout"]["value"] == 6561
    assert document["affine_mixed_volume"]["value"] == 1089


def test_the_seed_changes_no_bound(critnet):
    first, second = (critnet.json("bounds", "noon:3", "--seed", seed) for seed in ("0", "12345"))
    assert first.pop("run") != second.pop("run")
    assert first == second


def test_a_system_is_read_from_standard_input(critnet):
    document = critnet.json("bounds", "-", stdin="x^2 - 2; x*y - 1")
    assert document["variables"] == ["x", "y"]
    assert document["bezout"]["value"] == 4
    assert document["torus_mixed_volume"]["value"] == 2


def test_parameters_get_exact_values(critnet):
    text = "parameters a, b; variables x, y; x^2 - a; y^2 + b"
    document = critnet.json("count", "-", "--at", "a=4", "--at", "b=-0.25", stdin=text)
    assert document["complex"]["value"] == document["real"]["value"] == 4
    assert (
        critnet.json("count", "-", "--at", "a=4", "--at", "b=0", stdin=text)["complex"]["value"]
        == 2
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["a=1"], "parameters b have no values"),
        (["a=1", "a=2"], "a has a value already"),
        (["c=1"], "the parameters are a, b"),
        (["a"], "is not a number"),
        (["a=x"], "'x' is not a number"),
    ],
)
def test_wrong_values_of_parameters_are_named(critnet, values, said):
    options = [word for value in values for word in ("--at", value)]
    result = critnet("count", "-", *options, stdin="parameters a, b; variables x; x^2 - a*x + b")
    assert result.exit_code == 2
    assert said in result.stderr


def test_mixed_cells_sum_to_the_mixed_volume(critnet, tmp_path):
    path = tmp_path / "cells.json"
    document = critnet.json("mixed-volume", "cyclic:5", "--cells", str(path))
    assert document["value"] == 70  # binomial(8, 4), Haagerup, arXiv:0803.2629
    assert sum(cell["volume"] for cell in document["cells"]) == 70
    assert json.loads(path.read_text())["mixed_volume"] == 70


def test_affine_and_stable_exclude_each_other(critnet):
    assert critnet("mixed-volume", "cyclic:3", "--affine", "--stable").exit_code == 2


def test_a_groebner_basis_modulo_a_prime(critnet):
    document = critnet.json("groebner", "cyclic:4", "--mod", "32003")
    assert document["characteristic"] == 32003
    assert document["dimension"] == 1


def test_a_network_prints_a_system_that_reads_back(critnet):
    text = critnet("network", "1-1-1", "--to", "text").stdout
    direct = critnet.json("bounds", "network:1-1-1")
    again = critnet.json("bounds", "-", stdin=text)
    assert again["bezout"] == direct["bezout"]
    assert again["affine_mixed_volume"] == direct["affine_mixed_volume"]


def test_data_given_in_three_ways_are_the_same_data(critnet, tmp_path):
    (tmp_path / "data.json").write_text('{"X": ["1/2", 2], "Y": [[3], [0.25]], "Lambda": "1/8"}')
    (tmp_path / "x.csv").write_text("0.5\n2\n")
    (tmp_path / "y.csv").write_text("3\n1/4\n")
    from_json = critnet.json("network", "2-2-2", "--data", str(tmp_path / "data.json"))
    from_csv = critnet.json(
        "network", "2-2-2", "--x", str(tmp_path / "x.csv"), "--y", str(tmp_path / "y.csv"),
        "--lambda", "0.125",
    )  # fmt: skip
    assert from_json["data"] == from_csv["data"]
    assert from_json["sha256"] == from_csv["sha256"]
    assert any("dyadic" in note for note in from_json["data_notes"])
    assert not any("dyadic" in note for note in from_csv["data_notes"])


def test_tables_for_people_go_to_standard_output_alone(critnet):
    result = critnet("bounds", "cyclic:5")
    assert result.exit_code == 0
    assert "Bézout" in result.stdout
    assert "120" in result.stdout
    assert result.stderr == ""


@pytest.fixture
def planar(tmp_path):
    path = tmp_path / "planar.txt"
    path.write_text("2*y + 3*y^2 - x*y^3; x + 4*x^2 - 2*x^3*y;\n")
    return str(path)


def test_a_mixed_volume_comes_with_a_certificate_that_check_accepts(critnet, planar, tmp_path):
    path = tmp_path / "certificate.json"
    document = critnet.json("mixed-volume", planar, "--affine", "--certificate", str(path))
    assert (document["value"], document["word"]) == (8, "proved")
    checked = critnet.json("check", str(path))
    assert checked["accepted"]
    assert any("exactly 8" in sentence for sentence in checked["proved"])


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_stable_cells_are_written_and_drawn(critnet, planar, tmp_path, suffix):
    cells, picture = tmp_path / "cells.json", tmp_path / f"cells.{suffix}"
    result = critnet(
        "mixed-volume", planar, "--stable", "--cells", str(cells), "--plot", str(picture)
    )
    assert result.exit_code == 0
    written = json.loads(cells.read_text())
    assert written["stable_mixed_volume"] == 6
    assert sum(c["volume"] for c in written["cells"] if c["zero"] == [0, 1]) == 1
    assert picture.stat().st_size > 1000


def test_bounds_say_what_they_bound_and_cost(critnet, planar):
    text = critnet("bounds", planar).stdout
    for words in ("(C*)^n", "polyhedral, region torus", "total-degree", "seconds"):
        assert words in text


def test_the_list_of_claims_says_what_applies_to_a_network(critnet):
    everything = critnet.json("verify", "--list")["claims"]
    assert not any("applies" in claim for claim in everything)
    listed = critnet.json("verify", "--list", "--network", "2-2-2-2")["claims"]
    assert [c["id"] for c in listed] == [c["id"] for c in everything]
    reasons = {c["id"]: c["reason"] for c in listed if not c["applies"]}
    assert "2 hidden layers" in reasons["theorem-3.9"]
    assert "proposition-3.1" not in reasons
    assert "yes" in critnet("verify", "--list", "proposition-3.2", "--network", "2-2-2").stdout


def test_bounds_known_before_a_limit_are_shown(critnet):
    # The mixed volumes of this network take minutes, its Bézout numbers well under a second.
    document = critnet.json("bounds", "network:2-2-2-2-2", "--time-limit", "4", exit_code=3)
    assert document["bezout"]["value"] == 7**16
    assert document["affine_mixed_volume"]["value"] is None
    assert "time limit" in document["limit"]
