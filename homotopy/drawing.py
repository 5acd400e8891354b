"""A picture of the paths: each coordinate in its complex plane, drawn into the unit disc.

z ↦ z/(1 + |z|) maps the plane onto the disc, so that paths that diverge end on the circle. What is
drawn is the last stage, from the generic (or start) system to the target.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.systems import PolynomialSystem
from homotopy.choosing import choose_start
from homotopy.results import PathStatus
from homotopy.shapes import scale, square_up
from homotopy.tracker import TrackResult, track

ComplexArray = NDArray[np.complex128]

SUFFIXES = (".png", ".svg", ".pdf")
#: Paths drawn at most, a random choice; coordinates drawn at most.
MOST_PATHS, MOST_COORDINATES = 200, 6
#: Okabe-Ito colours: distinguishable with any colour vision.
COLOURS = {
    "regular": "#0072B2",
    "singular": "#E69F00",
    "at infinity": "#999999",
    "not understood": "#D55E00",
}


def draw_paths(
    system: PolynomialSystem,
    path: str | Path,
    *,
    start: str = "auto",
    region: str = "affine",
    seed: int = 0,
    budget: Budget = UNLIMITED,
) -> int:
    """Track again, keep the samples, draw them; returns the number of paths drawn.

    Raises
    ------
    InputError
        The suffix is none of `SUFFIXES`, or no square system describes the zeros.
    """
    if Path(path).suffix.lower() not in SUFFIXES:
        raise InputError(f"{Path(path).name}: expected a name that ends in {', '.join(SUFFIXES)}")
    square = square_up(system, seed=seed)
    if square.system is None or not system.variables:
        raise InputError(f"no paths to draw: {square.reason or 'no unknowns'}")
    scaled = scale(square.system)
    chosen = choose_start(scaled.system, start, region=region, seed=seed, budget=budget)
    generator = np.random.default_rng([seed, 31])
    size = min(MOST_PATHS, chosen.path_count)
    picked = np.sort(generator.choice(chosen.path_count, size, replace=False))
    points, rows = chosen.points[picked], chosen.rows[picked]
    for homotopy in chosen.stages[:-1]:
        between = track(homotopy, points, rows=rows, budget=budget)
        points = between.points[between.status == PathStatus.SUCCESS]
        rows = np.zeros(len(points), np.int64)
    ends = track(chosen.stages[-1], points, rows=rows, record=True, budget=budget)
    paths = [scaled.original(samples) for _, samples in ends.samples]
    title = f"{len(ends)} of {chosen.path_count} paths, {chosen.name}"
    _figure(system.variables, paths, ends, scaled.original(ends.points), title).savefig(path)
    return len(ends)


def kind_of(status: int) -> str:
    """The legend's word for a `PathStatus`."""
    if status == PathStatus.SUCCESS:
        return "regular"
    if status == PathStatus.SINGULAR:
        return "singular"
    return "at infinity" if status <= PathStatus.AT_ZERO else "not understood"


def in_the_disc(values: ComplexArray) -> ComplexArray:
    """z/(1 + |z|)."""
    return np.asarray(values / (1.0 + np.abs(values)), dtype=np.complex128)


def _figure(
    variables: tuple[str, ...],
    paths: list[ComplexArray],
    ends: TrackResult,
    limits: ComplexArray,
    title: str,
) -> Figure:
    shown = min(len(variables), MOST_COORDINATES)
    columns = min(shown, 3)
    rows = -(-shown // columns)
    figure = Figure(figsize=(3.4 * columns, 3.4 * rows + 0.6), layout="constrained")
    axes: Any = figure.subplots(rows, columns, squeeze=False)
    used: dict[str, Any] = {}
    for k, axis in enumerate(axes.flat):
        axis.set_axis_off()
        if k >= shown:
            continue
        axis.set_aspect("equal")
        axis.set_title(variables[k])
        turn = np.exp(2j * np.pi * np.linspace(0, 1, 241))
        axis.plot(turn.real, turn.imag, color="black", linewidth=0.6)
        axis.plot([-1, 1], [0, 0], color="black", linewidth=0.3)
        for j, samples in enumerate(paths):
            kind = kind_of(int(ends.status[j]))
            finite = kind in ("regular", "singular")
            line = np.append(samples[:, k], limits[j, k]) if finite else samples[:, k]
            curve = in_the_disc(line)
            used[kind] = axis.plot(
                curve.real, curve.imag, color=COLOURS[kind], linewidth=0.5, alpha=0.7, zorder=1
            )[0]
            if finite:
                axis.plot(
                    curve[-1].real, curve[-1].imag, ".", color=COLOURS[kind], markersize=4, zorder=2
                )
    figure.suptitle(title)
    if used:
        figure.legend(used.values(), used.keys(), loc="outside lower center", ncols=len(used))
    return figure
