"""Identities as Lean 4 files for Mathlib: one `linear_combination` each, over any field.

The statement: in every field of characteristic 0, wherever the generators vanish, so does
factor * conditions * conclusion^power; with nonzero conditions the conclusion itself.
"""

from __future__ import annotations

from typing import Any

from proofs.export.coq import plain
from proofs.export.integers import IntegerIdentity, identities

RESERVED = {"fun", "let", "in", "if", "then", "else", "at", "from", "have", "show", "by", "K"}


def lean_file(document: dict[str, Any]) -> str:
    """A Lean file that proves every identity inside a certificate; "" if there is none."""
    found = list(identities(document))
    if not found:
        return ""
    theorems = [theorem(identity, f"identity_{k + 1}") for k, identity in enumerate(found)]
    head = "import Mathlib.Tactic\n\nvariable {K : Type*} [Field K] [CharZero K]\n"
    return "\n".join([head, *theorems])


def theorem(identity: IntegerIdentity, name: str) -> str:
    """Two theorems: the left side vanishes; with nonzero conditions the conclusion does."""
    names = [f"{x}_" if x in RESERVED else x for x in identity.names]
    used = [(q, f) for q, f in zip(identity.cofactors, identity.generators, strict=True) if q and f]
    given = "".join(f"\n    (h{k} : {plain(f, names)} = 0)" for k, (_, f) in enumerate(used))
    terms = " + ".join(f"({plain(q, names)}) * h{k}" for k, (q, _) in enumerate(used)) or "0"
    conditions = [(plain(c, names), e) for c, e in identity.conditions if e]
    conclusion = plain(identity.conclusion, names)
    left = " * ".join(
        [f"({identity.factor})"]
        + [f"({c}) ^ {e}" for c, e in conditions]
        + [f"({conclusion}) ^ {identity.power}"]
    )
    nonzero = "".join(f"\n    (c{k} : {c} ≠ 0)" for k, (c, _) in enumerate(conditions))
    facts = "".join(f", c{k}" for k in range(len(conditions)))
    arguments = " ".join([*names, *(f"h{k}" for k in range(len(used)))])
    variables = " ".join(names)
    return (
        f"theorem {name} ({variables} : K){given} :\n"
        f"    {left} = 0 := by\n"
        f"  linear_combination {terms}\n\n"
        f"theorem {name}_concludes ({variables} : K){given}{nonzero} :\n"
        f"    {conclusion} = 0 := by\n"
        f"  have e := {name} {arguments}\n"
        f"  simpa [mul_eq_zero, pow_eq_zero_iff{facts}] using e\n"
    )
