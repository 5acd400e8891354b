"""Mixed volumes through the checker: both sides proved, and false ones noticed."""

import dataclasses

import pytest

from algebra.errors import EnginesDisagree
from algebra.families import resolve_system
from algebra.words import Word
from polytopes import bounds, mixed_cells, mixed_volume
from proofs import settle


@pytest.mark.parametrize(
    ("name", "kind", "value"),
    [
        ("cyclic:7", "torus", 924),  # J. Backelin, R. Froeberg, ISSAC 1991
        ("network:2-2-2", "affine", 1089),  # row 14 of Table 3.1, arXiv:2301.12651
        ("network:3-2-2", "torus", 5184),
    ],
)
def test_both_sides_of_a_mixed_volume_are_proved(name, kind, value):
    supports = resolve_system(name).supports
    result = mixed_volume(supports, kind=kind).with_cells(mixed_cells(supports, kind=kind))
    assert (result.value, result.word) == (value, Word.PROBABLE)
    settled = settle(result)
    assert (settled.lower.word, settled.upper.word) == (Word.PROVED, Word.PROVED)
    assert settled.word is Word.PROVED
    assert not any("Jensen" in theorem for theorem in settled.upper.relies_on)


def test_rows_24_and_26_are_proved_affine_and_torus_by_blocks():
    for name in ("network:3-3-2", "network:2-3-3"):
        settled = settle(bounds(resolve_system(name)))
        for bound, value in (
            (settled.affine_mixed_volume, 389017),
            (settled.torus_mixed_volume, 373248),
        ):
            assert (bound.value, bound.word) == (value, Word.PROVED)
        assert settled.stable_mixed_volume.word is Word.PROBABLE


def test_a_false_value_is_never_proved():
    supports = resolve_system("cyclic:5").supports
    for wrong in (69, 71):
        result = dataclasses.replace(mixed_volume(supports), value=wrong)
        with pytest.raises(EnginesDisagree):
            settle(result)
