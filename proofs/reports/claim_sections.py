"""The section of the claims: a table, then each claim with proof, evidence and certificates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proofs.reports import phrases
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

Document = Mapping[str, Any]

#: Claims whose verdict is one of these come first.
VERDICT_ORDER = ("fails", "undecided", "holds", "not-applicable")


def claims(document: Document) -> list[Block]:
    """The blocks of the section; empty without claims."""
    claims = sorted(document["claims"], key=lambda c: VERDICT_ORDER.index(c["verdict"]))
    if not claims:
        return []
    rows: list[list[Text]] = [
        [
            [Link(claim["id"], f"#claim-{claim['id']}")],
            claim.get("title", ""),
            [Mark(claim["verdict"])],
            [Mark(claim["word"])] if claim["verdict"] in ("holds", "fails") else "",
            phrases.short_source(claim.get("source", "")),
        ]
        for claim in claims
        if claim["verdict"] != "not-applicable"
    ]
    others = [claim for claim in claims if claim["verdict"] == "not-applicable"]
    blocks: list[Block] = [
        Paragraph(
            "Statements are numbered as in A. Bharadwaj, S. Hoşten, Complex Critical Points of "
            "Deep Linear Neural Networks, arXiv:2301.12651 (the thesis). Every verdict is about "
            "this network and these data unless it says all data."
        ),
        Table(["claim", "what it says", "verdict", "word", "source"], rows),
        *(_claim(claim, document["run"]) for claim in claims if claim not in others),
    ]
    if others:
        blocks.append(
            Details(
                f"{len(others)} claims that say nothing about this network",
                [
                    Table(
                        ["claim", "what it says", "why not"],
                        [
                            [[Code(claim["id"])], claim.get("title", ""), claim["reason"]]
                            for claim in others
                        ],
                    )
                ],
            )
        )
    return blocks


def _claim(claim: Mapping[str, Any], run: Mapping[str, Any]) -> Details:
    decided = claim["verdict"] in ("holds", "fails")
    marks: list[Inline] = [Mark(claim["verdict"]), " "]
    if decided:
        marks += [Mark(claim["word"]), " "]
    blocks: list[Block] = [Paragraph(claim["statement"])]
    if claim.get("source"):
        blocks.append(Paragraph([Strong("Source: "), phrases.short_source(claim["source"])]))
    if claim.get("hypotheses"):
        blocks.append(Items([f"assumes {text}" for text in claim["hypotheses"]]))
    if claim.get("reason"):
        blocks.append(Paragraph([Strong("Why: "), str(claim["reason"])]))
    if claim.get("proof"):
        blocks.append(Paragraph([Strong("Proof: "), str(claim["proof"])]))
    if claim.get("proved"):
        blocks.append(Paragraph([Strong("The checker accepted:")]))
        sentences = [
            phrases.clipped(sentence) for sentence in claim["proved"][: phrases.MAX_SENTENCES]
        ]
        more = len(claim["proved"]) - len(sentences)
        blocks.append(Items([*sentences, *([f"… and {more} more in report.json"] if more else [])]))
    measured = run.get("seconds_per_claim", {}).get(claim["id"], {}).get("measured")
    evidence = dict(claim["evidence"]) | ({"seconds": measured} if measured else {})
    if evidence:
        blocks.append(
            Table(
                ["evidence", ""],
                [
                    [str(key).replace("_", " "), phrases.plain(value)]
                    for key, value in evidence.items()
                ],
            )
        )
    if claim.get("relies_on"):
        blocks.append(Paragraph([Strong("Relies on: "), "; ".join(claim["relies_on"])]))
    for file in claim.get("certificates") or ():
        blocks.append(
            Paragraph(["Certificate ", Link(file.rpartition("/")[2], file), ", re-checked by ",
                       Code(f"critnet check {file}")])
        )  # fmt: skip
    return Details([*marks, Strong(claim["id"]), " ", claim.get("title", "")], blocks,
                   f"claim-{claim['id']}")  # fmt: skip
