"""Newton polytopes, mixed volumes and mixed cells, exact; bounds on numbers of zeros."""

from polytopes.errors import LiftingError, PolytopeError, SupportError
from polytopes.mixed_cells import MixedCells, is_mixed_cell, mixed_cells
from polytopes.mixed_volume import MixedVolume, mixed_volume

__all__ = [
    "MixedCells",
    "MixedVolume",
    "is_mixed_cell",
    "mixed_cells",
    "mixed_volume",
    "LiftingError",
    "PolytopeError",
    "SupportError",
]
