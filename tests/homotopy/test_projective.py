"""Patches of multiprojective space: the same paths, in coordinates where nothing diverges."""

from dataclasses import replace

import numpy as np
import pytest

from algebra.families import resolve_system
from algebra.systems import PolynomialSystem
from homotopy.accounting import follow
from homotopy.huge import ExactPatch
from homotopy.projective import in_patch, tracked_in_patch
from homotopy.results import PathStatus
from homotopy.solve import solve
from homotopy.starts import total_degree_start
from homotopy.tracker import track


@pytest.mark.parametrize("groups", [None, [[0], [1, 2]], [[2], [0], [1]]])
def test_equations_in_a_patch_are_the_homogenised_ones(groups):
    system = resolve_system("noon:3")
    homotopy = total_degree_start(system, seed=4).stages[0]
    patch = in_patch(homotopy, groups, seed=2)
    generator = np.random.default_rng(5)
    points = generator.normal(size=(4, 3)) + 1j * generator.normal(size=(4, 3))
    lifted = patch.lifted(points)
    assert np.allclose(patch.affine(lifted), points)
    count = len(patch.groups)
    degree = np.array([3] if groups is None else [2] * count)
    for t in (1.0, 0.3):
        values = patch.homotopy.evaluate(lifted, t)
        assert np.allclose(values[:, 3:], 0)  # on the patches
        before = homotopy.evaluate(points, t)
        if groups is None:
            assert np.allclose(values[:, :3], before * lifted[:, 3:] ** degree)
        # Homogeneous: zeros stay zeros, whatever the powers of x₀.
        assert np.all((np.abs(values[:, :3]) < 1e-9) == (np.abs(before) < 1e-9))
    numeric = patch.homotopy.jacobian(lifted[0], 0.3)
    step = 1e-6
    for j in range(3 + count):
        moved = lifted[0].copy()
        moved[j] += step
        other = lifted[0].copy()
        other[j] -= step
        difference = patch.homotopy.evaluate(moved, 0.3) - patch.homotopy.evaluate(other, 0.3)
        assert np.allclose(numeric[:, j], difference / (2 * step), atol=1e-6)


def test_a_path_that_diverges_ends_at_a_point_with_vanishing_x0():
    # Two zeros are finite; at infinity the leading forms x·y and x·(x + y) share x = 0, once
    # each: two paths end at the point (0 : 1 : 0).
    system = PolynomialSystem.parse("x*y - 1; x^2 + x*y - 3")
    start = total_degree_start(system, seed=1)
    patch = in_patch(start.stages[0], seed=1)
    ends = track(patch.homotopy, patch.lifted(start.points))
    sizes = np.abs(ends.points[:, 2]) / np.abs(ends.points).max(axis=1)
    assert sorted((sizes < 1e-6).tolist()) == [False, False, True, True]
    finite = patch.affine(ends.points[sizes > 1e-6])
    assert np.all(ends.status[sizes > 1e-6] == PathStatus.SUCCESS)
    assert np.allclose(np.sort(finite[:, 0].real), [-np.sqrt(2), np.sqrt(2)])


@pytest.mark.parametrize(("name", "finite"), [("noon:3", 21), ("noon:4", 73)])
def test_failed_paths_are_understood_in_a_patch(name, finite):
    start = total_degree_start(resolve_system(name), seed=3)
    ends = tracked_in_patch(start.stages[0], start.points, rows=start.rows)
    infinite = start.path_count - finite
    assert ends.summary() == {"success": finite, "at_infinity": infinite}
    affine = track(start.stages[0], start.points)
    success = affine.of(PathStatus.SUCCESS)
    assert np.array_equal(success, ends.of(PathStatus.SUCCESS))
    assert np.allclose(affine.points[success], ends.points[success], rtol=1e-8)


def test_failures_are_tried_again_in_a_patch():
    """The first attempts are made to fail."""
    stages = []

    def tracker(homotopy, points, **options):
        stages.append(options["stage"])
        result = track(homotopy, points, **options)
        if "patch" in stages[-1]:
            return result
        status = np.where(result.status == PathStatus.AT_INFINITY, PathStatus.UNDECIDED, 0)
        return replace(result, status=status)

    start = total_degree_start(resolve_system("noon:3"), seed=3)
    outcome = follow(start, tracker=tracker)
    assert stages[-1] == "stage 1 of 1, 6 paths in a projective patch"
    assert outcome.ends.summary() == {"success": 21, "at_infinity": 6}
    assert outcome.clean


@pytest.mark.parametrize(
    ("equations", "count", "size"),
    [
        # Conics with almost the same two asymptotic directions: at 10⁻¹⁸ doubles see no difference.
        ("x^2 - y^2 - 3*x + 1; x^2 - (1 + 1/10^18)*y^2 - 3*x + y/10^9 + 2", 4, 1e9),
        ("x^2 - y^2 - 3*x + 1; x^2 - (1 + 1/10^24)*y^2 - 3*x + 2", 4, 1e12),
        ("(x-y)^2 - x - 1; (x-y)^2 - x + y/10^20 + y^2/10^31 - 3", 4, 1e15),
    ],
)
def test_zeros_beyond_doubles_are_found_where_exact_counting_says_they_exist(
    equations, count, size
):
    system = PolynomialSystem.parse(equations)
    result = solve(system)
    assert sum(s.certified for s in result.solutions) == count
    assert result.proof.distinct_count == count
    assert result.paths.success == count
    assert result.paths.success + result.paths.at_infinity == result.paths.tracked
    assert np.abs(result.points).max() > 0.1 * size


def test_newton_in_a_patch_says_so_where_a_path_really_diverges():
    system = PolynomialSystem.parse("x*y - 1; x^2 + x*y - 3")
    patch = ExactPatch(system, [[0, 1]])
    assert patch.nearest_zero(np.array([1e-7, 1e7])) is None
    assert patch.nearest_zero(np.array([1.4, 0.7])) is not None
