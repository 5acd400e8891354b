"""The section of the claims: a table, then each claim with proof, evidence and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs.reports import evidence, phrases
from proofs.reports.blocks import (
    Block,
    Code,
    Details,
    Inline,
    Items,
    Link,
    Mark,
    Paragraph,
    Strong,
    Table,
    Text,
)
from proofs.reports.notation import typeset

Document = Mapping[str, Any]

#: Claims whose verdict is one of these come first.
VERDICT_ORDER = ("fails", "undecided", "holds", "not-applicable")
#: Sentences of the checker shown per claim; report.json has all.
MAX_SENTENCES = 4


def claims(document: Document) -> list[Block]:
    """The blocks of the section; empty without claims."""
    claims = sorted(document["claims"], key=lambda c: VERDICT_ORDER.index(c["verdict"]))
    if not claims:
        return []
    rows: list[list[Text]] = [
        [
            [Link(claim["id"], f"#claim-{claim['id']}")],
            typeset(claim.get("title", "")),
            [Mark(claim["verdict"])],
            [Mark(claim["word"])] if claim["verdict"] in ("holds", "fails") else "",
            typeset(phrases.short_source(claim.get("source", ""))),
        ]
        for claim in claims
        if claim["verdict"] != "not-applicable"
    ]
    first: dict[tuple[str, ...], str] = {}
    for claim in claims:
        first.setdefault(tuple(claim.get("proved") or ()), claim["id"])
    others = [claim for claim in claims if claim["verdict"] == "not-applicable"]
    blocks: list[Block] = [
        Paragraph(
            "Statements are numbered as in A. Bharadwaj, S. Hoşten, Complex Critical Points of "
            "Deep Linear Neural Networks, arXiv:2301.12651 (the thesis). Every verdict is about "
            "this network and these data unless it says all data."
        ),
        Table(["claim", "what it says", "verdict", "word", "source"], rows),
        *(_claim(claim, document["run"], first) for claim in claims if claim not in others),
    ]
    if others:
        blocks.append(
            Details(
                f"{len(others)} claims that say nothing about this network",
                [
                    Table(
                        ["claim", "what it says", "why not"],
                        [
                            [
                                [Code(claim["id"])],
                                typeset(claim.get("title", "")),
                                typeset(claim["reason"]),
                            ]
                            for claim in others
                        ],
                    )
                ],
            )
        )
    return blocks


def _claim(
    claim: Mapping[str, Any], run: Mapping[str, Any], first: Mapping[tuple[str, ...], str]
) -> Details:
    decided = claim["verdict"] in ("holds", "fails")
    marks: list[Inline] = [Mark(claim["verdict"]), " "]
    if decided:
        marks += [Mark(claim["word"]), " "]
    blocks: list[Block] = [Paragraph(typeset(claim["statement"]))]
    facts: list[Text] = [
        [Strong(f"{name}: "), *typeset(text)]
        for name, text in (
            ("Assumes", "; ".join(claim.get("hypotheses") or ())),
            ("Why", str(claim.get("reason") or "")),
            ("Source", phrases.short_source(claim.get("source") or "")),
            ("Proof", str(claim.get("proof") or "")),
            ("Relies on", "; ".join(claim.get("relies_on") or ())),
        )
        if text
    ]
    if facts:
        blocks.append(Items(facts))
    if claim.get("proved"):
        blocks += _accepted(claim, first)
    measured = run.get("seconds_per_claim", {}).get(claim["id"], {}).get("measured")
    # The sentences are shown above, as what the checker accepted.
    shown = {k: v for k, v in claim["evidence"].items() if k != "sentences"}
    blocks += evidence.blocks(shown | ({"seconds": measured} if measured else {}))
    files = claim.get("certificates") or ()
    if files:
        blocks.append(Paragraph([Strong("Re-check"), " in the folder of this report:"]))
        blocks.append(Items([[Code("critnet check "), Link(file, file)] for file in files]))
    return Details(
        [*marks, Strong(claim["id"]), " ", *typeset(claim.get("title", ""))],
        blocks,
        f"claim-{claim['id']}",
    )


def _accepted(claim: Mapping[str, Any], first: Mapping[tuple[str, ...], str]) -> list[Block]:
    """What the checker accepted, in few words; `first` has the claim that showed it before."""
    proved = tuple(claim["proved"])
    earlier = first[proved]
    if earlier != claim["id"]:
        number = "statement" if len(proved) == 1 else f"{len(proved)} statements"
        return [
            Paragraph(
                [
                    Strong("The checker accepted"),
                    f" the same {number} as for ",
                    Link(earlier, f"#claim-{earlier}"),
                    ".",
                ]
            )
        ]
    # The claim's own wording of its identities is shorter than the identities.
    wording = claim["evidence"].get("sentences") or proved
    readable = list(dict.fromkeys(filter(None, map(phrases.readable, wording))))
    shown: list[Text] = [typeset(sentence) for sentence in readable[:MAX_SENTENCES]]
    if not shown:
        number = "one statement" if len(proved) == 1 else f"{len(proved)} statements"
        text = f" {number} about polynomials, written out in report.json."
        return [Paragraph([Strong("The checker accepted"), text])]
    if len(wording) > len(shown):
        shown.append(f"… {len(wording) - len(shown)} more, written out in report.json")
    return [Paragraph([Strong("The checker accepted:")]), Items(shown)]
