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
from collections.abc import Generator
from concurrent.futures import Executor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from algebra.errors import InputError, LimitReached
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork
from algebra.systems import PolynomialSystem
from algebra.words import Word
from homotopy.certify import certify
from homotopy.clusters import cluster_executor
from homotopy.members import Member
from homotopy.sweep_blocks import Blocks, gaps, run_here, run_in_processes, run_on
from homotopy.sweep_store import Row, SweepStore
from homotopy.sweep_subjects import NetworkSubject, Subject, SystemSubject
from homotopy.sweep_worker import Worker

#: Entries of a subject's definition that a result repeats.
OPTIONS = ("signs", "coordinates", "distribution")


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
        Wall-clock time of this run, the generic member included.
    computed : int
        Samples computed by this run; the others were in the store.
    word : Word
        How sure the counts are: every real zero is certified, and that none is missing is as sure
        as the generic number of zeros; `relies_on` says what that rests on.
    relies_on : tuple of str
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
    computed: int
    word: Word
    relies_on: tuple[str, ...]
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
        """Samples per second of this run."""
        return self.computed / self.seconds if self.seconds > 0 else 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "subject": self.name,
            "variables": list(self.variables),
            "histogram": {str(k): v for k, v in sorted(self.histogram.items())},
            "max_real": self.max_real,
            "samples": self.samples,
            "failed": self.failed,
            "word": str(self.word),
            "relies_on": list(self.relies_on),
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
    distribution: str = "wide",
    store: str | Path | None = None,
    until: str | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    executor: Executor | None = None,
    cluster: str | None = None,
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
    distribution : str
        Of the random data: one of `homotopy.distributions.DISTRIBUTIONS`.
    store : path, optional
        SQLite file; a sweep that was stopped, or killed, goes on where it was.
    until : str, optional
        Stop early, for example "max_real>=9".
    budget : Budget
        `threads` > 1 starts that many worker processes.
    executor : concurrent.futures.Executor, optional
        Runs the blocks instead, `budget.threads` of them at a time (`mpi4py.futures`
        `.MPIPoolExecutor`, a Dask client's `get_executor()`).
    cluster : str, optional
        "tcp://host:8786", the address of a Dask scheduler, or "local" for one of this machine.

    Raises
    ------
    InputError
        Unreadable arguments, or the store belongs to something else.
    LimitReached
        `partial` is the SweepResult so far.
    WorkersFailed
        Workers died again and again on the same samples.
    """
    if samples < 0:
        raise InputError(f"samples = {samples}: expected a number that is not negative")
    if executor is not None and cluster is not None:
        raise InputError("either an executor or the address of a cluster, not both")
    goal = _parse_goal(until)
    chosen = choose_subject(subject, signs, coordinates, distribution)
    definition = {**chosen.definition(), "seed": seed}
    begin = time.perf_counter()
    with SweepStore(store, definition) as rows:
        found, _ = rows.counts(samples)
        done = found
        notes: list[str] = []

        def result(member: Member | None, final: bool = False) -> SweepResult:
            seconds = time.perf_counter() - begin
            out = _result(rows, chosen, seed, samples, member, seconds, done - found, final)
            return replace(out, notes=(*out.notes, *notes))

        try:
            member = _stored_member(rows, chosen, seed, budget)
        except LimitReached as limit:
            raise LimitReached(str(limit), result(None)) from None
        blocks = Blocks(gaps(rows.numbers(samples), samples))
        worker = Worker(chosen, seed, member)
        with ExitStack() as stack:
            finished = _blocks_of(blocks, worker, budget, executor, cluster, stack, notes)
            for block in stack.enter_context(closing(finished)):
                rows.add(block)
                done += len(block)
                budget.report("samples", done, samples)
                if goal is not None and any(r[5] == "ok" and r[3] >= goal for r in block):
                    break
                if done < samples:
                    try:
                        budget.check()
                    except LimitReached as limit:
                        raise LimitReached(str(limit), result(member)) from None
        return result(member, final=True)


def _blocks_of(
    blocks: Blocks,
    worker: Worker,
    budget: Budget,
    executor: Executor | None,
    cluster: str | None,
    stack: ExitStack,
    notes: list[str],
) -> Generator[list[Row], None, None]:
    """Finished blocks from wherever they are to be computed; adds to the notes."""
    if cluster is not None and blocks:
        found = stack.enter_context(cluster_executor(cluster, budget.threads))
        notes += found.notes()
        return run_on(blocks, worker, found.executor, found.workers)
    if executor is not None:
        return run_on(blocks, worker, executor, lambda: budget.threads)
    if budget.threads > 1:
        return run_in_processes(blocks, worker, budget.threads)
    return run_here(blocks, worker)


def choose_subject(
    subject: LinearNetwork | PolynomialSystem | str,
    signs: str | None,
    coordinates: str,
    distribution: str = "wide",
) -> Subject:
    """The subject that the arguments of `sweep` name."""
    if isinstance(subject, PolynomialSystem):
        return SystemSubject(subject, signs or "any", distribution)
    network = LinearNetwork.parse(subject) if isinstance(subject, str) else subject
    return NetworkSubject(network, signs or "positive", coordinates, distribution)


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
    seconds: float,
    computed: int,
    final: bool,
) -> SweepResult:
    done, failed = rows.counts(samples)
    best = rows.best(samples)
    document: dict[str, Any] | None = None
    certificate = None
    if best is not None:
        sample = subject.sample(int(best[1]))
        document = {"number": best[0], "seed": best[1], "data": sample.data}
        if final and member is not None:
            zeros = Worker(subject, seed, member).zeros(sample)
            certificate = certify(*sample.full(zeros)).certificate
    options = {k: v for k, v in subject.definition().items() if k in OPTIONS}
    word, reason = subject.upper
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
        seconds,
        computed,
        word,
        (reason,),
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
