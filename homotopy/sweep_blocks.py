"""The missing samples of a sweep in blocks: run here, in worker processes, or on any executor.

Executors need `submit` with futures of `concurrent.futures` (threads, processes, a Dask client's
executor, MPI's pool). A block may run more than once, after a worker died; it is recorded once,
because rows depend on the sweep and the sample's number alone.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from multiprocessing import get_context
from typing import Any

from homotopy.errors import WorkersFailed
from homotopy.members import Member
from homotopy.sweep_store import Row
from homotopy.sweep_subjects import subject_from
from homotopy.sweep_worker import Worker

#: Seconds that a block of samples should take: progress, limits and the store act between blocks.
BLOCK_SECONDS = 1.0
#: Samples of the first block, before a rate is known, and of the largest one.
FIRST_BLOCK, LARGEST_BLOCK = 8, 500
#: Blocks in flight per worker.
IN_FLIGHT = 4
#: Seconds after which an empty block is handed over while no block is finished.
PATIENCE = 2.0
#: Times a block is given to workers that die or lose it before the sweep gives up.
ATTEMPTS = 4

Timed = tuple[list[Row], float]
Block = tuple[int, ...]


class Blocks:
    """Cuts ranges of missing samples into blocks of about `BLOCK_SECONDS`."""

    def __init__(self, missing: Iterable[range]) -> None:
        self._ranges = deque(r for r in missing if len(r))
        self._size = FIRST_BLOCK

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def next(self) -> Block:
        """The next block, from as many ranges as it takes."""
        numbers: list[int] = []
        while self._ranges and len(numbers) < self._size:
            first = self._ranges.popleft()
            take = min(len(first), self._size - len(numbers))
            numbers += first[:take]
            if take < len(first):
                self._ranges.appendleft(first[take:])
        return tuple(numbers)

    def adapt(self, count: int, seconds: float) -> None:
        """Choose the size of later blocks from the time one took."""
        wanted = int(count * BLOCK_SECONDS / max(seconds, 1e-3))
        self._size = max(1, min(wanted, 4 * self._size, LARGEST_BLOCK))


def run_here(blocks: Blocks, worker: Worker) -> Generator[list[Row], None, None]:
    """Finished blocks, one after the other, in this thread."""
    while blocks:
        rows, seconds = _timed(worker, blocks.next())
        blocks.adapt(len(rows), seconds)
        yield rows


def run_in_processes(
    blocks: Blocks, worker: Worker, processes: int
) -> Generator[list[Row], None, None]:
    """Finished blocks, in any order, from worker processes of this machine.

    A pool that broke (a process was killed, or out of memory) is replaced.
    """
    text = json.dumps(_document(worker))

    def start() -> Executor:
        # Compiled kernels are not fork-safe once threads ran: spawn.
        return ProcessPoolExecutor(
            processes,
            mp_context=get_context("spawn"),
            initializer=_start_worker,
            initargs=(text,),
        )

    pool = [start()]

    def submit(block: Block) -> Future[Timed]:
        try:
            return pool[0].submit(_run_in_process, block)
        except BrokenExecutor:
            pool[0].shutdown(wait=False, cancel_futures=True)
            pool[0] = start()
            return pool[0].submit(_run_in_process, block)

    try:
        yield from _finished(blocks, submit, lambda: processes)
    finally:
        pool[0].shutdown(wait=True, cancel_futures=True)


def run_on(
    blocks: Blocks, worker: Worker, executor: Executor, workers: Callable[[], int]
) -> Generator[list[Row], None, None]:
    """Finished blocks, in any order, from an executor; `workers` says how many it has just now.

    Empty blocks come while nothing is finished.
    """
    text = json.dumps(_document(worker))
    yield from _finished(blocks, lambda b: executor.submit(run_block, text, b), workers)


def _finished(
    blocks: Blocks, submit: Callable[[Block], Future[Timed]], workers: Callable[[], int]
) -> Generator[list[Row], None, None]:
    pending: dict[Future[Timed], Block] = {}
    losses: dict[Block, int] = {}
    again: deque[Block] = deque()
    hopeless: WorkersFailed | None = None
    try:
        while pending or (hopeless is None and (blocks or again)):
            wanted = 0 if hopeless else IN_FLIGHT * max(1, workers())
            while (blocks or again) and len(pending) < wanted:
                block = again.popleft() if again else blocks.next()
                pending[submit(block)] = block
            done, _ = wait(pending, timeout=PATIENCE, return_when=FIRST_COMPLETED)
            if not done:
                yield []  # limits are checked while workers are slow, or gone
            for future in done:
                block = pending.pop(future)
                try:
                    rows, seconds = future.result()
                except Exception as error:  # whatever an executor raises for a lost worker
                    _require_loss(error)
                    losses[block] = losses.get(block, 0) + 1
                    again.append(block)
                    if losses[block] >= ATTEMPTS:
                        # What else is under way is still recorded.
                        hopeless = WorkersFailed(block[0], block[-1], ATTEMPTS, error)
                    continue
                blocks.adapt(len(rows), seconds)
                yield rows
        if hopeless is not None:
            raise hopeless
    finally:
        for future in pending:
            future.cancel()


def _require_loss(error: Exception) -> None:
    """Raise an error that a worker reported of its computation; a lost worker is another matter."""
    lost = (BrokenExecutor, CancelledError, OSError, EOFError)
    # Dask has errors of its own (KilledWorker, CommClosedError, …) and is not imported here.
    foreign = type(error).__module__.partition(".")[0] in ("distributed", "mpi4py")
    if not isinstance(error, lost) and not foreign:
        raise error


# -- in a worker process ---------------------------------------------------------------------------

_WORKER: list[Worker] = []
#: Workers by the text that describes them: an executor's processes serve one sweep at a time.
_KNOWN: dict[str, Worker] = {}
#: Arb's working precision belongs to the whole process.
_LOCK = threading.Lock()


def run_block(text: str, numbers: Block) -> Timed:
    """The rows of a block and the seconds they took, in whatever process this runs.

    Parameters
    ----------
    text : str
        JSON: the subject, the seed and the generic member.
    """
    with _LOCK:
        if text not in _KNOWN:
            _KNOWN.clear()
            _KNOWN[text] = _worker_from(text)
        return _timed(_KNOWN[text], numbers)


def _start_worker(text: str) -> None:
    """The worker of a process of `run_in_processes`, rebuilt from plain data."""
    _WORKER[:] = [_worker_from(text)]


def _run_in_process(numbers: Block) -> Timed:
    return _timed(_WORKER[0], numbers)


def _timed(worker: Worker, numbers: Block) -> Timed:
    begin = time.perf_counter()
    return worker.rows(list(numbers)), time.perf_counter() - begin


def _document(worker: Worker) -> dict[str, Any]:
    return {
        "subject": worker.subject.definition(),
        "seed": worker.seed,
        "member": worker.member.to_dict(),
    }


def _worker_from(text: str) -> Worker:
    document = json.loads(text)
    subject = subject_from(document["subject"])
    member = Member.from_dict(subject.family(), document["member"])
    return Worker(subject, document["seed"], member)


def gaps(numbers: Iterable[int], limit: int) -> list[range]:
    """The ranges of 0 … limit−1 that ascending `numbers` leave out."""
    out, free = [], 0
    for number in itertools.chain(numbers, [limit]):
        if number > free:
            out.append(range(free, number))
        free = number + 1
    return out
