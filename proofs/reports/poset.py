"""The zero patterns of a network as a partially ordered set, drawn.

A pattern is the set of weights that vanish at a critical point. Patterns are ordered by inclusion
of what is switched on: the origin below, the points with all weights nonzero on top.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from proofs.reports import svg

#: Larger sets of patterns are listed, not drawn.
MAX_DRAWN = 40
#: Wider layers make the little networks unreadable.
MAX_WIDTH = 6

NODE_WIDTH, NODE_HEIGHT, GAP, LAYER_GAP = 126.0, 110.0, 22.0, 40.0
#: Longer names of patterns stand in the table only.
MAX_NAME = 24


@dataclass(frozen=True, slots=True)
class Pattern:
    """Weights that vanish, and how many critical points have exactly these."""

    zero: frozenset[str]
    count: str


def weight_names(widths: Sequence[int]) -> dict[str, tuple[int, int, int]]:
    """Name of a weight -> (layer, row, column), counted from 1."""
    return {
        f"w{layer}_{i}_{j}": (layer, i, j)
        for layer, (columns, rows) in enumerate(itertools.pairwise(widths), start=1)
        for i in range(1, rows + 1)
        for j in range(1, columns + 1)
    }


def silent_neurons(zero: frozenset[str], widths: Sequence[int]) -> list[tuple[int, int]]:
    """Hidden neurons (layer, unit) whose incoming and outgoing weights all vanish."""
    weights = weight_names(widths)
    return [
        (layer, unit)
        for layer in range(1, len(widths) - 1)
        for unit in range(1, widths[layer] + 1)
        if all(
            name in zero
            for name, (k, i, j) in weights.items()
            if (k == layer and i == unit) or (k == layer + 1 and j == unit)
        )
    ]


def pattern_name(zero: frozenset[str], widths: Sequence[int]) -> str:
    """A pattern in words: which hidden neurons are off, or how many weights vanish besides."""
    weights = weight_names(widths)
    if not zero:
        return "all weights nonzero"
    if len(zero) == len(weights):
        return "all weights zero"
    off = silent_neurons(zero, widths)
    explained = {name for name, (k, i, j) in weights.items() if (k, i) in off or (k - 1, j) in off}
    deep = len(widths) > 3
    names = ", ".join(f"{unit} of layer {layer}" if deep else str(unit) for layer, unit in off)
    text = f"neuron{'s' if len(off) > 1 else ''} {names} off" if off else ""
    stray = len(zero) - len(explained)
    if stray:
        rest = f"{stray} more weight{'s' if stray > 1 else ''} zero"
        return f"{text}, {rest}" if text else rest.replace(" more", "")
    return text


def order(patterns: Sequence[Pattern]) -> nx.DiGraph:
    """Cover relations: an edge from each pattern to those just above it, by index."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(patterns)))
    graph.add_edges_from(
        (a, b)
        for a, lower in enumerate(patterns)
        for b, upper in enumerate(patterns)
        if upper.zero < lower.zero
    )
    return nx.transitive_reduction(graph)


def draw(patterns: Sequence[Pattern], widths: Sequence[int]) -> str | None:
    """The Hasse diagram as SVG, or None where it would be unreadable."""
    if not 0 < len(patterns) <= MAX_DRAWN or max(widths) > MAX_WIDTH:
        return None
    graph = order(patterns)
    layers = [sorted(layer) for layer in nx.topological_generations(graph)]
    across = max(len(layer) for layer in layers)
    width = max(across * (NODE_WIDTH + GAP), 2.2 * NODE_WIDTH)
    height = len(layers) * (NODE_HEIGHT + LAYER_GAP) - LAYER_GAP + 8
    place: dict[int, tuple[float, float]] = {}
    for level, layer in enumerate(layers):
        start = (width - len(layer) * (NODE_WIDTH + GAP) + GAP) / 2
        y = height - 4 - NODE_HEIGHT - level * (NODE_HEIGHT + LAYER_GAP)
        for position, node in enumerate(layer):
            place[node] = (start + position * (NODE_WIDTH + GAP), y)
    elements = [
        svg.line(
            place[a][0] + NODE_WIDTH / 2,
            place[a][1],
            place[b][0] + NODE_WIDTH / 2,
            place[b][1] + NODE_HEIGHT,
            "edge",
            1.3,
        )
        for a, b in graph.edges
    ]
    weights = weight_names(widths)
    for node, (x, y) in place.items():
        elements += _node(patterns[node], x, y, widths, weights)
    return svg.picture(width, height, *elements)


def _node(
    pattern: Pattern,
    x: float,
    y: float,
    widths: Sequence[int],
    weights: Mapping[str, tuple[int, int, int]],
) -> list[str]:
    """A box with the little network, the weights that are on drawn, and the count."""
    left, right, top, bottom = x + 16, x + NODE_WIDTH - 16, y + 12, y + NODE_HEIGHT - 42

    def unit(layer: int, index: int) -> tuple[float, float]:
        count = widths[layer]
        height = (bottom - top) * (index - 0.5) / count
        return left + (right - left) * layer / (len(widths) - 1), top + height

    elements = [svg.rectangle(x, y, NODE_WIDTH, NODE_HEIGHT, "node", 8)]
    live: set[tuple[int, int]] = set()
    for name, (layer, row, column) in weights.items():
        if name not in pattern.zero:
            elements.append(svg.line(*unit(layer - 1, column), *unit(layer, row), "on", 1.2))
            live |= {(layer - 1, column), (layer, row)}
    for layer, width in enumerate(widths):
        for index in range(1, width + 1):
            style = "unit-on" if (layer, index) in live else "unit-off"
            elements.append(svg.circle(*unit(layer, index), 3.4, style))
    middle = x + NODE_WIDTH / 2
    elements.append(svg.text(middle, y + NODE_HEIGHT - 23, pattern.count, "strong", "middle"))
    name = pattern_name(pattern.zero, widths)
    if len(name) <= MAX_NAME:
        elements.append(svg.text(middle, y + NODE_HEIGHT - 8, name, "small soft", "middle"))
    return elements
