"""What a picture of polytopes shows: coloured pieces with faces, labels and a legend; no library.

`polytopes.drawing` paints a scene with matplotlib, `polytopes.interactive` with plotly. Positions
are exact up to here and become floats here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from algebra.errors import InputError
from polytopes.hull import Row, as_rows
from polytopes.mixed_cells import MixedCells
from polytopes.newton import NewtonPolytope, newton_polytope
from polytopes.stable import StableCells
from polytopes.subdivision import SubdivisionCell, subdivision

Points = NDArray[np.float64]

#: One colour per polytope; translates of its faces are shades of it.
POLYTOPE_COLOURS = ("#e8a33d", "#5aa469", "#a06cb5")
MIXED_COLOUR = "#2f6db0"
#: Mixed cells by the coordinates that vanish, in a picture of stable cells.
PATTERN_COLOURS = ("#2f6db0", "#d1495b", "#00798c", "#8f5fb8", "#b5651d", "#4c956c", "#6c757d")
UNSTABLE_COLOUR = "#c9ced6"
EDGE_COLOUR = "#2b2f36"
EXPONENT_OF = "exponent of "
#: Largest coordinate that keeps its digits as a float.
MAX_COORDINATE = 10**15


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One polygon or polytope of a picture.

    Attributes
    ----------
    kind : str
        Legend entry; pieces of one kind share their colour.
    faces : list of (k, n) arrays
        In the plane one polygon; in space the facets. Corners in order.
    centre : (n,) array
    label : str
        What stands on it, perhaps empty.
    hover : str
        What a pointer reveals.
    strong : bool
        Mixed (or stable) cells stand out, the others recede.
    """

    kind: str
    colour: str
    faces: list[Points]
    centre: Points
    label: str
    hover: str
    strong: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture: pieces, further points, names of the axes, a title."""

    dimension: int
    title: str
    axes: tuple[str, ...]
    pieces: list[Piece]
    points: list[Row] = field(default_factory=list)

    def corners(self) -> Points:
        """All positions that the picture shows, (k, n); the origin if there are none."""
        faces = [face for piece in self.pieces for face in piece.faces]
        points = np.array(self.points, dtype=float).reshape(-1, self.dimension)
        return np.concatenate([*faces, points]) if faces else np.zeros((1, self.dimension))


def polytope_scene(
    polytope: NewtonPolytope,
    *,
    variables: Sequence[str] = (),
    name: str = "P",
    colour: str = MIXED_COLOUR,
) -> Scene:
    """A Newton polygon or polytope with the points of the support.

    Raises
    ------
    InputError
        The dimension of the space is not 2 or 3, or coordinates are too large for a picture.
    """
    rows = as_rows(polytope.points)
    n = len(rows[0])
    _check(n, rows)
    ends = len(polytope.vertices)
    counts = f"{ends} {'vertex' if ends == 1 else 'vertices'}"
    if polytope.dimension == 3:
        counts += f", {len(polytope.facets)} facets"
    volume = Fraction(polytope.normalised_volume, math.factorial(n))
    title = f"{name}: {counts}, {'area' if n == 2 else 'volume'} {volume}"
    corners = [rows[k] for k in polytope.vertices]
    centre = np.array(corners, dtype=float).mean(axis=0)
    piece = Piece(name, colour, _faces(corners), centre, "", title)
    return Scene(n, title, _axes(n, variables), [piece], rows)


def subdivision_scene(
    cells: MixedCells | StableCells, *, variables: Sequence[str] = (), whole: bool = True
) -> Scene:
    """The mixed subdivision of P_1 + … + P_n, cells coloured by type, labelled by volume.

    Parameters
    ----------
    cells : MixedCells or StableCells
        With n = 2 or 3; stable cells are coloured by the zeros they predict.
    whole : bool
        Show the cells that are not mixed, too.
    """
    stable = cells if isinstance(cells, StableCells) else None
    mixed = cells.cells if isinstance(cells, StableCells) else cells
    n = len(mixed.supports)
    total = [r for a in mixed.supports for r in as_rows(a)]
    _check(n, total)
    names = tuple(variables) or tuple(f"x{j + 1}" for j in range(n))
    patterns: dict[tuple[tuple[int, ...], ...], tuple[int, ...] | None] = {}
    if stable is not None:
        patterns = {
            tuple(map(tuple, edges)): pattern
            for edges, pattern in zip(mixed.edges.tolist(), stable.patterns, strict=True)
        }
    shades = {
        p: PATTERN_COLOURS[k % len(PATTERN_COLOURS)]
        for k, p in enumerate(sorted({p for p in patterns.values() if p is not None}, key=_by_size))
    }
    pieces = []
    for cell in subdivision(mixed):
        if not (cell.is_mixed or whole):
            continue
        if not cell.is_mixed:
            kind, colour, strong = _sum_of_faces(cell.kind), _blend(cell.kind), False
        elif stable is None:
            kind, colour, strong = _mixed_name(n), MIXED_COLOUR, True
        else:
            pattern = patterns.get(cell.parts)
            strong = pattern is not None
            kind = "not stable" if pattern is None else _zeros(pattern, names)
            colour = UNSTABLE_COLOUR if pattern is None else shades[pattern]
        pieces.append(_piece(cell, kind, colour, strong))
    # Weak pieces first: what stands out is painted last and listed first in legends.
    pieces.sort(key=lambda p: (p.strong, p.kind))
    sums = " + ".join(f"P{_subscript(i + 1)}" for i in range(n))
    unit = "area" if n == 2 else "volume"
    if stable is not None:
        count = sum(p is not None for p in stable.patterns)
        title = (
            f"{sums}: stable mixed volume {stable.count().value} = {unit} of {count} stable cells"
        )
    else:
        title = f"{sums}: mixed volume {mixed.mixed_volume} = {unit} of {len(mixed)} mixed cells"
    if not pieces:
        title = f"{sums} has a dimension below {n}: no cells, mixed volume 0"
    return Scene(n, title, _axes(n, names), pieces)


# -- parts of a scene ------------------------------------------------------------------------------


def _piece(cell: SubdivisionCell, kind: str, colour: str, strong: bool) -> Piece:
    centre = np.array(cell.corners, dtype=float).mean(axis=0)
    volume = str(cell.volume)
    return Piece(
        kind, colour, _faces(cell.corners), centre, volume, f"{kind}, volume {volume}", strong
    )


def _faces(corners: Sequence[Row]) -> list[Points]:
    """The polygon of vertices in the plane, or the facets of a polytope in space, in order."""
    polytope = newton_polytope(list(corners))
    rows = as_rows(polytope.points)
    if len(rows[0]) == 2 or polytope.dimension < 3:
        return [_in_order([rows[k] for k in polytope.vertices])]
    vertices = set(polytope.vertices)
    return [_in_order([rows[k] for k in on if k in vertices]) for _, _, on in polytope.inequalities]


def _in_order(corners: Sequence[Row]) -> Points:
    """Vertices of one convex polygon (in the plane or in space) in order around it."""
    points = np.array(corners, dtype=float)
    if len(points) < 3:
        return points
    steps = points - points.mean(axis=0)
    # The two main directions span the polygon's plane.
    _, _, directions = np.linalg.svd(steps, full_matrices=False)
    flat = steps @ directions[:2].T
    return points[np.argsort(np.arctan2(flat[:, 1], flat[:, 0]))]


def _check(n: int, rows: Sequence[Row]) -> None:
    if n not in (2, 3):
        raise InputError(f"n = {n}: pictures need 2 or 3 variables")
    if max(abs(x) for row in rows for x in row) > MAX_COORDINATE:
        raise InputError("an exponent is larger than 10^15: too large for a picture")


def _axes(n: int, variables: Sequence[str]) -> tuple[str, ...]:
    names = variables or [f"x{j + 1}" for j in range(n)]
    return tuple(EXPONENT_OF + v for v in names)


def _subscript(k: int) -> str:
    return "₀₁₂₃₄₅₆₇₈₉"[k]


def _mixed_name(n: int) -> str:
    return "mixed: " + " + ".join(f"edge of P{_subscript(i + 1)}" for i in range(n))


def _sum_of_faces(kind: Sequence[int]) -> str:
    """Name of a cell that is not mixed, by the summands that are no points."""
    names = ("", "edge", "face" if len(kind) == 3 else "cell", "cell")
    parts = [f"{names[d]} of P{_subscript(i + 1)}" for i, d in enumerate(kind) if d]
    return " + ".join(parts)


def _blend(kind: Sequence[int]) -> str:
    """The polytopes' colours weighted by the dimensions, made lighter."""
    weights = np.array(kind, dtype=float) / sum(kind)
    mix = weights @ np.array([_rgb(c) for c in POLYTOPE_COLOURS[: len(kind)]])
    light = 0.5 * mix + 0.5 * 255
    return "#" + "".join(f"{round(x):02x}" for x in light)


def _rgb(colour: str) -> list[int]:
    return [int(colour[k : k + 2], 16) for k in (1, 3, 5)]


def _by_size(pattern: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    return len(pattern), pattern


def _zeros(pattern: tuple[int, ...], names: Sequence[str]) -> str:
    if not pattern:
        return "zeros with nonzero coordinates"
    return "zeros with " + " = ".join(names[k] for k in pattern) + " = 0"
