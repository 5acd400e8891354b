"""Counts over ranges of architectures, and which formulas they support.

The numbers N* of critical points with all weights nonzero are what is unknown: by Theorem 4 of
docs/theory.md all other generic counts follow from those of subnetworks. A generic count is
believed once two independent draws of data agree; it is `probable`, never more. A formula is
proved by a theorem, refuted by one row, or fitted: right wherever it could be compared.
"""

from __future__ import annotations

import html
import itertools
import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.words import Word
from proofs.conjectures import CANDIDATES, Candidate, Family
from proofs.formulas import active_widths, count_from_subnetworks
from proofs.genericity import matrix_rank

#: Draws of data that have to agree.
DRAWS = 2
#: Seconds for one draw of one architecture, unless told otherwise.
SECONDS_PER_DRAW = 30.0
#: Most weights that are tried.
MOST_WEIGHTS = 18


@dataclass(frozen=True)
class Draw:
    """Counts for one data set.

    Attributes
    ----------
    complex, torus, with_multiplicity : int or None
        None where a limit was hit.
    active : dict
        {sizes of the active sets as text "1-2": total number of critical points with such sets}.
    stray : int
        Critical points whose zero pattern is none of Theorem 3's.
    """

    seed: int
    dimension: int | None
    complex: int | None
    torus: int | None
    with_multiplicity: int | None
    active: dict[str, int]
    stray: int

    def key(self) -> tuple[Any, ...]:
        """What draws have to agree on."""
        return (self.dimension, self.complex, self.torus, tuple(sorted(self.active.items())))


@dataclass(frozen=True)
class ExploreRow:
    """One architecture.

    Attributes
    ----------
    rank : int
        rank X of the draws: the smaller of m and d_x.
    affine_mixed_volume : int or None
    draws : tuple of Draw
    """

    network: LinearNetwork
    rank: int
    affine_mixed_volume: int | None
    draws: tuple[Draw, ...]

    @property
    def agreed(self) -> bool:
        """Whether at least two draws were counted and all of them agree."""
        counted = [draw for draw in self.draws if draw.complex is not None]
        return len(counted) >= DRAWS and len({draw.key() for draw in counted}) == 1

    @property
    def generic(self) -> Draw | None:
        """The draw that stands for generic data, if they agree."""
        return next(d for d in self.draws if d.complex is not None) if self.agreed else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        found = self.generic
        return {
            "network": self.network.name,
            "widths": list(self.network.widths),
            "m": self.network.m,
            "rank": self.rank,
            "N": self.network.weight_count,
            "agreed": self.agreed,
            "word": str(Word.PROBABLE if self.agreed else Word.NUMERICAL),
            "N_C": None if found is None else found.complex,
            "N_Cstar": None if found is None else found.torus,
            "active": {} if found is None else found.active,
            "stray_patterns": None if found is None else found.stray,
            "affine_mixed_volume": self.affine_mixed_volume,
            "seeds": [draw.seed for draw in self.draws],
        }


@dataclass(frozen=True)
class Fit:
    """A candidate formula against all rows it speaks of.

    Attributes
    ----------
    status : str
        "proved", "fitted", "refuted" or "untested".
    matched, contradicted : tuple of str
        Names of networks.
    """

    candidate: Candidate
    matched: tuple[str, ...]
    contradicted: tuple[str, ...]

    @property
    def status(self) -> str:
        """Refuted by one row; otherwise proved, fitted, or untested."""
        if self.contradicted or self.candidate.refuted_by:
            return "refuted"
        if self.candidate.theorem:
            return "proved"
        return "fitted" if self.matched else "untested"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "name": self.candidate.name,
            "formula": self.candidate.formula,
            "about": self.candidate.about,
            "status": self.status,
            "theorem": self.candidate.theorem,
            "matched": list(self.matched),
            "contradicted": list(self.contradicted),
            "refuted_by": self.candidate.refuted_by,
        }


@dataclass(frozen=True)
class Exploration:
    """Rows and what they say about the candidate formulas."""

    rows: tuple[ExploreRow, ...]
    fits: tuple[Fit, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "rows": [row.to_dict() for row in self.rows],
            "fits": [fit.to_dict() for fit in self.fits],
            "laws": {
                name: {"matched": right, "contradicted": wrong}
                for name, (right, wrong) in (
                    ("sum over subnetworks", subnetwork_law(self.rows)),
                    ("reversal", reversal_law(self.rows)),
                )
            },
        }

    def to_dataframe(self) -> Any:
        """A pandas table, one row per architecture."""
        import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]

        return pd.DataFrame([row.to_dict() for row in self.rows])

    def __repr__(self) -> str:
        agreed = sum(row.agreed for row in self.rows)
        return f"Exploration({len(self.rows)} architectures, {agreed} counted twice alike)"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(f.candidate.formula)}</td><td>{f.status}</td>"
            f"<td>{len(f.matched)}</td><td>{html.escape(', '.join(f.contradicted))}</td></tr>"
            for f in self.fits
        )
        return f"<table><caption>{html.escape(repr(self))}</caption>{rows}</table>"


def explore(
    architectures: Iterable[LinearNetwork | str] | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    seconds: float = SECONDS_PER_DRAW,
    store: str | Path | None = None,
    budget: Budget = UNLIMITED,
    on_row: Callable[[ExploreRow], None] | None = None,
) -> Exploration:
    """Count critical points over many architectures and compare formulas with the counts.

    Parameters
    ----------
    architectures : networks or names, optional
        Default: `default_architectures()`.
    draws : int
        Independent data sets for each, at least 2.
    seed : int
        Data of draw k of every network have the seed `seed + k`.
    seconds : float
        Limit for one draw; what takes longer stays open.
    store : path, optional
        SQLite file; finished draws found there are not computed again.
    on_row : callable, optional
        Called with each row as it is finished.

    Raises
    ------
    LimitReached
        `partial` is the Exploration so far.
    """
    if draws < DRAWS:
        raise InputError(f"draws = {draws}: a generic count needs at least {DRAWS} that agree")
    networks = [
        LinearNetwork.parse(item) if isinstance(item, str) else item
        for item in (default_architectures() if architectures is None else architectures)
    ]
    rows: list[ExploreRow] = []
    with closing(_Store(store)) as known:
        for k, network in enumerate(networks):
            budget.report("architecture", k, len(networks))
            try:
                budget.check()
                row = _row(network, [seed + i for i in range(draws)], seconds, known, budget)
            except LimitReached as limit:
                raise LimitReached(str(limit), _exploration(rows)) from None
            rows.append(row)
            if on_row is not None:
                on_row(row)
    return _exploration(rows)


def default_architectures() -> list[LinearNetwork]:
    """H = 1 with widths ≤ 3 and m ≤ 3, H = 2, 3 with widths ≤ 2, chains; smallest first.

    Only m ≤ d_x: more data points have the same rank X as d_x of them, and only X Xᵀ and Y Xᵀ
    enter the gradient.
    """
    found: dict[tuple[tuple[int, ...], int], LinearNetwork] = {}

    def add(widths: Sequence[int], m: int) -> None:
        network = LinearNetwork(tuple(widths), m)
        if m <= widths[0] and network.weight_count <= MOST_WEIGHTS:
            found[network.widths, m] = network

    for widths in itertools.product((1, 2, 3), repeat=3):
        for m in (1, 2, 3):
            add(widths, m)
    for hidden in (2, 3):
        for widths in itertools.product((1, 2), repeat=hidden + 2):
            for m in (1, 2):
                add(widths, m)
        for n, p, m in itertools.product((1, 2, 3), (1, 2, 3), (1, 2, 3)):
            add((n, *[1] * hidden, p), m)
    return sorted(found.values(), key=lambda n: (n.weight_count, n.widths, n.m))


# -- one architecture -----------------------------------------------------------------------------


def _row(
    network: LinearNetwork, seeds: Sequence[int], seconds: float, known: _Store, budget: Budget
) -> ExploreRow:
    draws = []
    for seed in seeds:
        draw = known.get(network, seed)
        if draw is None:
            draw = _draw(network, seed, seconds, budget)
            known.put(network, draw)
        draws.append(draw)
        if draw.complex is None:
            break  # the next draw would take as long
    rank = matrix_rank(network.data(seeds[0]).X)
    return ExploreRow(network, rank, _affine_mixed_volume(network, seeds[0], budget), tuple(draws))


def _draw(network: LinearNetwork, seed: int, seconds: float, budget: Budget) -> Draw:
    """Counts of one data set by exact algebra modulo two primes."""
    from algebra.counting import count_zeros

    left = budget.remaining()
    limit = seconds if left is None else min(seconds, left)
    short = Budget.of(
        seconds=limit,
        memory_bytes=budget.memory_bytes,
        progress=budget.progress,
        threads=budget.threads,
    )
    try:
        found = count_zeros(
            network.gradient_system(seed=seed), torus=True, real=False, budget=short
        )
    except LimitReached:
        budget.check()
        return Draw(seed, None, None, None, None, {}, 0)
    active: dict[str, int] = {}
    stray = 0
    for zero, count in found.patterns.items():
        number = count.value or 0
        sizes = active_sizes(network, frozenset(zero))
        if sizes is None:
            stray += number
        else:
            key = "-".join(map(str, sizes))
            active[key] = active.get(key, 0) + number
    return Draw(
        seed,
        found.dimension,
        found.distinct.value,
        found.torus.value,
        found.with_multiplicity.value,
        active,
        stray,
    )


def active_sizes(network: LinearNetwork, zero: frozenset[str]) -> tuple[int, ...] | None:
    """Sizes of the active sets of a zero pattern, all 0 at W = 0; None for other patterns."""
    from proofs.catalogue.deep_patterns import violation

    if violation(network)(zero) is not None:
        return None
    sizes = []
    for layer, width in enumerate(network.widths[1:-1], start=1):
        inputs = range(1, network.widths[layer - 1] + 1)
        alive = [
            i for i in range(1, width + 1) if any(f"w{layer}_{i}_{j}" not in zero for j in inputs)
        ]
        sizes.append(len(alive))
    return tuple(sizes)


def _affine_mixed_volume(network: LinearNetwork, seed: int, budget: Budget) -> int | None:
    from polytopes import mixed_volume

    limit = Budget.of(seconds=SECONDS_PER_DRAW, threads=budget.threads)
    try:
        supports = network.gradient_system(seed=seed).supports
        return int(mixed_volume(supports, kind="affine", budget=limit).value)
    except LimitReached:
        budget.check()
        return None


# -- formulas -------------------------------------------------------------------------------------


def _exploration(rows: Sequence[ExploreRow]) -> Exploration:
    return Exploration(tuple(rows), tuple(fit(candidate, rows) for candidate in CANDIDATES))


def fit(candidate: Candidate, rows: Sequence[ExploreRow]) -> Fit:
    """Compare a candidate with all rows it speaks of."""
    matched: list[str] = []
    contradicted: list[str] = []
    for row in rows:
        found = row.generic
        if found is None or found.torus is None or found.dimension != 0:
            continue
        network = row.network
        family = Family(network.widths[1:-1], network.widths[-1], row.rank)
        expected = candidate.torus_count(family)
        if expected is None:
            continue
        (matched if expected == found.torus else contradicted).append(network.name)
    return Fit(candidate, tuple(matched), tuple(contradicted))


def subnetwork_law(rows: Sequence[ExploreRow]) -> tuple[list[str], list[str]]:
    """Networks whose N_C is, and is not, the sum over torus counts of their subnetworks.

    Only networks whose subnetworks are all among the rows are compared.
    """
    torus = {
        (r.network.widths[1:-1], r.network.widths[-1], r.rank): r.generic.torus
        for r in rows
        if r.generic is not None and r.generic.torus is not None
    }
    right: list[str] = []
    wrong: list[str] = []
    for row in rows:
        found = row.generic
        if found is None or row.network.hidden_layers == 0:
            continue
        outputs, rank = row.network.widths[-1], row.rank
        try:
            known = {e: torus[e, outputs, rank] for e in active_widths(row.network)}
        except KeyError:
            continue
        predicted = count_from_subnetworks(row.network, known.__getitem__)
        (right if predicted == found.complex else wrong).append(row.network.name)
    return right, wrong


def reversal_law(rows: Sequence[ExploreRow]) -> tuple[list[str], list[str]]:
    """Networks for which N*(d_1, …, d_H; p, q) = N*(d_H, …, d_1; q, p) could be compared.

    Right and wrong ones. Conjecture 3 of docs/theory.md.
    """
    torus = {
        (r.network.widths[1:-1], r.network.widths[-1], r.rank): r.generic.torus
        for r in rows
        if r.generic is not None and r.generic.torus is not None
    }
    right: list[str] = []
    wrong: list[str] = []
    for row in rows:
        if row.generic is None:
            continue
        hidden, outputs = row.network.widths[1:-1], row.network.widths[-1]
        image = torus.get((hidden[::-1], row.rank, outputs))
        if image is None or (hidden == hidden[::-1] and outputs == row.rank):
            continue
        (right if image == row.generic.torus else wrong).append(row.network.name)
    return right, wrong


# -- store ----------------------------------------------------------------------------------------


class _Store:
    """Finished draws in SQLite, or nowhere."""

    def __init__(self, path: str | Path | None) -> None:
        self._connection = sqlite3.connect(":memory:" if path is None else str(path))
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS draws_1 "
            "(network TEXT, seed INTEGER, result TEXT, PRIMARY KEY (network, seed))"
        )

    def get(self, network: LinearNetwork, seed: int) -> Draw | None:
        """A finished draw; one that hit a limit is tried again."""
        row = self._connection.execute(
            "SELECT result FROM draws_1 WHERE network = ? AND seed = ?", (network.name, seed)
        ).fetchone()
        return None if row is None else Draw(**json.loads(row[0]))

    def put(self, network: LinearNetwork, draw: Draw) -> None:
        """Keep a finished draw."""
        if draw.complex is None:
            return
        self._connection.execute(
            "INSERT OR REPLACE INTO draws_1 VALUES (?, ?, ?)",
            (network.name, draw.seed, json.dumps(vars(draw), sort_keys=True)),
        )
        self._connection.commit()

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
