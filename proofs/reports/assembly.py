"""`report`: run every engine on a network once, compare them, and write what they found.

The result is one JSON document, `report.json`; the HTML and Markdown files are drawn from it alone.
"""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from algebra.errors import EnginesDisagree, InputError, LimitReached
from algebra.limits import UNLIMITED, Budget, peak_memory
from algebra.networks import LinearNetwork, NetworkData
from proofs.checking import canonical_hash
from proofs.context import Context
from proofs.reports import facts
from proofs.reports.folder import Folder
from proofs.reports.html import pictures, to_html
from proofs.reports.markdown import PICTURES, to_markdown
from proofs.reports.sections import sections, subtitle, title

SCHEMA = "critnet/report/1"


@dataclass(frozen=True)
class Report:
    """A report that has been written.

    Attributes
    ----------
    directory : Path
        Holds report.json, report.html, report.md and certificates/.
    document : dict
        The content of report.json.
    """

    directory: Path
    document: dict[str, Any] = field(repr=False)

    @property
    def disagreements(self) -> list[str]:
        """What two engines could not agree on; empty in a sound report."""
        return list(self.document["agreement"]["disagreements"])

    def to_dict(self) -> dict[str, Any]:
        """The content of report.json."""
        return self.document

    def __repr__(self) -> str:
        network, claims = self.document["network"]["name"], self.document["claims"]
        held = sum(claim["verdict"] == "holds" for claim in claims)
        state = f"{len(self.disagreements)} DISAGREEMENTS" if self.disagreements else "no conflict"
        return f"Report({network}: {held} of {len(claims)} claims hold, {state}, {self.directory})"

    def _repr_html_(self) -> str:
        return to_html(title(self.document), subtitle(self.document), sections(self.document))


def report(
    network: LinearNetwork | str,
    directory: str | Path,
    *,
    data: NetworkData | Mapping[str, Any] | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    versions: Mapping[str, str] | None = None,
    reproduce: list[str] | None = None,
) -> Report:
    """Write the proof-check report of a network.

    Parameters
    ----------
    network : LinearNetwork or its name
    directory : path
        Created if need be; an earlier report in it is replaced.
    data : NetworkData or mapping
        The user's data; by default those the network's name draws.
    seed : int
        Of the algorithms' random choices; never changes a result.
    versions, reproduce
        For the report's last section: versions of software, and the commands that repeat it.

    Raises
    ------
    InputError
        A wrong network or data.
    OSError
        The directory cannot be written.
    A limit of the budget does not raise: the report says what is missing.
    """
    if isinstance(network, str):
        network = LinearNetwork.parse(network)
    if data is None:
        data = network.data()
    elif not isinstance(data, NetworkData):
        data = NetworkData.from_dict(data, network, seed=network.seed)
    folder = Folder(Path(directory))
    folder.directory.mkdir(parents=True, exist_ok=True)
    document = compile_report(Context(network, data, seed=seed, budget=budget), folder)
    document["run"]["versions"] = dict(versions or {})
    document["reproduce"] = reproduce or [
        f"critnet report --network {network.name} -o report",
        "critnet check report",
    ]
    document = finish(document)
    tree, heading = sections(document), title(document)
    folder.write(
        {
            "report.json": json.dumps(document, indent=1, ensure_ascii=False) + "\n",
            "report.html": to_html(heading, subtitle(document), tree),
            "report.md": to_markdown(heading, tree),
            **{f"{PICTURES}/{name}.svg": text for name, text in pictures(tree).items()},
        }
    )
    return Report(folder.directory, document)


def compile_report(context: Context, folder: Folder) -> dict[str, Any]:
    """The report's document, without the hash; certificates go to the folder."""
    work = _Work(context)
    setting = facts.setting(context)
    points = work.part("critical points", lambda: facts.points(context, folder), [])
    counts = work.part("counts", lambda: facts.counts(context, folder), {})
    claims = work.part("claims", lambda: facts.claims(context, folder, work.claims), [])
    bounds = work.part("bounds", lambda: facts.bounds(context, folder, claims), [])
    patterns = work.part("zero patterns", lambda: facts.patterns(context, folder), [])
    starts = work.part("start systems", lambda: facts.starts(context, work.seconds), [])
    samples = work.part("path samples", lambda: facts.path_samples(context), None)
    polytopes = work.part("Newton polytopes", lambda: facts.newton_polygons(context), [])
    real = work.part("real points", lambda: facts.landscape(context, folder), {})
    compared = work.part("comparison", lambda: facts.compared(context), [])
    facts.mark_exact(bounds, counts)
    conflicts = [
        f"{c['what']}: algebra says {c['algebra']}, certified numerics say {c['numerics']}"
        for c in compared
        if not c["agree"]
    ]
    disagreements = [*work.disagreements, *context.disagreements, *conflicts]
    return {
        "schema": SCHEMA,
        **setting,
        "dimension": counts.pop("dimension", None),
        "bounds": bounds,
        "newton_polygons": polytopes,
        "counts": counts,
        "patterns": patterns,
        "claims": claims,
        "starts": starts,
        "points": points,
        "real_points": real.get("real_points", []),
        "global_minimum": real.get("global_minimum"),
        "agreement": {
            "agree": not disagreements,
            "compared": compared,
            "disagreements": list(dict.fromkeys(disagreements)),
        },
        "limits": work.limits,
        "notes": real.get("notes", []),
        "relies_on": facts.relies_on(bounds, counts, claims, real),
        "certificates": folder.index,
        "run": {
            "started": work.started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - work.begun, 3),
            "timings": work.timings,
            "seconds_per_start": work.seconds,
            "seconds_per_claim": work.claims,
            "path_samples": samples,
            "seed": context.seed,
            "jobs": context.budget.threads,
            "peak_memory_bytes": peak_memory(),
        },
    }


def finish(document: dict[str, Any]) -> dict[str, Any]:
    """The document in JSON types, with the hash of its canonical form."""
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str, ensure_ascii=False))
    plain["sha256"] = canonical_hash(plain)
    return plain


class _Work:
    """Runs the parts of a report; a part that fails is named and leaves the others alone."""

    def __init__(self, context: Context) -> None:
        self.begun = time.monotonic()
        self.started = datetime.datetime.now(datetime.UTC)
        self.timings: dict[str, float] = {}
        self.seconds: dict[str, float] = {}
        self.claims: dict[str, Any] = {}
        self.limits: list[str] = []
        self.disagreements: list[str] = []
        self._budget = context.budget
        self._parts = 0

    def part(self, name: str, compute: Callable[[], Any], otherwise: Any) -> Any:
        """What `compute` gives, or `otherwise` where a limit or a conflict stops it."""
        begun = time.monotonic()
        self._budget.report(f"report: {name}", self._parts, None)
        self._parts += 1
        try:
            return compute()
        except LimitReached as limit:
            self.limits.append(f"{name}: {limit}.")
        except EnginesDisagree as problem:
            self.disagreements.append(f"{name}: {problem}")
        except InputError as problem:
            self.limits.append(f"{name}: {problem}.")
        finally:
            self.timings[name] = round(time.monotonic() - begun, 3)
        return otherwise
