"""What tighter bounds buy: paths tracked and seconds spent from each start system.

Every start tracks to the same gradient system and has to find the same zeros. Times are wall-clock
seconds of tracking, kernels compiled; certification, which costs every start alike, is not part of
them, but only certified zeros are counted: an uncertified end proves nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from algebra.errors import CritnetError, InputError, LimitReached
from algebra.limits import Budget
from proofs.context import PATH_LIMIT, Context

#: Start systems from the loosest bound to the tightest, with the bound they come from.
STARTS = {
    "total-degree": "Bézout",
    "polyhedral": "affine BKK",
    "decoupled": "B_C",
    "generic member": "N_C",
}
#: Share of the remaining time that the comparison may take.
TIME_SHARE = 0.4


@dataclass(frozen=True)
class StartRun:
    """One start system, measured.

    Attributes
    ----------
    start, bound : str
    paths : int or None
        Paths tracked; None if the start was not run.
    found : int or None
        Distinct zeros found.
    seconds : float or None
        Wall-clock time of tracking, start system included.
    accounting : dict
        Paths by how they ended.
    note : str
        Why it was not run.
    """

    start: str
    bound: str
    paths: int | None = None
    found: int | None = None
    seconds: float | None = None
    accounting: dict[str, int] | None = None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data; times belong outside canonical hashes."""
        return {
            "start": self.start,
            "label": self.bound,
            "paths": self.accounting,
            "tracked": self.paths,
            "found": self.found,
            "note": self.note,
        }


def compare_starts(context: Context) -> tuple[StartRun, ...]:
    """All start systems that exist for the network, measured once per context."""
    return context.once("starts", lambda: tuple(_measured(context, start) for start in STARTS))


def _measured(context: Context, start: str) -> StartRun:
    bound = STARTS[start]
    expected = _expected_paths(context, start)
    if expected is not None and expected > PATH_LIMIT:
        return StartRun(start, bound, note=f"{expected} paths: not run, the limit is {PATH_LIMIT}")
    budget = context.budget.share(TIME_SHARE / len(STARTS))
    try:
        if start == "generic member":
            if not context.followable:
                return StartRun(start, bound, note="too many paths to find the zeros of one")
            return _from_generic_member(context, budget)
        return _from_start(context, start, budget)
    except (InputError, LimitReached) as problem:
        return StartRun(start, bound, note=str(problem))
    except CritnetError as problem:
        return StartRun(start, bound, note=f"failed: {problem}")


def _from_start(context: Context, start: str, budget: Budget) -> StartRun:
    from homotopy import solve

    begun = time.perf_counter()
    found = solve(context.system, start=start, certify=False, seed=context.seed, budget=budget)
    seconds = time.perf_counter() - begun
    return StartRun(
        start,
        STARTS[start],
        found.paths.tracked,
        _certified(context, found.points, budget),
        seconds,
        found.paths.to_dict(),
    )


def _certified(context: Context, points: Any, budget: Budget) -> int:
    """Number of distinct zeros certified near the given points."""
    from homotopy.certify import certify

    return certify(context.system, points, budget=budget).distinct_count


def _from_generic_member(context: Context, budget: Budget) -> StartRun:
    """N_C paths from a random complex member; finding its zeros is not part of the time."""
    import numpy as np

    from homotopy.members import Member, generic_member

    network, data = context.network, context.data
    member = generic_member(network, seed=context.seed, budget=budget)
    # Every zero is tracked, not one per orbit of the sign changes: paths are what is compared.
    zeros = member.lifted(member.representatives)
    identity = np.arange(len(zeros), dtype=np.int64)
    images = np.ones((len(zeros), member.family.n), dtype=np.int8)
    everything = Member(member.family, member.parameters, zeros, identity, images)
    values = [int(v.p) / int(v.q) for v in data.parameter_values]
    begun = time.perf_counter()
    ends, good = everything.track_to(np.array(values), budget=budget)
    seconds = time.perf_counter() - begun
    points = ends[0][good[0]]
    success = len(points)
    accounting = {"tracked": len(zeros), "success": success, "failed": len(zeros) - success}
    return StartRun(
        "generic member",
        STARTS["generic member"],
        len(zeros),
        _certified(context, points, budget),
        seconds,
        accounting,
    )


def _expected_paths(context: Context, start: str) -> int | None:
    bounds = context.bounds
    known = {"total-degree": bounds.bezout.value, "polyhedral": bounds.affine_mixed_volume.value}
    return known.get(start)
