"""A sweep's executor on a Dask cluster: one that runs already, or one of this machine.

Dask (extra `cluster`) is imported here and nowhere else; what leaves this file is an executor of
the standard futures interface. Dask itself gives the tasks of a lost worker to the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from algebra.errors import InputError

#: The name of a cluster of worker processes on this machine.
LOCAL = "local"
#: One thread per process: a sweep's kernels run in one thread, and Arb's precision is global.
_SINGLE = {name: "1" for name in ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
#: Seconds to wait for a scheduler.
CONNECT_SECONDS = 15


@contextmanager
def cluster_executor(
    address: str, processes: int = 1
) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """An executor on a Dask cluster, and a function that says how many workers it has now.

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
        from distributed import Client, LocalCluster
    except ImportError:
        raise InputError("--cluster needs Dask: install critnet[cluster]") from None
    cluster: Any = None
    if address == LOCAL:
        # Workers inherit the environment of this process.
        before = {k: os.environ.get(k) for k in _SINGLE}
        os.environ.update(_SINGLE)
        try:
            cluster = LocalCluster(
                n_workers=processes, threads_per_worker=1, processes=True, dashboard_address=None
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
        yield client.get_executor(pure=False), lambda: len(client.scheduler_info()["workers"])
    finally:
        client.close()
        if cluster is not None:
            cluster.close()
