"""`critnet landscape`: documents, files, tables for people, and bad input."""

import json

import pytest

DATA = {"X": [["1"]], "Y": [["2"]], "Lambda": "1/2"}


@pytest.fixture
def data_file(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(DATA), encoding="utf-8")
    return str(path)


def test_the_landscape_of_given_data_is_the_one_done_by_hand(critnet, data_file):
    # L = ½(vu − 2)² + ¼(u² + v²): minima ±(√1.5, √1.5) with L = 7/8, a saddle at the origin.
    document = critnet.json("landscape", "--network", "1-1-1", "--data", data_file)
    assert [p["kind"] for p in document["points"]] == ["minimum", "minimum", "saddle"]
    assert [p["index"] for p in document["points"]] == [0, 0, 1]
    assert all(p["certified"] for p in document["points"])
    minimum = document["global_minimum"]
    assert minimum["verdict"] == "holds"
    assert minimum["loss"] == pytest.approx(0.875)
    assert document["morse_sum"] == 1


def test_files_and_descents_are_part_of_the_answer(critnet, data_file, tmp_path):
    names = ("points.csv", "picture.svg")
    document = critnet.json(
        "landscape", "--network", "1-1-1", "--data", data_file, "--descents", "10",
        "--csv", str(tmp_path / names[0]), "--plot", str(tmp_path / names[1]),
        "-o", str(tmp_path / "out"),
    )  # fmt: skip
    assert all((tmp_path / name).stat().st_size for name in names)
    assert (tmp_path / "out" / "certificate.json").exists()
    assert len(document["files"]) == 5
    assert sum(document["descents"]["reached"].values()) == 10
    assert critnet("check", str(tmp_path / "out" / "certificate.json")).exit_code == 0


def test_any_polynomial_is_an_objective(critnet, tmp_path):
    path = tmp_path / "well.txt"
    path.write_text("x^4/4 - x^2/2", encoding="utf-8")
    answer = critnet("landscape", "--objective", str(path))
    assert answer.exit_code == 0
    assert "global minimum" in answer.stdout
    assert "-0.25" in answer.stdout


def test_an_objective_with_parameters_is_taken_at_exact_values(critnet, tmp_path):
    path = tmp_path / "well.txt"
    path.write_text("variables x; parameters a, b; x^4/4 - a*x^2/2 + b*x", encoding="utf-8")
    document = critnet.json("landscape", "--objective", str(path), "--at", "a=1", "--at", "b=0")
    assert [p["kind"] for p in document["points"]] == ["minimum", "minimum", "maximum"]
    assert document["global_minimum"]["loss"] == -0.25
    # a = 1: three critical points exactly where 27 b² < 4.
    beyond = critnet.json("landscape", "--objective", str(path), "--at", "a=1", "--at", "b=0.385")
    assert len(beyond["points"]) == 1
    assert critnet("landscape", "--objective", str(path), "--at", "a=1").exit_code == 2


def test_without_growth_no_global_minimum_is_claimed(critnet, tmp_path):
    path = tmp_path / "cubic.txt"
    path.write_text("x^3 - 3*x", encoding="utf-8")
    answer = critnet("landscape", "--objective", str(path))
    assert answer.exit_code == 0
    assert "lowest value found" in answer.stdout
    assert "not-applicable" in answer.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "--network"),
        (("--network", "1-1-1", "--objective", "cyclic:3"), "either"),
        (("--network", "1-1-1", "--plot", "picture.gif"), ".svg"),
        (("--network", "1-1-1", "--csv", "points.xlsx"), ".parquet"),
        (("--network", "1--1"), "width -1"),
        (("--objective", "cyclic:3"), "gradient"),
        (("--objective", "cyclic:3", "--at", "q=1"), "the parameters are none"),
        (("--network", "1-1-1", "--at", "q=1"), "--data"),
    ],
)
def test_bad_requests_are_one_sentence_and_exit_code_2(critnet, arguments, says):
    answer = critnet("landscape", *arguments)
    assert answer.exit_code == 2
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
