"""One traversal on several threads: idle ones take over half of the pending subtrees.

The kernels release the interpreter lock. Threads run for a slice of exchanges each, then pending
subtrees are handed over; every subtree is visited exactly once by someone, so totals, counts and
(after sorting) cells are the same for any number of threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from algebra.limits import UNLIMITED, Budget
from polytopes.traversal import Traversal

#: Exchanges before subtrees are handed over: some five milliseconds.
SLICE = 1 << 13


def run_parallel(traversal: Traversal, budget: Budget = UNLIMITED, slice_: int = SLICE) -> None:
    """Finish `traversal` on `budget.threads` threads; its counters then hold everything.

    Raises
    ------
    LimitReached
        The budget is exhausted.
    """
    if budget.threads < 2 or traversal.run(budget, traversal.exchanges + slice_):
        traversal.run(budget)
        return
    workers = [traversal, *(traversal.idle_copy() for _ in range(budget.threads - 1))]
    done = [False, *(True for _ in workers[1:])]
    quiet = replace(budget, progress=None)
    with ThreadPoolExecutor(len(workers)) as pool:
        while not all(done):
            budget.check()
            for k, worker in enumerate(workers):
                if done[k]:
                    donor = max(workers, key=Traversal.pending_subtrees)
                    done[k] = not donor.hand_over(worker)
            busy = [k for k, finished in enumerate(done) if not finished]
            tasks = [
                pool.submit(workers[k].run, quiet, workers[k].exchanges + slice_) for k in busy
            ]
            for k, task in zip(busy, tasks, strict=True):
                done[k] = task.result()
            budget.report("mixed cells", sum(w.leaves for w in workers))
    for worker in workers[1:]:
        traversal.absorb(worker)
