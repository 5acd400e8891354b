"""Sweeps on several workers: whoever dies, nothing is lost and nothing counted twice."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from algebra.errors import InputError, LimitReached
from algebra.limits import Budget
from homotopy.clusters import Cluster, cluster_executor
from homotopy.errors import WorkersFailed
from homotopy.sweep import sweep
from homotopy.sweep_blocks import ATTEMPTS, Blocks, gaps, run_block
from homotopy.sweep_store import SweepStore, is_remote


def table(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM sample ORDER BY number").fetchall()


# -- blocks ----------------------------------------------------------------------------------------


def test_gaps_and_blocks_cover_what_is_missing_once():
    missing = gaps(iter([2, 3, 7, 11]), 20)
    assert missing == [range(2), range(4, 7), range(8, 11), range(12, 20)]
    assert gaps(iter([0, 1, 2]), 3) == []
    blocks, seen = Blocks(missing), []
    while blocks:
        block = blocks.next()
        assert 0 < len(block) <= 8
        seen += block
    assert seen == [k for k in range(20) if k not in (2, 3, 7, 11)]


def test_a_billion_samples_are_planned_without_a_list_of_them():
    blocks = Blocks(gaps(iter([5]), 10**9))
    assert blocks.next() == (0, 1, 2, 3, 4, 6, 7, 8)
    blocks.adapt(8, 1e-3)
    assert len(blocks.next()) == 32


# -- executors that lose work ----------------------------------------------------------------------


class Losing(ThreadPoolExecutor):
    """Loses every third block, as a pool does whose process was killed."""

    def __init__(self, error):
        super().__init__(1)
        self.error, self.submitted, self.lost = error, 0, []

    def submit(self, fn, /, *args, **kwargs):
        self.submitted += 1
        if self.submitted % 3 == 2:
            self.lost.append(args[-1])
            future = Future()
            future.set_exception(self.error)
            return future
        return super().submit(fn, *args, **kwargs)


def test_lost_blocks_are_computed_again(tmp_path):
    whole, lost = tmp_path / "whole.sqlite", tmp_path / "lost.sqlite"
    sweep("1-1-1", 40, store=whole)
    with Losing(BrokenProcessPool("a process was killed")) as executor:
        result = sweep("1-1-1", 40, store=lost, executor=executor)
    assert executor.lost
    assert result.samples == 40
    assert table(whole) == table(lost)


def test_a_block_that_kills_every_worker_ends_the_sweep_with_the_store_intact(tmp_path):
    store = tmp_path / "poison.sqlite"

    class Poisoned(ThreadPoolExecutor):
        def submit(self, fn, /, text, block):
            if 10 in block:
                future = Future()
                future.set_exception(BrokenProcessPool("out of memory"))
                return future
            return super().submit(fn, text, block)

    with Poisoned(1) as executor, pytest.raises(WorkersFailed, match=f"lost {ATTEMPTS} times"):
        sweep("1-1-1", 500, store=store, executor=executor)
    assert {row[0] for row in table(store)} >= set(range(8))


def test_an_error_of_the_computation_is_not_taken_for_a_lost_worker():
    with Losing(ZeroDivisionError("a bug")) as executor, pytest.raises(ZeroDivisionError):
        sweep("1-1-1", 40, executor=executor)


def test_a_time_limit_ends_a_sweep_whose_workers_do_nothing():
    class Idle(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return Future()

    sweep("1-1-1", 1)  # kernels are compiled outside the limit
    with Idle(1) as executor, pytest.raises(LimitReached) as caught:
        sweep("1-1-1", 40, executor=executor, budget=Budget.of(seconds=0.5))
    assert caught.value.partial.samples == 0


def test_blocks_are_plain_data():
    with SweepStore(None, {"network": "none"}):
        pass
    with pytest.raises((KeyError, ValueError)):
        run_block("{}", (0,))


# -- processes -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_killed_worker_process_is_replaced(tmp_path):
    import multiprocessing

    whole, killed = tmp_path / "whole.sqlite", tmp_path / "killed.sqlite"
    sweep("2-2-2", 1500, store=whole)
    victims = []

    def progress(stage, done, total):
        if stage == "samples" and done > 200 and not victims:
            child = multiprocessing.active_children()[0]
            victims.append(child.pid)
            os.kill(child.pid, signal.SIGKILL)

    sweep("2-2-2", 1500, store=killed, budget=Budget.of(threads=2, progress=progress))
    assert victims
    assert table(whole) == table(killed)


def test_sweeps_killed_at_any_moment_finish_with_the_table_of_an_uninterrupted_one(tmp_path):
    code = (
        "from homotopy.sweep import sweep; import sys;"
        "sweep('2-2-2', 3000, coordinates='reduced', store=sys.argv[1])"
    )
    whole, killed = tmp_path / "whole.sqlite", tmp_path / "killed.sqlite"
    result = sweep("2-2-2", 3000, coordinates="reduced", store=whole)
    generator, sizes = random.Random(8), []
    for _ in range(5):
        process = subprocess.Popen([sys.executable, "-c", code, str(killed)])
        time.sleep(generator.uniform(0.3, 3.0))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        sizes.append(len(table(killed)) if is_store(killed) else 0)
    assert sizes == sorted(sizes)
    again = sweep("2-2-2", 3000, coordinates="reduced", store=killed)
    assert table(killed) == table(whole)
    assert again.to_dict() == result.to_dict()


def is_store(path):
    if not path.exists():
        return False
    with contextlib.closing(sqlite3.connect(path)) as connection:
        query = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sample'"
        return connection.execute(query).fetchone()[0] == 1


def test_any_executor_of_processes_will_do(tmp_path):
    one, two = tmp_path / "one.sqlite", tmp_path / "two.sqlite"
    sweep("1-1-2", 30, store=one)
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        sweep("1-1-2", 30, store=two, executor=pool)
    assert table(one) == table(two)


# -- Dask ------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_dask_worker_killed_in_mid_sweep_loses_nothing(tmp_path):
    # A real scheduler and three worker processes on loopback; one is killed.
    pytest.importorskip("distributed")
    whole, swept = tmp_path / "whole.sqlite", tmp_path / "swept.sqlite"
    sweep("2-2-2", 6000, coordinates="reduced", store=whole)
    port = file_port()
    address = f"tcp://127.0.0.1:{port}"
    processes = [dask("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    try:
        time.sleep(2)
        processes += [
            dask("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
            for _ in range(3)
        ]
        wait_for_workers(address, 3)
        killed = []

        def progress(stage, done, total):
            if stage == "samples" and done > 100 and not killed:
                killed.append(done)
                processes[2].send_signal(signal.SIGKILL)

        result = sweep("2-2-2", 6000, coordinates="reduced", store=swept, cluster=address,
                       budget=Budget.of(progress=progress, seconds=300))  # fmt: skip
        assert killed
        assert killed[0] < 6000
        assert processes[2].wait(30) == -signal.SIGKILL
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
    assert result.samples == sum(result.histogram.values()) == 6000
    assert table(whole) == table(swept)


class Client:
    """A Dask client's answer about its workers."""

    def __init__(self, threads):
        self.threads = threads

    def scheduler_info(self, n_workers):
        return {"workers": {f"tcp://{k}": {"nthreads": t} for k, t in enumerate(self.threads)}}


def test_workers_with_several_threads_are_told_of():
    # Arb's precision belongs to the process: one block at a time, whatever the threads.
    assert Cluster(None, Client([1, 1])).notes() == ()
    (note,) = Cluster(None, Client([1, 4, 2])).notes()
    assert "2 of 3 Dask workers have up to 4 threads" in note
    assert Cluster(None, Client([8])).workers() == 1


def dask(*arguments):
    code = "import sys; from distributed.cli import dask_{0}; dask_{0}.main()".format(arguments[0])
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code, *arguments[1:]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def file_port():
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for_workers(address, number):
    with cluster_executor(address) as cluster:
        for _ in range(300):
            if cluster.workers() >= number:
                return
            time.sleep(0.1)
    raise AssertionError(f"{number} workers did not start")


def test_an_address_without_a_scheduler_is_one_sentence(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("homotopy.clusters.CONNECT_SECONDS", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler"):
        sweep("1-1-1", 3, cluster=f"tcp://127.0.0.1:{file_port()}")
    with pytest.raises(InputError, match="not both"), ThreadPoolExecutor(1) as executor:
        sweep("1-1-1", 3, cluster="local", executor=executor)


# -- the store -------------------------------------------------------------------------------------


def test_network_file_systems_get_no_write_ahead_log(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/home {tmp_path} nfs4 rw 0 0\n")
    assert is_remote(tmp_path / "s.sqlite", mounts)
    mounts.write_text(f"/dev/sda1 / nfs rw 0 0\n/dev/sdb {tmp_path} ext4 rw 0 0\n")
    assert not is_remote(tmp_path / "s.sqlite", mounts)
    assert not is_remote(tmp_path / "s.sqlite", tmp_path / "nothing")
