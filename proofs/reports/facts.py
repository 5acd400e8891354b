"""The parts of a report's document, each from one engine's result, in plain JSON types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from algebra.errors import LimitReached
from algebra.words import Bound, Count
from proofs import formulas
from proofs.reports import polygons, poset
from proofs.reports.folder import Folder

if TYPE_CHECKING:
    from proofs.context import Context
    from proofs.counting import CountResult

#: Paths of the picture, and samples per path.
PATHS_DRAWN, SAMPLES_DRAWN = 100, 48

BOUND_LABELS = {
    "bezout": "Bézout",
    "multihomogeneous_bezout": "multihomogeneous Bézout",
    "affine_mixed_volume": "BKK, affine mixed volume",
    "stable_mixed_volume": "stable mixed volume",
    "torus_mixed_volume": "BKK, torus mixed volume",
}
#: Claim of the thesis -> (label, what it bounds) of its bound.
THESIS_BOUNDS = {
    "theorem-3.9": ("B_C of the thesis", "isolated critical points"),
    "proposition-3.6": ("B_C* of the thesis", "critical points with all weights nonzero"),
}


def setting(context: Context) -> dict[str, Any]:
    """Network, system and data."""
    network, system = context.network, context.system
    return {
        "network": {
            "name": network.name,
            "widths": list(network.widths),
            "m": network.m,
            "H": network.hidden_layers,
            "N": network.weight_count,
            "variables": list(system.variables),
        },
        "system": {
            "sha256": system.digest,
            "degrees": list(system.degrees),
            "terms": sum(len(support) for support in system.supports),
            "equations": [str(equation) for equation in system.equations],
        },
        "data": {**context.data.to_dict(), "notes": list(context.data.notes)},
    }


# -- numbers ----------------------------------------------------------------------------------


def bounds(context: Context, folder: Folder, claims: Sequence[dict[str, Any]]) -> list[Any]:
    """Every bound with its word and certificates; those of the thesis through their claims."""
    found = context.bounds
    entries = [
        {
            "key": key,
            "label": label,
            "bounds": found.explanations[key],
            **bound_json(getattr(found, key), folder, key.replace("_", "-")),
        }
        for key, label in BOUND_LABELS.items()
    ]
    network = context.network
    if network.hidden_layers == 1:
        _, d, p = network.widths
        values = {
            "theorem-3.9": formulas.affine_bound(d, p),
            "proposition-3.6": formulas.torus_bound(d, p),
        }
        for claim in claims:
            if claim["id"] in values and claim["verdict"] == "holds":
                label, what = THESIS_BOUNDS[claim["id"]]
                entries.append(
                    {
                        "key": claim["id"],
                        "label": label,
                        "bounds": what,
                        "value": values[claim["id"]],
                        "word": claim["word"],
                        "source": claim["id"],
                        "relies_on": claim["relies_on"],
                        "certificates": claim["certificates"],
                    }
                )
    return entries


def newton_polygons(context: Context) -> list[dict[str, Any]]:
    """The Newton polytopes of the equations in the plane of two degrees."""
    system = context.system
    return polygons.polygons(system.variables, context.network.widths, system.supports)


def counts(context: Context, folder: Folder) -> dict[str, Any]:
    """Dimension and numbers of critical points from every source, settled.

    Beyond the size of exact algebra they come from the reduced system or from numerics alone.
    """
    fields = ("complex", "with_multiplicity", "torus", "real")
    documents: Sequence[Mapping[str, Any]]
    try:
        found = counted(context)
        shown = {name: getattr(found, name) for name in fields}
        dimension, documents = found.dimension, found.certificates
    except LimitReached:
        if context.reducible:
            patterns = context.reduced_patterns
            shown, dimension = {"complex": patterns.total}, patterns.dimension
            documents = patterns.certificates
        else:
            solution = context.solution
            shown, dimension = {"complex": solution.completeness}, solution.dimension
            documents = [solution.certificate] if solution.certificate else []
    result: dict[str, Any] = {"dimension": dimension}
    files = folder.add_all(decisive(documents), "numbers of critical points")
    for name, count in shown.items():
        result[name] = count_json(count, files)
    return result


def counted(context: Context) -> CountResult:
    """`proofs.count` of the gradient system, with the zeros that have been found already."""
    from proofs.context import FULL_WEIGHTS
    from proofs.counting import count

    if context.network.weight_count <= FULL_WEIGHTS:
        context.once(
            "counts",
            lambda: count(
                context.system,
                solution=context.solution,
                seed=context.seed,
                budget=context.budget,
            ),
        )
    return context.counts


def decisive(documents: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The certificate that states the whole count, which embeds the others, if there is one."""
    whole = [document for document in documents if document.get("kind") == "count"]
    return whole[-1:] or list(documents)


def mark_exact(entries: list[dict[str, Any]], numbers: dict[str, Any]) -> None:
    """Append the number of critical points, if finite, to the bounds, marked as exact."""
    total = numbers.get("complex")
    finite = numbers.get("dimension") == 0
    if finite and total is not None and total["value"] is not None:
        entries.append(
            {
                "key": "N_C",
                "label": "N_C, the exact number",
                "bounds": "isolated critical points",
                "value": total["value"],
                "word": total["word"],
                "source": "count",
                "relies_on": total["relies_on"],
                "certificates": total["certificates"],
                "exact": True,
            }
        )


def count_json(count: Count, files: list[str]) -> dict[str, Any]:
    """A count with both sides, and the files of the certificates behind it."""
    relies = dict.fromkeys((*count.lower.relies_on, *count.upper.relies_on))
    return {**count.to_dict(), "relies_on": list(relies), "certificates": list(files)}


def bound_json(bound: Bound, folder: Folder, name: str) -> dict[str, Any]:
    """A bound and the files of its certificates."""
    return {**bound.to_dict(), "certificates": folder.add_all(bound.certificates, name)}


def patterns(context: Context, folder: Folder) -> list[dict[str, Any]]:
    """Critical points by the set of weights that vanish, smallest sets last."""
    found = context.pattern_counts
    variables, widths = context.system.variables, context.network.widths
    numerical = numerical_patterns(context)
    files = folder.add_all(decisive(found.certificates), "numbers of critical points")
    entries = []
    for zero, count in found.patterns.items():
        if count.value == 0:
            continue
        names = [v for v in variables if v in zero]
        label = poset.pattern_name(frozenset(zero), widths)
        entries.append(
            {
                "zero": names,
                "name": label,
                "count": count_json(count, files),
                "numerics": None if numerical is None else numerical.get(frozenset(zero), 0),
            }
        )
    return sorted(entries, key=lambda entry: (-len(entry["zero"]), entry["zero"]))


def numerical_patterns(context: Context) -> dict[frozenset[str], int] | None:
    """The same from certified numerics; None where numerics have not been run."""
    solution = context.known("solution")
    if solution is None:
        return None
    tally: dict[frozenset[str], int] = {}
    for entry in solution.solutions:
        key = frozenset(v for v, z in zip(solution.variables, entry.point, strict=True) if z == 0)
        tally[key] = tally.get(key, 0) + 1
    return tally


# -- points -----------------------------------------------------------------------------------


def points(context: Context, folder: Folder) -> list[dict[str, Any]]:
    """The critical points found by path tracking, and their certificate."""
    solution = context.solution
    if solution.certificate is not None:
        folder.add(solution.certificate, "critical points")
    return [entry.to_dict() for entry in solution.solutions]


def landscape(context: Context, folder: Folder) -> dict[str, Any]:
    """Real critical points with certified loss and Morse index, and the global minimum."""
    from proofs.landscape import landscape as every_real_point

    found = every_real_point(
        context.system, seed=context.seed, budget=context.budget, counts=context.known("counts")
    )
    document = found.to_dict()
    if found.points:
        folder.add(found.certificate, "real critical points")
    return {
        "real_points": document["points"],
        "global_minimum": document["global_minimum"],
        "notes": document["notes"],
    }


def compared(context: Context) -> list[dict[str, Any]]:
    """Numbers that exact algebra and certified numerics both computed, each on its own."""
    from algebra.counting import count_zeros
    from proofs.context import FULL_WEIGHTS

    solution = context.known("solution")
    if solution is None or context.network.weight_count > FULL_WEIGHTS:
        return []
    if not all(entry.certified for entry in solution.solutions):
        return []
    algebra = count_zeros(context.system, real=True, budget=context.budget)
    if algebra.dimension != 0:
        return []
    numerical = {
        "distinct": len(solution.solutions),
        "torus": sum(bool((entry.point != 0).all()) for entry in solution.solutions),
    }
    if all(entry.real is not None for entry in solution.solutions):
        numerical["real"] = sum(entry.real is True for entry in solution.solutions)
    names = {
        "distinct": "critical points",
        "torus": "all weights nonzero",
        "real": "real critical points",
    }
    result = []
    for key, found in numerical.items():
        count = getattr(algebra, key)
        if count is not None and count.value is not None:
            result.append(_comparison(names[key], count.value, found))
    tally = numerical_patterns(context) or {}
    for zero, count in algebra.patterns.items():
        if count.value is not None and zero:
            name = poset.pattern_name(frozenset(zero), context.network.widths)
            result.append(_comparison(name, count.value, tally.get(frozenset(zero), 0)))
    return result


def _comparison(what: str, algebra: int, numerics: int) -> dict[str, Any]:
    return {"what": what, "algebra": algebra, "numerics": numerics, "agree": algebra == numerics}


# -- start systems ----------------------------------------------------------------------------


def starts(context: Context, seconds: dict[str, float]) -> list[dict[str, Any]]:
    """Paths and zeros from each start system; `seconds` receives the wall-clock times."""
    from proofs.paths import compare_starts

    result = []
    for run in compare_starts(context):
        entry: dict[str, Any] = {
            "start": run.start,
            "label": f"{run.start}: {run.bound}",
            "note": run.note,
        }
        if run.accounting is not None:
            entry["paths"] = dict(run.accounting)
        if run.found is not None:
            entry["found"] = run.found
        if run.seconds is not None:
            seconds[run.start] = round(run.seconds, 3)
        result.append(entry)
    return result


def path_samples(context: Context) -> dict[str, Any] | None:
    """Some paths of the cheapest start system, sampled in t, for a picture; None without paths.

    Two coordinates of at most `PATHS_DRAWN` paths; a picture, not evidence.
    """
    from homotopy.choosing import choose_start
    from homotopy.results import PathStatus
    from homotopy.tracker import track

    system = context.system
    if not system.is_square or any(equation == 0 for equation in system.equations):
        return None
    start = choose_start(system, seed=context.seed, budget=context.budget)
    stride = max(1, -(-len(start.points) // PATHS_DRAWN))
    points, rows = start.points[::stride], start.rows[::stride]
    # The toric phase of a polyhedral start ends where the last stage, which is drawn, begins.
    for homotopy in start.stages[:-1]:
        earlier = track(homotopy, points, rows=rows, budget=context.budget)
        points = earlier.points[earlier.status == PathStatus.SUCCESS]
        rows = np.zeros(len(points), np.int64)
    if not len(points):
        return None
    shown = sorted({0, len(system.variables) - 1})
    result = track(start.stages[-1], points, rows=rows, record=True)
    paths = []
    for k in range(len(result.status)):
        times, values = result.samples[k]
        kept = _spread(len(times), SAMPLES_DRAWN)
        path: dict[str, Any] = {
            "zero": bool(result.status[k] == PathStatus.SUCCESS),
            "t": [round(float(times[i].real), 6) for i in kept],
            "values": [[_pair(values[i][v]) for i in kept] for v in shown],
        }
        if path["zero"] and path["t"][-1] > 0:
            # Samples end where the endgame begins; the zero itself is known.
            path["t"].append(0.0)
            for v, drawn in zip(shown, path["values"], strict=True):
                drawn.append(_pair(result.points[k][v]))
        paths.append(path)
    return {
        "start": start.name,
        "tracked": start.path_count,
        "variables": [system.variables[v] for v in shown],
        "paths": paths,
    }


def _spread(count: int, wanted: int) -> list[int]:
    """At most `wanted` positions out of `count`, ends included, evenly spread."""
    if count <= wanted:
        return list(range(count))
    return [round(k * (count - 1) / (wanted - 1)) for k in range(wanted)]


def _pair(value: complex) -> list[float]:
    return [float(f"{part:.5g}") for part in (value.real, value.imag)]


# -- claims and trust -------------------------------------------------------------------------


def claims(context: Context, folder: Folder, seconds: dict[str, Any]) -> list[dict[str, Any]]:
    """Every claim, with the files of its certificates.

    Times are no evidence that can be repeated: `seconds` receives them, claim by claim.
    """
    from proofs.verification import verify

    results = verify(context=context, budget=context.budget)
    entries = []
    for result in results.claims:
        entry = result.to_dict()
        entry["evidence"] = dict(entry["evidence"])
        measured = entry["evidence"].pop("seconds", None)
        seconds[result.id] = {"deciding": round(result.seconds, 3)}
        if measured is not None:
            seconds[result.id]["measured"] = measured
        entry["certificates"] = folder.add_all(result.certificates, result.id)
        entry["proved"] = list(result.proved)
        entries.append(entry)
    return entries


def relies_on(*parts: Any) -> dict[str, list[str]]:
    """Everything any part relies on: literature, own theorems, trusted software."""
    everything = list(dict.fromkeys(text for part in parts for text in _relied(part)))
    own = [text for text in everything if text.startswith("docs/")]
    trusted = [text for text in everything if "flint" in text.lower()]
    literature = [text for text in everything if text not in own and text not in trusted]
    return {"literature": literature, "own": own, "trusted": trusted}


def _relied(part: Any) -> Iterable[str]:
    if isinstance(part, Mapping):
        yield from part.get("relies_on") or ()
        for value in part.values():
            if isinstance(value, Mapping | list):
                yield from _relied(value)
    elif isinstance(part, list):
        for value in part:
            if isinstance(value, Mapping | list):
                yield from _relied(value)
