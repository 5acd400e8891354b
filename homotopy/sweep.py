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

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from homotopy.certify import certify
from homotopy.members import Member
from homotopy.sweep_store import Row, SweepStore
from homotopy.sweep_subjects import NetworkSubject, Subject, SystemSubject, subject_from
from homotopy.sweep_worker import Worker

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
    name : str
        The network or system.
    variables : tuple of str
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
    options : dict of str
        Signs, and coordinates for networks.
    seconds : float
        Wall-clock time of this run.
    indices : dict of str to int
        Number of samples per list of certified Morse indices, "0:2,1:2,2:1" for two minima, two
        saddles of index 1 and one of index 2; gradients in full coordinates only.
    certificate : dict or None
        Certificate of kind `boxes` for the best sample.
    """

    name: str
    variables: tuple[str, ...]
    histogram: dict[int, int]
    samples: int
    failed: int
    max_real: int | None
    best: dict[str, Any] | None
    zeros: int
    options: dict[str, str]
    seconds: float
    notes: tuple[str, ...] = ()
    indices: dict[str, int] = field(default_factory=dict)
    certificate: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def minima(self) -> dict[int, int]:
        """Number of samples per number of local minima, where indices are known."""
        out: dict[int, int] = {}
        for text, count in self.indices.items():
            if text:
                found = dict(part.split(":") for part in text.split(","))
                number = int(found.get("0", 0))
                out[number] = out.get(number, 0) + count
        return dict(sorted(out.items()))

    @property
    def rate(self) -> float:
        """Samples per second of this run, those found in the store included."""
        return self.samples / self.seconds if self.seconds > 0 else 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "subject": self.name,
            "variables": list(self.variables),
            "histogram": {str(k): v for k, v in sorted(self.histogram.items())},
            "max_real": self.max_real,
            "samples": self.samples,
            "failed": self.failed,
            "best": self.best,
            "zeros": self.zeros,
            "indices": self.indices,
            "minima": {str(k): v for k, v in self.minima.items()},
            **self.options,
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
            f"SweepResult({self.name}: {self.samples} samples, {self.failed} failed, "
            f"real zeros {{{parts}}}, max {self.max_real})"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in sorted(self.histogram.items())
        )
        head = "<tr><th>real zeros</th><th>samples</th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption>{head}{rows}</table>"


def sweep(
    subject: LinearNetwork | PolynomialSystem | str,
    samples: int,
    *,
    signs: str | None = None,
    coordinates: str = "full",
    store: str | Path | None = None,
    until: str | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    executor: Executor | None = None,
) -> SweepResult:
    """Certified real counts of random data sets of a network, or of any system with parameters.

    Parameters
    ----------
    subject : LinearNetwork, str or PolynomialSystem
        A network ("2-2-2"), whose data vary, or a square system whose parameters vary.
    samples : int
        Data sets in all, those in the store included.
    signs : {"positive", "any"}, optional
        Of a network's regulariser (default positive), or of a system's parameters (default any).
    coordinates : {"full", "reduced"}
        Of networks: "reduced" tracks the d + p unknowns of `homotopy.families.reduced_family` (one
        hidden layer, one data point); the zeros correspond one to one.
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
    if samples < 0:
        raise InputError(f"samples = {samples}: expected a number that is not negative")
    goal = _parse_goal(until)
    chosen = choose_subject(subject, signs, coordinates)
    definition = {**chosen.definition(), "seed": seed}
    begin = time.perf_counter()
    with SweepStore(store, definition) as rows:
        try:
            member = _stored_member(rows, chosen, seed, budget)
        except LimitReached as limit:
            nothing = _result(rows, chosen, seed, samples, None, begin, False)
            raise LimitReached(str(limit), nothing) from None

        def result(final: bool = False) -> SweepResult:
            return _result(rows, chosen, seed, samples, member, begin, final)

        left = sorted(set(range(samples)) - rows.numbers())
        blocks = _Blocks(left, Worker(chosen, seed, member))
        for block in blocks.run(budget.threads, executor):
            rows.add(block)
            done, _ = rows.counts(samples)
            budget.report("samples", done, samples)
            if goal is not None and any(r[5] == "ok" and r[3] >= goal for r in block):
                break
            if done < samples:
                try:
                    budget.check()
                except LimitReached as limit:
                    raise LimitReached(str(limit), result()) from None
        return result(final=True)


def choose_subject(
    subject: LinearNetwork | PolynomialSystem | str, signs: str | None, coordinates: str
) -> Subject:
    """The subject that the arguments of `sweep` name."""
    if isinstance(subject, PolynomialSystem):
        return SystemSubject(subject, signs or "any")
    network = LinearNetwork.parse(subject) if isinstance(subject, str) else subject
    return NetworkSubject(network, signs or "positive", coordinates)


# -- scheduling ------------------------------------------------------------------------------------

_WORKER: Worker | None = None


def _start_worker(document: dict[str, Any]) -> None:
    """Process-wide worker, rebuilt from plain data."""
    global _WORKER  # one per worker process, set by its initialiser
    _WORKER = _worker_from(document)


def _worker_from(document: dict[str, Any]) -> Worker:
    subject = subject_from(document["subject"])
    member = Member.from_dict(subject.family(), document["member"])
    return Worker(subject, document["seed"], member)


def _run_in_worker(numbers: list[int]) -> tuple[list[Row], float]:
    assert _WORKER is not None, "the pool's initialiser ran"
    return _timed(_WORKER, numbers)


def _run_anywhere(document: dict[str, Any], numbers: list[int]) -> tuple[list[Row], float]:
    """For foreign executors: the worker is rebuilt once per process."""
    key = repr((document["subject"], document["seed"]))
    if key not in _KNOWN_WORKERS:
        _KNOWN_WORKERS.clear()
        _KNOWN_WORKERS[key] = _worker_from(document)
    return _timed(_KNOWN_WORKERS[key], numbers)


_KNOWN_WORKERS: dict[str, Worker] = {}


def _timed(worker: Worker, numbers: list[int]) -> tuple[list[Row], float]:
    begin = time.perf_counter()
    return worker.rows(numbers), time.perf_counter() - begin


class _Blocks:
    """Cuts the missing samples into blocks of about `BLOCK_SECONDS` and runs them."""

    def __init__(self, numbers: list[int], worker: Worker) -> None:
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
            "subject": worker.subject.definition(),
            "seed": worker.seed,
            "member": worker.member.to_dict(),
        }


# -- the result ------------------------------------------------------------------------------------


def _stored_member(rows: SweepStore, subject: Subject, seed: int, budget: Budget) -> Member:
    """The generic member in the store, solved and put there if it is missing."""
    document = rows.meta("member")
    if document is not None:
        return Member.from_dict(subject.family(), document)
    member = subject.member(seed, budget)
    rows.set_meta("member", member.to_dict())
    return member


def _result(
    rows: SweepStore,
    subject: Subject,
    seed: int,
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
        sample = subject.sample(int(best[1]))
        document = {"number": best[0], "seed": best[1], "data": sample.data}
        if final and member is not None and sample.system is not None:
            zeros = Worker(subject, seed, member).zeros(sample)
            certificate = certify(sample.system(), zeros).certificate
    options = {k: v for k, v in subject.definition().items() if k in ("signs", "coordinates")}
    return SweepResult(
        subject.name,
        subject.variables,
        rows.histogram(samples),
        done,
        failed,
        None if best is None else best[3],
        document,
        0 if member is None else member.count,
        options,
        time.perf_counter() - begin,
        (f"{failed} of {done} samples have no complete count",) if failed else (),
        {k: v for k, v in rows.indices(samples).items() if k},
        certificate,
    )


def _parse_goal(until: str | None) -> int | None:
    if until is None:
        return None
    match = re.fullmatch(r"\s*max_real\s*>=\s*(\d{1,9})\s*", until)
    if match is None:
        raise InputError(f"--until {until!r}: expected max_real>=K, for example max_real>=9")
    return int(match.group(1))
