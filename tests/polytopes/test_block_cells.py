"""Products of the blocks' mixed cells: mixed cells of the whole, with all of its volume."""

import numpy as np
import pytest

from algebra.networks import LinearNetwork
from polytopes import block_cells as module
from polytopes import is_mixed_cell, mixed_cells, mixed_volume
from polytopes.block_cells import block_cells
from proofs.checker import check_document
from proofs.settled_volumes import certify_mixed_volume


def network(*widths):
    return LinearNetwork(widths, m=1).gradient_system(seed=0).supports


@pytest.mark.parametrize("kind", ["torus", "affine"])
@pytest.mark.parametrize("widths", [(1, 2, 1), (2, 2, 1), (1, 3, 2)])
def test_products_are_distinct_mixed_cells_with_all_of_the_volume(widths, kind):
    volume = mixed_volume(network(*widths), kind=kind)
    cells = block_cells(volume.reduction, kind)
    assert (
        cells.mixed_volume == volume.value == mixed_cells(network(*widths), kind=kind).mixed_volume
    )
    assert len(np.unique(cells.edges, axis=0)) == len(cells)
    for j in range(len(cells)):
        assert is_mixed_cell(cells.supports, cells.liftings, cells.edges[j], int(cells.volumes[j]))
        for a, w, (p, q) in zip(cells.supports, cells.liftings, cells.edges[j], strict=True):
            height = [sum(int(e) * x for e, x in zip(r, cells.normal(j), strict=True)) for r in a]
            assert height[p] + int(w[p]) == height[q] + int(w[q])
    document = cells.certificate()
    assert check_document(document).facts["mixed_volume", "at_least"] == volume.value


def test_row_24_is_proved_from_both_sides_by_a_short_list():
    volume = certify_mixed_volume(mixed_volume(network(3, 3, 2), kind="affine"))
    # Table 3.1, row 24.
    assert (volume.value, str(volume.word)) == (389017, "proved")
    assert len(volume.cells) < 2000


def test_too_many_products_are_not_made(monkeypatch):
    monkeypatch.setattr(module, "MAX_CELLS", 3)
    assert block_cells(mixed_volume(network(2, 2, 1)).reduction, "torus") is None
