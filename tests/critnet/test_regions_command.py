"""`critnet regions`: documents, the picture, bad input."""

import pytest


def test_intervals_of_one_parameter_and_a_picture(critnet, tmp_path):
    picture = tmp_path / "strip.svg"
    document = critnet.json(
        "regions", "--network", "1-1-1", "--axis", "y1_1=-1..1", "--depth", "8",
        "--plot", str(picture),
    )  # fmt: skip
    assert {c["real"] for c in document["cells"]} == {1, 3, None}
    assert document["word"] == "certified"
    assert sum(document["shares"].values()) == pytest.approx(1)
    assert "<svg" in picture.read_text("utf-8")
    assert document["exact"]["counts"] == [3, 1, 3]
    assert document["exact"]["word"] == "probable"
    answer = critnet("regions", "--network", "1-1-1", "--axis", "y1_1=-1..1", "--depth", "8")
    assert answer.stdout.count("two zeros meet (root of degree 2)") == 2
    answer = critnet(
        "regions", "--network", "1-1-1", "--axis", "y1_1=1/8..1", "--no-exact", "--log"
    )
    assert "undecided" in answer.stdout
    assert "meet" not in answer.stdout


def test_a_plane_of_two_parameters_of_any_system(critnet, tmp_path):
    path = tmp_path / "cubic.txt"
    path.write_text("variables x; parameters a, b; x^3 + a*x + b", encoding="utf-8")
    document = critnet.json(
        "regions", "--system", str(path), "--axis", "a=-3..2", "--axis", "b=-2..2", "--depth", "4"
    )
    assert document["word"] == "probable"
    assert {c["real"] for c in document["cells"]} == {1, 3, None}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--network", "1-1-1", "--axis", "y1_1"), "NAME=LOW..HIGH"),
        (("--network", "1-1-1", "--axis", "q=0..1"), "no parameter"),
        (("--network", "1-1-1", "--axis", "y1_1=1..0"), "empty"),
        (
            (
                "--network",
                "1-1-1",
            ),
            "--axis",
        ),
        (("--axis", "a=0..1"), "expected one of"),
        (("--network", "1-1-1", "--axis", "y1_1=0..1", "--plot", "a.gif"), ".svg"),
        (("--network", "1-1-1", "--axis", "y1_1=0..1", "--log"), "ends of one sign"),
        (
            ("--network", "1-1-1", "--axis", "y1_1=0..1", "--axis", "x1_1=1..2", "--exact"),
            "for one parameter",
        ),
    ],
)
def test_bad_requests_are_one_sentence_and_exit_code_2(critnet, arguments, says):
    answer = critnet("regions", *arguments)
    assert answer.exit_code == 2
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr
