"""Polyhedral starts track without loss: as many distinct regular ends as the mixed volume."""

import numpy as np
import pytest

from algebra.systems import PolynomialSystem
from homotopy.errors import StartUnavailable
from homotopy.polyhedral import polyhedral_start
from homotopy.tracker import track


def random_system(generator):
    n = int(generator.integers(1, 5))
    equations = [
        {
            tuple(int(e) for e in generator.integers(0, 4, n)): int(generator.integers(1, 10**4))
            for _ in range(int(generator.integers(2, 6)))
        }
        for _ in range(n)
    ]
    return PolynomialSystem.from_terms([f"x{k}" for k in range(n)], equations)


@pytest.mark.parametrize("region", ["torus", "affine"])
def test_the_toric_phase_loses_and_merges_no_path(region):
    generator = np.random.default_rng(11)
    tracked = 0
    for trial in range(60):
        try:
            start = polyhedral_start(random_system(generator), region=region, seed=trial)
        except StartUnavailable:
            continue
        if not 0 < start.path_count <= 120:
            continue
        ends = track(start.stages[0], start.points, rows=start.rows)
        assert (ends.status == 0).all(), (trial, ends.summary())
        sizes = np.maximum(np.abs(ends.points).max(axis=1), 1e-300)
        gaps = np.abs(ends.points[:, None, :] - ends.points[None]).max(axis=2) / sizes[:, None]
        np.fill_diagonal(gaps, 1.0)
        assert gaps.min() > 1e-8, trial
        tracked += start.path_count
    assert tracked > 500
