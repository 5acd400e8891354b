"""From the report's document (what `report.json` holds) to its tree of sections.

Everything shown stands in the document; this module only chooses words, tables and pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs.reports import claim_sections, phrases, pictures, point_sections, poset
from proofs.reports.blocks import (
    Block,
    Callout,
    Card,
    Cards,
    Code,
    Details,
    Figure,
    Formula,
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

Document = Mapping[str, Any]


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
    blocks: list[Block] = [
        Callout("warn", "Not everything was finished.", text) for text in document["limits"]
    ]
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


def _card(label: Text, count: Mapping[str, Any] | None) -> Card:
    if count is None:
        return Card(label, "–", "", "not computed")
    return Card(label, phrases.count_text(count), str(count["word"]))


def _setting(document: Document) -> list[Block]:
    network, data, system = document["network"], document["data"], document["system"]
    product = r"W_{" + str(network["H"] + 1) + r"} \cdots W_1" if network["H"] else "W_1"
    shapes = ", ".join(
        f"W_{{{k}}}\\in\\mathbb{{R}}^{{{rows} \\times {columns}}}"
        for k, (columns, rows) in enumerate(
            zip(network["widths"], network["widths"][1:], strict=False), 1
        )
    )
    matrices = [("X", data["X"]), ("Y", data["Y"])]
    matrices += [(f"Λ of W{k}", block) for k, block in enumerate(data["Lambda"], 1)]
    return [
        Paragraph(["The critical points are the zeros over ", Math(r"\mathbb{C}"), " of ",
                   Math(r"\nabla L"), " for the regularised loss"]),
        Formula(rf"L(W) = \frac{{1}}{{2}} \lVert {product} X - Y \rVert^2"
                r" + \frac{1}{2} \sum_w \lambda_w w^2 , \quad " + shapes),
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
            entry["label"],
            pictures.grouped(entry["value"]) if entry["value"] is not None else "–",
            [Mark(entry["word"])],
            entry.get("bounds", ""),
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
                entry["label"],
                str(paths.get("tracked", "–")),
                str(paths.get("success", "–")),
                str(paths.get("at_infinity", "–")),
                str(paths.get("failed", "–")),
                str(entry.get("found", "–")),
                "–" if spent is None else f"{spent:.2f}",
                entry.get("note", ""),
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
        drawn = [(path["values"], path["zero"]) for path in samples["paths"]]
        caption = (
            f"Paths from the start system {samples['start']} ({samples['tracked']} paths) in t: "
            "two of the weights in the complex plane. Dots: critical points; grey: paths that "
            "diverge and are cut off at the frame."
        )
        svg = pictures.path_panels(samples["variables"], drawn)
        blocks.append(Figure("paths", svg, caption, f"{len(drawn)} paths in the complex plane."))
    return blocks


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


# -- claims -----------------------------------------------------------------------------------


# -- points -----------------------------------------------------------------------------------


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
            blocks += [Paragraph([Strong(heading)]), Items(list(relies[key]))]
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


# -- small pieces -----------------------------------------------------------------------------
