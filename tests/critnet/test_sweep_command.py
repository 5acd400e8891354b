"""`critnet sweep`: documents, files, systems and objectives with parameters, bad input."""

import pytest


def test_a_sweep_names_its_word_and_what_it_rests_on(critnet):
    document = critnet.json("sweep", "--network", "1-1-1", "--samples", "30", "--jobs", "1")
    assert sum(document["histogram"].values()) == document["samples"] == 30
    assert document["word"] == "certified"
    assert "docs/theory.md" in document["relies_on"][0]
    assert document["best"]["data"]["X"]


def test_the_best_data_are_files_that_other_commands_read(critnet, tmp_path):
    folder = tmp_path / "out"
    document = critnet.json(
        "sweep", "--network", "2-1-2", "--samples", "12", "--coordinates", "reduced",
        "--signs", "any", "--maximise", "2", "--jobs", "1", "-o", str(folder),
    )  # fmt: skip
    assert {path.rpartition("/")[2] for path in document["files"]} == {
        "histogram.csv", "best.json", "best-certificate.json",
        "found.json", "found-certificate.json",
    }  # fmt: skip
    for name, most in (
        ("best", document["max_real"]),
        ("found", document["maximised"]["real"]),
    ):
        # Tracked in reduced coordinates, certified for the gradient in all weights.
        answer = critnet.json("check", str(folder / f"{name}-certificate.json"))
        assert answer["accepted"]
        data = str(folder / f"{name}.json")
        solved = critnet.json("solve", "network:2-1-2", "--data", data)
        assert sum(s["real"] is True for s in solved["solutions"]) == most
    lines = (folder / "histogram.csv").read_text("utf-8").splitlines()
    assert lines[0] == "real,samples"
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 12


def test_an_objective_with_parameters_has_certified_indices(critnet, tmp_path):
    path = tmp_path / "wells.txt"
    path.write_text("variables x; parameters a, b; x^4 - a*x^2 + b*x", encoding="utf-8")
    document = critnet.json(
        "sweep", "--objective", str(path), "--samples", "40", "--signs", "positive",
        "--distribution", "lognormal", "--jobs", "1",
    )  # fmt: skip
    assert document["word"] == "probable"
    assert set(document["histogram"]) <= {"1", "3"}
    # One minimum, or two with a maximum between them.
    assert set(document["indices"]) <= {"0:1", "0:2,1:1"}
    wells = {"1": "1", "3": "2"}
    assert document["minima"] == {wells[k]: v for k, v in document["histogram"].items()}


@pytest.mark.parametrize("distribution", ["uniform", "normal", "lognormal", "loguniform"])
def test_distributions_are_named(critnet, distribution):
    document = critnet.json(
        "sweep", "--network", "1-1-2", "--samples", "8", "--distribution", distribution,
        "--jobs", "1",
    )  # fmt: skip
    assert document["distribution"] == distribution
    assert document["failed"] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "expected one of"),
        (("--network", "1-1-1", "--system", "cyclic:3"), "expected one of"),
        (("--system", "cyclic:3"), "parameters"),
        (("--objective", "cyclic:3"), "one polynomial"),
        (("--network", "1-1-1", "--distribution", "cauchy"), "cauchy"),
        (("--network", "1-1-1", "--until", "max_real=9"), "max_real>=K"),
    ],
)
def test_bad_requests_are_one_sentence_and_exit_code_2(critnet, arguments, says):
    answer = critnet("sweep", *arguments)
    assert answer.exit_code == 2
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_people_get_a_histogram(critnet, tmp_path):
    store = tmp_path / "s.sqlite"
    answer = critnet("sweep", "--network", "1-1-1", "--samples", "20", "--store", str(store),
                     "--jobs", "1")  # fmt: skip
    assert answer.exit_code == 0
    assert "█" in answer.stdout
    assert "local minima" in answer.stdout
    again = critnet.json("sweep", "--network", "1-1-1", "--samples", "20", "--store", str(store))
    for real, samples in again["histogram"].items():
        assert real in answer.stdout
        assert str(samples) in answer.stdout
