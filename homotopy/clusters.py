"""A sweep's executor on a Dask cluster: one that runs already, or one of this machine.

Dask (extra `cluster`) is imported here and nowhere else; what leaves this file is an executor of
the standard futures interface. Dask itself gives the tasks of a lost worker to the others.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from algebra.errors import InputError

#: The name of a cluster of worker processes on this machine.
LOCAL = "local"
#: One thread per process: a sweep's kernels run in one thread, and Arb's precision is global.
_SINGLE = {name: "1" for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
#: Seconds to wait for a scheduler.
CONNECT_SECONDS = 15


@dataclass(frozen=True)
class Cluster:
    """A Dask client as an executor.

    Attributes
    ----------
    executor : Executor
    client : distributed.Client
    """

    executor: Executor
    client: Any

    def workers(self) -> int:
        """How many worker processes there are just now; each computes one block at a time."""
        return len(self.client.scheduler_info(n_workers=-1)["workers"])

    def notes(self) -> tuple[str, ...]:
        """What slows the workers down, for people."""
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        several = [w["nthreads"] for w in workers if w["nthreads"] > 1]
        if not several:
            return ()
        return (
            f"{len(several)} of {len(workers)} Dask workers have up to {max(several)} threads and "
            "use one: start workers with --nthreads 1 and as many processes",
        )


@contextmanager
def cluster_executor(address: str, processes: int = 1) -> Iterator[Cluster]:
    """An executor on a Dask cluster.

    Parameters
    ----------
    address : str
        "tcp://host:8786" of a running scheduler, or "local" for worker processes here.
    processes : int
        Their number, for "local".

    Raises
    ------
    InputError
        Dask is not installed, or no scheduler answers.
    """
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError("--cluster needs Dask: install critnet[cluster]") from None
    cluster: Any = None
    if address == LOCAL:
        # Workers inherit the environment of this process.
        before = {k: os.environ.get(k) for k in _SINGLE}
        os.environ.update(_SINGLE)
        try:
            # Nobody looks at the profile of these workers, and taking it costs 4 % of their time.
            with dask.config.set({"distributed.worker.profile.enabled": False}):
                cluster = LocalCluster(
                    n_workers=processes,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                )
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
    try:
        client = Client(cluster if cluster is not None else address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler at {address}: {str(error)[:200]}; expected tcp://host:port or local"
        ) from None
    try:
        # Equal blocks of other sweeps are other tasks: nothing may be looked up by its arguments.
        yield Cluster(client.get_executor(pure=False), client)
    finally:
        client.close()
        if cluster is not None:
            cluster.close()
