"""Newton polytopes, mixed volumes and mixed cells, exact; bounds on numbers of zeros."""

from polytopes.balancing import balanced
from polytopes.bounds import Bounds, bounds
from polytopes.errors import LiftingError, PolytopeError, SupportError
from polytopes.mixed_cells import MixedCells, is_mixed_cell, mixed_cells
from polytopes.mixed_volume import MixedVolume, mixed_volume
from polytopes.newton import NewtonPolytope, newton_polytope
from polytopes.stable import StableCells, StableCount, stable_cells, stable_count

__all__ = [
    "NewtonPolytope",
    "newton_polytope",
    "Bounds",
    "bounds",
    "MixedCells",
    "MixedVolume",
    "balanced",
    "is_mixed_cell",
    "mixed_cells",
    "mixed_volume",
    "StableCells",
    "StableCount",
    "stable_cells",
    "stable_count",
    "LiftingError",
    "PolytopeError",
    "SupportError",
]
