"""Short traversals in Python, long ones by kernels: who does the work changes nothing."""

import subprocess
import sys

import numpy as np
import pytest

from algebra.families import cyclic
from algebra.limits import Budget
from algebra.networks import LinearNetwork
from polytopes import mixed_cells, mixed_volume, stable_cells, stable_count, tropical
from polytopes.traversal import Traversal
from polytopes.tropical import short_traversal, traversed
from polytopes.wide import WideTraversal


@pytest.fixture
def unloaded(monkeypatch):
    """As in a process that has not loaded the kernels yet."""
    monkeypatch.setattr(tropical, "kernels_are_loaded", lambda: False)
    monkeypatch.setattr(tropical, "_spent", 0)


def network(*widths):
    return LinearNetwork(widths, m=1).gradient_system(seed=0).supports


def answers(supports):
    cells = mixed_cells(supports, seed=1)
    affine, stable = mixed_volume(supports, kind="affine"), stable_count(supports)
    return (
        (affine.value, affine.exchanges, stable.value, stable.patterns),
        [cells.edges, cells.scaled_normals, cells.volumes],
        stable_cells(supports).count().patterns,
    )


def test_cells_volumes_and_exchanges_do_not_depend_on_who_finds_them(unloaded, monkeypatch):
    supports = network(1, 2, 1)
    in_python = answers(supports)
    assert 0 < tropical._spent < tropical.ALLOWANCE
    monkeypatch.undo()
    by_kernels = answers(supports)
    assert in_python[::2] == by_kernels[::2]
    for mine, theirs in zip(in_python[1], by_kernels[1], strict=True):
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs)


def test_long_traversals_stop_in_python_and_prepare_the_kernels(unloaded, monkeypatch):
    monkeypatch.setattr(tropical, "ALLOWANCE", 50_000)
    prepared = []
    budget = Budget(preparation=prepared.append)
    done = traversed(cyclic(6).supports, None, budget)
    assert isinstance(done, Traversal)
    assert (done.total, prepared) == (156, ["polytopes"])
    assert tropical._spent <= 50_000
    assert isinstance(traversed(network(1, 1), None, budget), WideTraversal | Traversal)


def test_nothing_is_done_in_python_once_kernels_are_loaded():
    assert tropical.kernels_are_loaded()
    assert short_traversal(cyclic(3).supports) is None


@pytest.mark.parametrize("width", [(3, 3, 2), (2, 3, 3)])
def test_rows_24_and_26_need_no_numba(width):
    code = (
        "import sys\n"
        "from algebra import LinearNetwork\n"
        "from polytopes import mixed_volume\n"
        f"supports = LinearNetwork({width}, m=1).gradient_system(seed=0).supports\n"
        "print(mixed_volume(supports, kind='affine').value)\n"
        "print(mixed_volume(supports, kind='torus').value)\n"
        "print([m for m in ('numba', 'scipy') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Table 3.1: (1 + M)^d and M^d with M = 72.
    assert done.stdout.split("\n")[:3] == [str(73**3), str(72**3), "[]"]
