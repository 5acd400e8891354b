"""Unusable input: exit code 2, one clear sentence, no traceback, nothing evaluated."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

SYSTEM_COMMANDS = ("bounds", "count")

HOSTILE = {
    "empty": b"",
    "only spaces": b"  \n\t\n",
    "only a comment": b"# nothing here\n",
    "syntax error": b"x + * y\nx - 1\n",
    "unclosed bracket": b"(x + 1\ny\n",
    "binary": bytes(range(128, 256)) * 20,
    "NUL": b"x\x00 + 1\ny\n",
    "huge power": b"x^(2^100) + 1\n",
    "brackets": b"(" * 10**5 + b"x" + b")" * 10**5,
    "long line": b"x + " * 2_500_000 + b"x\n",
    "exponent 10^9": b"x^1000000000 - 1\n",
    "Python call": b"__import__('os').system('touch evaluated')\n",
    "Python lambda": b"(lambda: open('evaluated', 'w'))()\n",
    "attribute": b"x.__class__\n",
    "division by a variable": b"1/x + y\nx\n",
    "division by zero": b"x/0 + 1\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_give_one_sentence_and_exit_code_2(critnet, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "system.txt"
    path.write_bytes(HOSTILE[name])
    result = critnet("bounds", str(path))
    assert result.exit_code == 2
    assert_one_sentence(result)
    assert not (tmp_path / "evaluated").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("bounds", "nosuchfamily:3"),
        ("bounds", "no such file.txt"),
        ("bounds", "cyclic:0"),
        ("bounds", "cyclic:x"),
        ("count", "katsura:-3"),
        ("network", "2-0-2"),
        ("network", "2--2-2"),
        ("network", "2"),
        ("network", "two-two"),
        ("network", "2-2-2,m=0"),
        ("network", "2-2-2,m=-1"),
        ("network", "2-2-2,colour=red"),
        ("network", "9999-9999-9999"),
        ("network", "2-2-2", "--to", "docx"),
        ("bounds", "network:0-2-2"),
        ("bounds", "cyclic:3", "--lambda", "0"),
        ("bounds", "cyclic:3", "--format", "docx", "--seed", "-1"),
        ("bounds", "cyclic:3", "--time-limit", "soon"),
        ("bounds", "cyclic:3", "--time-limit", "0"),
        ("bounds", "cyclic:3", "--memory-limit", "lots"),
        ("bounds", "cyclic:3", "--jobs", "0"),
        ("bounds",),
        ("bonds", "cyclic:3"),
        ("bounds", "cyclic:3", "--no-such-option"),
        ("report", "--network", "2-2-2"),
        ("check", "no such folder"),
    ],
)
def test_meaningless_arguments_give_one_sentence_and_exit_code_2(critnet, arguments):
    result = critnet(*arguments)
    assert result.exit_code == 2
    assert_one_sentence(result)


def test_a_syntax_error_is_located(critnet):
    result = critnet("bounds", "-", stdin="x + 1\nx * * y\n")
    assert result.exit_code == 2
    assert "line 2" in result.stderr
    assert "column" in result.stderr


def test_an_unknown_command_suggests_a_known_one(critnet):
    assert "'bounds'" in critnet("bonds").stderr


@pytest.mark.parametrize("shape", ["2 equations, 1 unknown", "1 equation, 2 unknowns"])
def test_bounds_of_a_system_that_is_not_square_say_why(critnet, shape):
    text = "x - 1\nx^2 - 1\n" if shape.startswith("2") else "x*y - 1\n"
    for command in ("bounds", "mixed-volume"):
        result = critnet(command, "-", stdin=text)
        assert result.exit_code == 2
        assert "square" in result.stderr
        assert_one_sentence(result)


def test_with_json_the_error_is_the_one_document(critnet):
    document = critnet.json("network", "2-0-2", exit_code=2)
    assert document["schema"] == "critnet/error/1"
    assert document["exit_code"] == 2
    assert "width 0" in document["error"]


# -- data -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ({"X": [[1], [2], [3]], "Y": [[1], [2]]}, "3 × 1"),
        ({"X": [[1, 2]], "Y": [[1], [2]]}, "2 × 1"),
        ({"X": [[1], [2]], "Y": [[1], [2]], "Lambda": [[[1]]]}, "Lambda"),
        ({"X": [[1], ["a"]], "Y": [[1], [2]]}, "X"),
        ({"X": [[1], ["1/0"]], "Y": [[1], [2]]}, "denominator"),
        ({"X": [[1], [2]]}, "Y"),
        ({"X": [[1], [None]], "Y": [[1], [2]]}, "X"),
        ([1, 2, 3], "object"),
    ],
)
def test_data_of_the_wrong_shape_name_what_came_and_what_was_expected(
    critnet, tmp_path, document, complaint
):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(document))
    result = critnet("network", "2-2-2", "--data", str(path))
    assert result.exit_code == 2
    assert complaint in result.stderr
    assert_one_sentence(result)


def test_data_that_are_no_json_are_located(critnet, tmp_path):
    path = tmp_path / "data.json"
    path.write_text('{"X": [[1], [2]],\n "Y": }')
    result = critnet("network", "2-2-2", "--data", str(path))
    assert result.exit_code == 2
    assert "line 2" in result.stderr


def test_x_without_y_is_refused(critnet, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((2, 1)))
    result = critnet("network", "2-2-2", "--x", str(tmp_path / "x.npy"))
    assert result.exit_code == 2
    assert "--y" in result.stderr


def test_pickled_arrays_are_refused(critnet, tmp_path):
    np.save(tmp_path / "x.npy", np.array([[{}], [[]]], dtype=object), allow_pickle=True)
    np.save(tmp_path / "y.npy", np.ones((2, 1)))
    result = critnet(
        "network", "2-2-2", "--x", str(tmp_path / "x.npy"), "--y", str(tmp_path / "y.npy")
    )
    assert result.exit_code == 2
    assert_one_sentence(result)


def test_no_traceback_reaches_the_user_of_the_real_command(tmp_path):
    path = tmp_path / "system.txt"
    path.write_bytes(b"x + \x00")
    done = subprocess.run(
        [sys.executable, "-m", "critnet", "bounds", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def assert_one_sentence(result) -> None:
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("critnet: error: ")
    assert "Traceback" not in result.stderr
    assert "internal error" not in result.stderr
    assert len(lines[0]) < 600
    assert result.stdout == ""
