"""Sweeps: real critical points of many random data sets, each count certified.

A generic complex member is solved once (`homotopy.members`). Every data set then costs one path per
orbit of sign changes; all zeros are certified from the exact data, and a sample counts only if
certified distinct zeros are as many as the generic member has and each is certified real or not
real: its real count is then exact as soon as the generic count is an upper bound.

Samples are drawn from the root seed and their number, so their order, the block size and the
number of workers change nothing.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from homotopy.certify import certify
from homotopy.compiled import CertifiedBatch
from homotopy.kernels.intervals import REAL, UNKNOWN
from homotopy.members import (
    Member,
    certify_member,
    generic_member,
    network_family,
    reduced_family,
    reduced_values,
)
from homotopy.sweep_store import Row, SweepStore
from homotopy.tracker import CONSERVATIVE, DEFAULT, PARANOID

ComplexArray = NDArray[np.complex128]

#: Seconds that a block of samples should take: progress, limits and the store act between blocks.
BLOCK_SECONDS = 1.0
#: Samples of the first block, before a rate is known, and of the largest one.
FIRST_BLOCK, LARGEST_BLOCK = 8, 500
#: Blocks in flight per worker.
IN_FLIGHT = 4


@dataclass(frozen=True, eq=False)
class SweepResult:
    """Real zeros of many random data sets.

    Attributes
    ----------
    network : LinearNetwork
    histogram : dict of int to int
        Number of samples per certified real count.
    samples, failed : int
        Samples done; samples without a complete certified count, which the histogram leaves out.
    max_real : int or None
        Largest certified real count.
    best : dict or None
        Number, seed and exact data of the first sample that reaches it.
    zeros : int
        Number of complex zeros of a generic member; 0 if a limit was hit before it was solved.
    seconds : float
        Wall-clock time of this run.
    certificate : dict or None
        Certificate of kind `boxes` for the best sample.
    """

    network: LinearNetwork
    histogram: dict[int, int]
    samples: int
    failed: int
    max_real: int | None
    best: dict[str, Any] | None
    zeros: int
    signs: str
    coordinates: str
    seconds: float
    notes: tuple[str, ...] = ()
    certificate: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def rate(self) -> float:
        """Samples per second of this run, those found in the store included."""
        return self.samples / self.seconds if self.seconds > 0 else 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "network": self.network.name,
            "variables": list(self.network.variables),
            "histogram": {str(k): v for k, v in sorted(self.histogram.items())},
            "max_real": self.max_real,
            "samples": self.samples,
            "failed": self.failed,
            "best": self.best,
            "zeros": self.zeros,
            "signs": self.signs,
            "coordinates": self.coordinates,
            "notes": list(self.notes),
        }

    def to_dataframe(self) -> Any:
        """A pandas table with columns real and samples."""
        import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]

        rows = sorted(self.histogram.items())
        return pd.DataFrame(rows, columns=["real", "samples"])

    def __repr__(self) -> str:
        parts = ", ".join(f"{k}: {v}" for k, v in sorted(self.histogram.items()))
        return (
            f"SweepResult({self.network.name}: {self.samples} samples, {self.failed} failed, "
            f"real zeros {{{parts}}}, max {self.max_real})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in sorted(self.histogram.items())
        )
        head = "<tr><th>real zeros</th><th>samples</th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption>{head}{rows}</table>"


def sweep(
    network: LinearNetwork | str,
    samples: int,
    *,
    signs: str = "positive",
    coordinates: str = "full",
    store: str | Path | None = None,
    until: str | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    executor: Executor | None = None,
) -> SweepResult:
    """Certified real counts of random data sets of a network.

    Parameters
    ----------
    network : LinearNetwork or str
        For example "2-2-2".
    samples : int
        Data sets in all, those in the store included.
    signs : {"positive", "any"}
        Signs of the regulariser's entries.
    coordinates : {"full", "reduced"}
        "reduced" tracks the d + p unknowns of `homotopy.members.reduced_family` (one hidden layer,
        one data point); the zeros correspond one to one.
    store : path, optional
        SQLite file; a sweep that was stopped, or killed, goes on where it was.
    until : str, optional
        Stop early, for example "max_real>=9".
    budget : Budget
        `threads` > 1 starts that many worker processes.
    executor : concurrent.futures.Executor, optional
        Runs the blocks instead (a Dask client's or MPI's futures executor).

    Raises
    ------
    InputError
        Unreadable arguments, or the store belongs to something else.
    LimitReached
        `partial` is the SweepResult so far.
    """
    if isinstance(network, str):
        network = LinearNetwork.parse(network)
    if samples < 0:
        raise InputError(f"samples = {samples}: expected a number that is not negative")
    goal = _parse_goal(until)
    NetworkData.check_options(0, signs, "generic")
    definition = {
        "network": network.name,
        "signs": signs,
        "coordinates": coordinates,
        "seed": seed,
    }
    begin = time.perf_counter()
    with SweepStore(store, definition) as rows:
        try:
            member = _stored_member(rows, network, coordinates, seed, budget)
        except LimitReached as limit:
            nothing = _result(rows, network, definition, samples, None, begin, False)
            raise LimitReached(str(limit), nothing) from None

        def result(final: bool = False) -> SweepResult:
            return _result(rows, network, definition, samples, member, begin, final)

        left = sorted(set(range(samples)) - rows.numbers())
        blocks = _Blocks(left, _Worker(network, signs, coordinates, seed, member))
        for block in blocks.run(budget.threads, executor):
            rows.add(block)
            done, _ = rows.counts(samples)
            budget.report("samples", done, samples)
            if goal is not None and any(r[4] == "ok" and r[3] >= goal for r in block):
                break
            if done < samples:
                try:
                    budget.check()
                except LimitReached as limit:
                    raise LimitReached(str(limit), result()) from None
        return result(final=True)


def sample_seed(root: int, number: int) -> int:
    """The data seed of a sample; depends on nothing else."""
    words = np.random.SeedSequence([root, number]).generate_state(2, np.uint32)
    return int(words[0]) << 31 | int(words[1]) >> 1


def sample_data(network: LinearNetwork, root: int, number: int, signs: str) -> NetworkData:
    """The exact data of a sample."""
    return NetworkData.random(network, sample_seed(root, number), signs=signs)


# -- one block -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Worker:
    """What a block needs besides its numbers."""

    network: LinearNetwork
    signs: str
    coordinates: str
    seed: int
    member: Member

    def rows(self, numbers: list[int]) -> list[Row]:
        """The finished rows of these samples."""
        data = [sample_data(self.network, self.seed, k, self.signs) for k in numbers]
        values = [self._values(d) for d in data]
        targets = np.array([[_float(v) for v in row] for row in values], dtype=np.complex128)
        ends, _ = self.member.track_to(targets)
        return [
            (k, str(sample_seed(self.seed, k)), *self._counted(d, v, t, e))
            for k, d, v, t, e in zip(numbers, data, values, targets, ends, strict=True)
        ]

    def _values(self, data: NetworkData) -> list[fmpq]:
        if self.coordinates == "reduced":
            return reduced_values(self.network, data)
        return list(data.parameter_values)

    def _counted(
        self, data: NetworkData, values: list[fmpq], target: ComplexArray, ends: ComplexArray
    ) -> tuple[int, int, str, str]:
        """Complex count, real count, state and note of one sample."""
        note = ""
        for settings in (DEFAULT, CONSERVATIVE, PARANOID):
            if settings is not DEFAULT:
                note = "tracked again"
                ends = self.member.track_to(target[None], settings=settings, generic=False)[0][0]
            zeros = self.member.lifted(ends)
            zeros = zeros[np.isfinite(zeros).all(axis=1)]
            batch = certify_member(self.member.family, zeros, values)
            if len(zeros) == self.member.count and _is_complete(batch):
                real = int((batch.reality == REAL).sum())
            elif self.coordinates == "full":
                slow = certify(self.network.gradient_system(data=data), zeros)
                if slow.distinct_count < self.member.count:
                    continue
                if slow.real_count + slow.nonreal_count < slow.distinct_count:
                    continue
                real = slow.real_count
            else:
                continue
            modulus = 2**self.network.hidden_layers
            if real % modulus != 1 or self.member.count % modulus != 1:
                return self.member.count, real, "failed", f"parity: {real} real zeros"
            return self.member.count, real, "ok", note
        return (
            int(batch.certified.sum()),
            int((batch.reality == REAL).sum()),
            "failed",
            "zeros lost",
        )


def _is_complete(batch: CertifiedBatch) -> bool:
    return batch.disjoint() and bool((batch.reality != UNKNOWN).all())


# -- scheduling ------------------------------------------------------------------------------------

_WORKER: _Worker | None = None


def _start_worker(document: dict[str, Any]) -> None:
    """Process-wide worker, rebuilt from plain data."""
    global _WORKER  # one per worker process, set by its initialiser
    _WORKER = _worker_from(document)


def _worker_from(document: dict[str, Any]) -> _Worker:
    network = LinearNetwork.parse(document["network"])
    family = (reduced_family if document["coordinates"] == "reduced" else network_family)(network)
    member = Member.from_dict(family, document["member"])
    return _Worker(network, document["signs"], document["coordinates"], document["seed"], member)


def _run_in_worker(numbers: list[int]) -> tuple[list[Row], float]:
    assert _WORKER is not None, "the pool's initialiser ran"
    return _timed(_WORKER, numbers)


def _run_anywhere(document: dict[str, Any], numbers: list[int]) -> tuple[list[Row], float]:
    """For foreign executors: the worker is rebuilt once per process."""
    key = repr((document["network"], document["coordinates"], document["signs"], document["seed"]))
    if key not in _KNOWN_WORKERS:
        _KNOWN_WORKERS.clear()
        _KNOWN_WORKERS[key] = _worker_from(document)
    return _timed(_KNOWN_WORKERS[key], numbers)


_KNOWN_WORKERS: dict[str, _Worker] = {}


def _timed(worker: _Worker, numbers: list[int]) -> tuple[list[Row], float]:
    begin = time.perf_counter()
    return worker.rows(numbers), time.perf_counter() - begin


class _Blocks:
    """Cuts the missing samples into blocks of about `BLOCK_SECONDS` and runs them."""

    def __init__(self, numbers: list[int], worker: _Worker) -> None:
        self._numbers, self._worker = numbers, worker
        self._size = FIRST_BLOCK

    def run(self, workers: int, executor: Executor | None) -> Iterator[list[Row]]:
        """Finished blocks, in any order."""
        if executor is not None:
            document = self._document()
            yield from self._submit(
                lambda block: executor.submit(_run_anywhere, document, block), max(1, workers)
            )
        elif workers <= 1:
            while self._numbers:
                rows, seconds = _timed(self._worker, self._next())
                self._adapt(len(rows), seconds)
                yield rows
        else:
            # Compiled kernels are not fork-safe once threads ran: spawn.
            pool = ProcessPoolExecutor(
                workers,
                mp_context=get_context("spawn"),
                initializer=_start_worker,
                initargs=(self._document(),),
            )
            try:
                yield from self._submit(lambda b: pool.submit(_run_in_worker, b), workers)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _submit(
        self, submit: Callable[[list[int]], Future[tuple[list[Row], float]]], workers: int
    ) -> Iterator[list[Row]]:
        pending: set[Future[tuple[list[Row], float]]] = set()
        while self._numbers or pending:
            while self._numbers and len(pending) < IN_FLIGHT * workers:
                pending.add(submit(self._next()))
            finished, pending = wait(pending, return_when=FIRST_COMPLETED)
            for future in finished:
                rows, seconds = future.result()
                self._adapt(len(rows), seconds)
                yield rows

    def _next(self) -> list[int]:
        block, self._numbers = self._numbers[: self._size], self._numbers[self._size :]
        return block

    def _adapt(self, count: int, seconds: float) -> None:
        wanted = int(count * BLOCK_SECONDS / max(seconds, 1e-3))
        self._size = max(1, min(wanted, 4 * self._size, LARGEST_BLOCK))

    def _document(self) -> dict[str, Any]:
        worker = self._worker
        return {
            "network": worker.network.name,
            "signs": worker.signs,
            "coordinates": worker.coordinates,
            "seed": worker.seed,
            "member": worker.member.to_dict(),
        }


# -- the result ------------------------------------------------------------------------------------


def _stored_member(
    rows: SweepStore, network: LinearNetwork, coordinates: str, seed: int, budget: Budget
) -> Member:
    """The generic member in the store, solved and put there if it is missing."""
    document = rows.meta("member")
    if document is not None:
        family = (reduced_family if coordinates == "reduced" else network_family)(network)
        return Member.from_dict(family, document)
    member = generic_member(network, coordinates=coordinates, seed=seed, budget=budget)
    rows.set_meta("member", member.to_dict())
    return member


def _result(
    rows: SweepStore,
    network: LinearNetwork,
    definition: dict[str, Any],
    samples: int,
    member: Member | None,
    begin: float,
    final: bool,
) -> SweepResult:
    done, failed = rows.counts(samples)
    best = rows.best(samples)
    document: dict[str, Any] | None = None
    certificate = None
    if best is not None:
        data = sample_data(network, definition["seed"], best[0], definition["signs"])
        document = {"number": best[0], "seed": best[1], "data": data.to_dict()}
        if final and member is not None and definition["coordinates"] == "full":
            ends, _ = member.track_to(
                np.array([[_float(v) for v in data.parameter_values]]), settings=CONSERVATIVE
            )
            checked = certify(network.gradient_system(data=data), member.lifted(ends[0]))
            certificate = checked.certificate
    return SweepResult(
        network,
        rows.histogram(samples),
        done,
        failed,
        None if best is None else best[3],
        document,
        0 if member is None else member.count,
        definition["signs"],
        definition["coordinates"],
        time.perf_counter() - begin,
        (f"{failed} of {done} samples have no complete count",) if failed else (),
        certificate,
    )


def _parse_goal(until: str | None) -> int | None:
    if until is None:
        return None
    match = re.fullmatch(r"\s*max_real\s*>=\s*(\d{1,9})\s*", until)
    if match is None:
        raise InputError(f"--until {until!r}: expected max_real>=K, for example max_real>=9")
    return int(match.group(1))


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
