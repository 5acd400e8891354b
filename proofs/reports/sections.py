"""From the report's document (what `report.json` holds) to its tree of sections.

Everything shown stands in the document; this module only chooses words, tables and pictures.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from proofs.reports import (
    claim_sections,
    phrases,
    pictures,
    point_sections,
    polytope_sections,
    poset,
)
from proofs.reports.blocks import (
    Block,
    Callout,
    Card,
    Cards,
    Code,
    Details,
    Figure,
    Formula,
    Inline,
    Items,
    Link,
    Listing,
    Mark,
    Math,
    Paragraph,
    Section,
    Strong,
    Table,
    Text,
)
from proofs.reports.notation import typeset

Document = Mapping[str, Any]

#: Most matrices of a product that are written one by one.
MAX_FACTORS = 3


def title(document: Document) -> str:
    """Headline of the report."""
    return f"Critical points of the linear network {document['network']['name']}"


def subtitle(document: Document) -> Text:
    """One line below the headline."""
    network = document["network"]
    return (
        f"A proof-check report by critnet {document['run']['versions'].get('critnet', '')}: "
        f"{network['N']} weights, {network['H']} hidden layer{'s' if network['H'] != 1 else ''}, "
        f"m = {network['m']} data point{'s' if network['m'] != 1 else ''}"
    )


def sections(document: Document) -> list[Section]:
    """All sections in reading order; those without content are left out."""
    parts = [
        ("summary", "Summary", _summary),
        ("setting", "Setting and data", _setting),
        ("bounds", "Bounds side by side", _bounds),
        ("newton", "Newton polytopes", polytope_sections.newton),
        ("counts", "How many critical points", _counts),
        ("paths", "Paths: why bounds matter", _paths),
        ("patterns", "Zero patterns", _patterns),
        ("claims", "Claims, verdicts and proofs", claim_sections.claims),
        ("real", "Real critical points", point_sections.real),
        ("plane", "All critical points in the complex plane", point_sections.plane),
        ("relies", "What this report relies on", _relies),
        ("reproduce", "How to reproduce and re-check", _reproduce),
    ]
    built = [Section(anchor, name, build(document)) for anchor, name, build in parts]
    return [section for section in built if section.blocks]


# -- summary and setting ----------------------------------------------------------------------


def _summary(document: Document) -> list[Block]:
    counts, claims = document["counts"], document["claims"]
    cards = [
        _card("complex critical points", counts.get("complex")),
        _card("all weights nonzero", counts.get("torus")),
        _card("real", counts.get("real")),
    ]
    held = sum(claim["verdict"] == "holds" for claim in claims)
    decided = sum(claim["verdict"] != "not-applicable" for claim in claims)
    if claims:
        proved = sum(c["verdict"] == "holds" and c["word"] == "proved" for c in claims)
        cards.append(Card("claims that hold", f"{held} of {decided}", "", f"{proved} proved"))
    return [_agreement(document), *_warnings(document), Cards(tuple(cards))]


def _agreement(document: Document) -> Callout:
    problems = document["agreement"]["disagreements"]
    if problems:
        return Callout(
            "bad",
            "THE ENGINES DISAGREE. Do not rely on this report.",
            " ".join(f"({k}) {problem}" for k, problem in enumerate(problems, 1)),
        )
    compared = document["agreement"]["compared"]
    if not compared:
        return Callout("warn", "Nothing was compared.", "Only one engine gave an answer.")
    return Callout(
        "good",
        "Algebra and certified numerics agree",
        f" in all {len(compared)} numbers that both computed.",
    )


def _warnings(document: Document) -> list[Block]:
    """What a reader must know before the numbers."""
    blocks: list[Block] = []
    if document["limits"]:
        parts = [" " + _unfinished(document["limits"]), " What is missing is left out below."]
        blocks.append(Callout("warn", "Not everything was finished.", parts))
    dimension = document["dimension"]
    if dimension is not None and dimension > 0:
        blocks.append(
            Callout(
                "warn",
                "There are infinitely many critical points.",
                f" The critical set has dimension {dimension}; the numbers below count its "
                "isolated points only. A regulariser with every λ ≠ 0 usually makes all points "
                "isolated.",
            )
        )
    return blocks


def _unfinished(limits: Sequence[str]) -> str:
    """The parts that a limit stopped, those with the same reason together."""
    parts: dict[str, list[str]] = {}
    for text in limits:
        part, _, reason = text.partition(": ")
        parts.setdefault(reason, []).append(part)
    return " ".join(f"{', '.join(names)}: {reason}" for reason, names in parts.items())


def _card(label: Text, count: Mapping[str, Any] | None) -> Card:
    if count is None or (not count.get("lower") and count.get("upper") is None):
        return Card(label, "–", "", "not computed" if count is None else "not known")
    return Card(label, phrases.count_text(count), str(count["word"]))


def _setting(document: Document) -> list[Block]:
    network, data, system = document["network"], document["data"], document["system"]
    widths = network["widths"]
    shapes = [
        Math(rf"W_{{{k}}}\in\mathbb{{R}}^{{{rows} \times {columns}}}")
        for k, (columns, rows) in enumerate(itertools.pairwise(widths), 1)
    ]
    matrices = [("X", data["X"]), ("Y", data["Y"])]
    matrices += [(f"Λ of W{k}", block) for k, block in enumerate(data["Lambda"], 1)]
    return [
        Paragraph(["The critical points are the zeros over ", Math(r"\mathbb{C}"), " of ",
                   Math(r"\nabla L"), " for the regularised loss"]),
        Formula(rf"L(W) = \frac{{1}}{{2}} \lVert {_product(network['H'])} X - Y \rVert^2"
                r" + \frac{1}{2} \sum_w \lambda_w w^2"),
        Paragraph(["with ", *_listed(shapes), ", ",
                   Math(rf"X\in\mathbb{{R}}^{{{widths[0]} \times {network['m']}}}"), ", ",
                   Math(rf"Y\in\mathbb{{R}}^{{{widths[-1]} \times {network['m']}}}"), "."]),
        Paragraph([f"One equation for each of the {network['N']} weights, of degree "
                   f"{max(system['degrees'])}; {system['terms']} terms together. "
                   "The weight in layer l, row i, column j is called ",
                   Code("w{l}_{i}_{j}"), "."]),
        Table(
            ["data", "exact entries, row by row"],
            [[name, [Code("; ".join(", ".join(row) for row in matrix))]]
             for name, matrix in matrices],
        ),
        *([Items(list(data["notes"]))] if data["notes"] else []),
        Details(
            "The equations",
            [Listing("\n".join(f"{equation} = 0" for equation in system["equations"])),
             Paragraph(["SHA-256 of the system: ", Code(system["sha256"])])],
        ),
    ]  # fmt: skip


def _product(hidden_layers: int) -> str:
    """W_{H+1} ⋯ W_1, with all factors where they are few."""
    if hidden_layers > MAX_FACTORS - 1:
        return rf"W_{{{hidden_layers + 1}}} \cdots W_1"
    return " ".join(f"W_{k}" for k in range(hidden_layers + 1, 0, -1))


def _listed(formulas: Sequence[Math]) -> list[Inline]:
    listed: list[Inline] = []
    for formula in formulas:
        listed += [", ", formula] if listed else [formula]
    return listed


# -- numbers ----------------------------------------------------------------------------------


def _bounds(document: Document) -> list[Block]:
    entries = document["bounds"]
    if not entries:
        return []
    bars = [
        (entry["label"], entry["value"], bool(entry.get("exact")))
        for entry in entries
        if entry["value"]
    ]
    rows: list[list[Text]] = [
        [
            typeset(entry["label"]),
            pictures.grouped(entry["value"]) if entry["value"] is not None else "–",
            [Mark(entry["word"])],
            typeset(entry.get("bounds", "")),
            phrases.evidence(entry),
        ]
        for entry in entries
    ]
    chain = " → ".join(
        f"{label.split(',')[0]} {pictures.grouped(value)}"
        for label, value, _ in sorted(bars, key=lambda bar: -bar[1])
    )
    return [
        Paragraph("A bound on the number of isolated zeros is also a number of paths that a "
                  "homotopy has to follow. The tighter the bound, the less work."),
        Figure(
            "bounds",
            pictures.bounds_bars(sorted(bars, key=lambda bar: -bar[1])),
            "Bounds on a logarithmic scale; green: the exact number.",
            chain,
        ),
        Table(["bound", "value", "word", "bounds what", "evidence"], rows,
              numeric=frozenset({1})),
    ]  # fmt: skip


def _counts(document: Document) -> list[Block]:
    names = {
        "complex": "complex critical points",
        "with_multiplicity": "… with multiplicity",
        "torus": "… all weights nonzero",
        "real": "… real",
    }
    rows: list[list[Text]] = []
    for key, name in names.items():
        count = document["counts"].get(key)
        if count is None:
            continue
        rows.append(
            [
                name,
                [Strong(phrases.count_text(count))],
                [Mark(count["word"])],
                phrases.side("≥", count, "lower"),
                phrases.side("≤", count, "upper"),
                phrases.evidence(count),
            ]
        )
    blocks: list[Block] = [
        Paragraph(f"Dimension of the critical set: {phrases.dimension(document['dimension'])}."),
        Table(
            ["number of", "value", "word", "at least, because", "at most, because", "evidence"],
            rows,
            numeric=frozenset({1}),
        ),
    ]
    compared = document["agreement"]["compared"]
    if compared:
        blocks.append(
            Table(
                ["number of", "algebra", "numerics", ""],
                [
                    [c["what"], str(c["algebra"]), str(c["numerics"]),
                     [Mark("agree" if c["agree"] else "disagree")]]
                    for c in compared
                ],
                "The same numbers by two engines that share no code: Gröbner basis and quotient "
                "algebra; path tracking and interval certification.",
                frozenset({1, 2}),
            )
        )  # fmt: skip
    return blocks


def _paths(document: Document) -> list[Block]:
    starts = document["starts"]
    if not starts:
        return []
    seconds = document["run"].get("seconds_per_start", {})
    rows: list[list[Text]] = []
    for entry in starts:
        paths = entry.get("paths") or {}
        spent = seconds.get(entry["start"])
        rows.append(
            [
                typeset(entry["label"]),
                str(paths.get("tracked", "–")),
                str(paths.get("success", "–")),
                str(paths.get("at_infinity", "–")),
                str(paths.get("failed", "–")),
                str(entry.get("found", "–")),
                "–" if spent is None else f"{spent:.2f}",
                typeset(entry.get("note", "")),
            ]
        )
    total = (document["counts"].get("complex") or {}).get("value")
    lost = [
        f"{entry['label']} found {entry['found']} of {total}"
        for entry in starts
        if document["dimension"] == 0 and total is not None and entry.get("found", total) < total
    ]
    warning = [Callout("warn", "Zeros were lost on the way:", f" {'; '.join(lost)}.")]
    blocks: list[Block] = [
        *(warning if lost else []),
        Paragraph("The thesis wants tight bounds because they shorten the computation. "
                  "The same zeros from each start system:"),
        Table(
            ["start system", "paths", "at zeros", "at infinity", "failed", "zeros found",
             "seconds", ""],
            rows,
            numeric=frozenset({1, 2, 3, 4, 5, 6}),
        ),
    ]  # fmt: skip
    samples = document["run"].get("path_samples")
    if samples and samples["paths"]:
        blocks += _path_pictures(samples)
    return blocks


def _path_pictures(samples: Mapping[str, Any]) -> list[Block]:
    """The recorded paths: in the complex plane, and their size along t."""
    paths, names = samples["paths"], samples["variables"]
    plane = pictures.path_panels(names, [(path["values"], path["zero"]) for path in paths])
    course = pictures.course_panels(
        names, [(path["t"], path["values"], path["zero"]) for path in paths]
    )
    which = f"{len(paths)} of the {samples['tracked']}" if len(paths) < samples["tracked"] else (
        f"The {samples['tracked']}"
    )  # fmt: skip
    return [
        Figure(
            "paths",
            plane,
            f"{which} paths from the start system {samples['start']}: two of the weights in the "
            "complex plane while t goes from 1 to 0. Dots: critical points; grey: paths that "
            "diverge and are cut off at the frame.",
            f"{len(paths)} paths in the complex plane.",
        ),
        Figure(
            "courses",
            course,
            "The same paths: absolute values of the two weights against t.",
            f"Absolute values along {len(paths)} paths against t.",
        ),
    ]


def _patterns(document: Document) -> list[Block]:
    patterns, widths = document["patterns"], document["network"]["widths"]
    if not patterns:
        return []
    drawn = [poset.Pattern(frozenset(p["zero"]), phrases.count_text(p["count"])) for p in patterns]
    rows: list[list[Text]] = [
        [
            p["name"],
            str(len(p["zero"])),
            [Strong(phrases.count_text(p["count"]))],
            [Mark(p["count"]["word"])],
            "–" if p.get("numerics") is None else str(p["numerics"]),
        ]
        for p in patterns
    ]
    blocks: list[Block] = [
        Paragraph("A zero pattern is the set of weights that vanish. Patterns are ordered by what "
                  "is switched on.")
    ]  # fmt: skip
    svg = poset.draw(drawn, widths)
    if svg is not None:
        blocks.append(
            Figure(
                "patterns",
                svg,
                "Each box: the network with its nonzero weights (inputs left), and the number of "
                "critical points with exactly this pattern.",
                "; ".join(f"{p['name']}: {phrases.count_text(p['count'])}" for p in patterns),
            )
        )
    blocks.append(
        Table(
            ["pattern", "zero weights", "critical points", "word", "numerics"],
            rows,
            numeric=frozenset({1, 2, 4}),
        )
    )
    return blocks


# -- trust ------------------------------------------------------------------------------------


def _relies(document: Document) -> list[Block]:
    relies = document["relies_on"]
    words: list[list[Text]] = [
        [[Mark("proved")], "exact over ℚ, and the independent checker accepted the certificate"],
        [[Mark("certified")], "a rigorous interval test held; the checker can replay it"],
        [[Mark("probable")], "exact arithmetic with an unverified random step"],
        [[Mark("numerical")], "floating point only"],
    ]
    blocks: list[Block] = [Table(["word", "meaning"], words)]
    for key, heading in (
        ("literature", "Theorems of the literature that the checker does not itself verify:"),
        ("own", "Theorems of our own, with written proofs in the documentation:"),
        ("trusted", "Trusted software:"),
    ):
        if relies.get(key):
            blocks += [Paragraph([Strong(heading)]), Items([typeset(text) for text in relies[key]])]
    return blocks


def _reproduce(document: Document) -> list[Block]:
    run = document["run"]
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    timings: list[list[Text]] = [
        [stage, f"{seconds:.2f}"] for stage, seconds in run.get("timings", {}).items()
    ]
    files: list[list[Text]] = [
        [[Link(entry["file"].rpartition("/")[2], entry["file"])], entry["kind"],
         ", ".join(entry["supports"]), str(entry["bytes"]), [Code(entry["sha256"][:16] + "…")]]
        for entry in document["certificates"]
    ]  # fmt: skip
    blocks: list[Block] = [
        Paragraph("The same report again, and its certificates re-checked without any engine:"),
        Listing("\n".join(document["reproduce"])),
        Paragraph([f"Seed {run['seed']}; {versions}; started {run['started']}; "
                   f"{run['seconds']:.1f} s in all. SHA-256 of the canonical content of "
                   "report.json (all but the run): ", Code(document["sha256"])]),
    ]  # fmt: skip
    if timings:
        blocks.append(Table(["stage", "seconds"], timings, numeric=frozenset({1})))
    if files:
        blocks.append(
            Details(
                f"{len(files)} certificates",
                [Table(["file", "kind", "supports", "bytes", "SHA-256"], files,
                       numeric=frozenset({3}))],
            )
        )  # fmt: skip
    return blocks
