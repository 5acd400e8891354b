"""The motive of the thesis: a tighter bound means fewer paths."""

from __future__ import annotations

import itertools

from algebra.words import Word
from proofs.catalogue.sources import THESIS, listed, needs_hidden_layer, needs_nonzero_equations
from proofs.context import Context
from proofs.paths import compare_starts
from proofs.propositions import Claim, Finding, Verdict, first_reason

#: Seconds below which two times are not compared.
NOISE = 1.0


def decide(context: Context) -> Finding:
    """Paths and seconds from each start; all must find the same number of zeros."""
    runs = compare_starts(context)
    done = [run for run in runs if run.paths is not None]
    evidence = {
        "starts": [run.to_dict() for run in runs],
        "seconds": {run.start: round(run.seconds or 0.0, 3) for run in done},
    }
    if len(done) < 2:
        reason = "; ".join(f"{run.start}: {run.note}" for run in runs if run.note)
        return Finding(Verdict.UNDECIDED, evidence, reason=reason)
    found = {run.found for run in done}
    # Several starts may share the smallest possible number of paths.
    falling = all((a.paths or 0) >= (b.paths or 0) for a, b in itertools.pairwise(done))
    first, last = done[0].seconds or 0.0, done[-1].seconds or 0.0
    # Times below a second are noise; a slow run is a measurement, never a counterexample.
    faster = first >= last or max(first, last) < NOISE
    chain = " → ".join(f"{run.paths}" for run in done)
    if len(found) > 1:
        return Finding(
            Verdict.UNDECIDED,
            evidence,
            reason=f"the starts found different numbers of zeros: {[run.found for run in done]}",
        )
    if not faster:
        reason = f"paths {chain}, but the fewest took longer this time"
        return Finding(Verdict.UNDECIDED, evidence, reason=reason)
    reason = f"paths {chain}, {next(iter(found))} zeros each"
    if not falling and context.special:
        # Special data have smaller Newton polytopes: B_C need not be below their BKK bound.
        reason = f"special data ({listed(context.special)}): {reason}"
        return Finding(Verdict.NOT_APPLICABLE, evidence, reason=reason)
    return Finding(
        Verdict.HOLDS if falling else Verdict.FAILS,
        {**evidence, "fewer_paths": falling},
        words=(Word.NUMERICAL,),
        reason=reason,
    )


CLAIMS = (
    Claim(
        "fewer-paths",
        "Tighter bounds, fewer paths, less time",
        "Start systems with tighter bounds track fewer paths to the same critical points, and the "
        "tightest is faster than the loosest: Bézout, affine BKK, B_C, N_C.",
        (),
        f"{THESIS}, the reason for its bounds",
        "measured",
        first_reason(needs_hidden_layer, needs_nonzero_equations),
        decide,
    ),
)
