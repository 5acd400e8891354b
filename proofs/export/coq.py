"""Identities as Coq files: `ring` for small ones, a reflective checker for large ones.

The theorems speak about all integers, which for polynomials is the identity itself. No axioms:
each file ends with `Print Assumptions`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.checker import FORMATS, CertificateRejected, parse
from proofs.export.integers import IntegerIdentity, IntegerPolynomial, identities

#: Term products beyond which `ring` is slower than the reflective checker.
RING_LIMIT = 400

LIBRARY = (Path(__file__).parent / "Reflection.v").read_text(encoding="utf-8")
RESERVED = {"forall", "fun", "match", "end", "let", "in", "if", "then", "else", "as", "at", "Z"}


@dataclass(frozen=True)
class CoqResult:
    """What `coqc` said.

    Attributes
    ----------
    accepted : bool or None
        None if `coqc` is not installed.
    message : str
    theorems : int
    """

    accepted: bool | None
    message: str
    theorems: int

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {"accepted": self.accepted, "message": self.message, "theorems": self.theorems}


def coq_file(document: dict[str, Any]) -> str:
    """A Coq file that proves every identity inside a certificate; "" if there is none."""
    found = list(identities(document))
    if not found:
        return ""
    head = ["Require Import ZArith List Lia.", "Import ListNotations.", "Open Scope Z_scope.", ""]
    body = []
    large = any(identity.size > RING_LIMIT for identity in found)
    for k, identity in enumerate(found):
        name = f"identity_{k + 1}"
        body.append(
            by_ring(identity, name)
            if identity.size <= RING_LIMIT
            else by_reflection(identity, name)
        )
        body.append(f"Print Assumptions {name}.\n")
    return "\n".join([*head, *([LIBRARY] if large else []), *body])


def by_ring(identity: IntegerIdentity, name: str) -> str:
    """A theorem in plain notation: the generators vanish, hence the left side does."""
    names = [_safe(x) for x in identity.names]
    used = [(q, f) for q, f in zip(identity.cofactors, identity.generators, strict=True) if q and f]
    left = _left(identity, names)
    hypotheses = "".join(f"({plain(f, names)}) = 0 -> " for _, f in used)
    conditions = "".join(f"({plain(c, names)}) <> 0 -> " for c, e in identity.conditions if e)
    # Each product vanishes by itself: a hypothesis x = 0 must not rewrite the other generators.
    products = [f"({plain(q, names)}) * ({plain(f, names)})" for q, f in used]
    right = " + ".join(products) or "0"
    steps = "".join(
        f"  assert (E{k} : {product} = 0) by (rewrite H{k}; ring).\n"
        for k, product in enumerate(products)
    )
    rewriting = " ".join(f"rewrite E{k}." for k in range(len(used)))
    intro = " ".join(f"H{k}" for k in range(len(used)))
    return (
        f"Theorem {name} : forall {' '.join(names)} : Z,\n  {left} = {right}.\n"
        "Proof. intros. ring. Qed.\n\n"
        f"Theorem {name}_vanishes : forall {' '.join(names)} : Z,\n  {hypotheses}{left} = 0.\n"
        f"Proof.\n  intros {' '.join(names)} {intro}.\n{steps}"
        f"  rewrite ({name} {' '.join(names)}). {rewriting} reflexivity.\nQed.\n\n"
        f"Theorem {name}_concludes : forall {' '.join(names)} : Z,\n"
        f"  {hypotheses}{conditions}({plain(identity.conclusion, names)}) = 0.\n"
        f"Proof.\n  intros {' '.join(names)} {intro}.\n"
        f"  pose proof ({name}_vanishes {' '.join([*names, *intro.split()])}) as E. intros.\n"
        f"{_cancel(identity)}Qed.\n"
    )


def _cancel(identity: IntegerIdentity) -> str:
    """Tactics that lead from factor * conditions * conclusion^N = 0 to conclusion = 0."""
    root = "apply Z.pow_eq_0 in E; [ | lia ]; "
    closing = [] if identity.factor == 1 else ["discriminate E"]
    closing += [(root if e != 1 else "") + "contradiction" for _, e in identity.conditions if e]
    # The product associates to the left: the last factor splits off first.
    lines = []
    last = root if identity.power != 1 else ""
    if closing:
        lines.append(f"  apply Z.mul_eq_0 in E; destruct E as [E | E]; [ | {last}exact E ].\n")
        for tactic in reversed(closing[1:]):
            lines.append(f"  apply Z.mul_eq_0 in E; destruct E as [E | E]; [ | {tactic} ].\n")
        lines.append(f"  {closing[0]}.\n")
    else:
        lines.append(f"  {last}exact E.\n")
    return "".join(lines)


def by_reflection(identity: IntegerIdentity, name: str) -> str:
    """The same for large identities: data, and a computation that the kernel runs."""

    def data(f: IntegerPolynomial) -> str:
        terms = (f"({_number(c)}, [{'; '.join(map(str, m))}]%nat)" for c, m in f)
        return "[" + ";\n    ".join(terms) + "]"

    powers = [(identity.conclusion, identity.power), *identity.conditions]
    left = "; ".join(f"({data(f)}, {e}%nat)" for f, e in powers)
    pairs = ";\n  ".join(
        f"({data(q)},\n   {data(f)})"
        for q, f in zip(identity.cofactors, identity.generators, strict=True)
        if q and f
    )
    return (
        f"Definition {name}_left : list (poly * nat) := [{left}].\n"
        f"Definition {name}_pairs : list (poly * poly) :=\n  [{pairs}].\n\n"
        f"(* Variables, in the order of exponents: {', '.join(identity.names)}. *)\n"
        f"Theorem {name} : forall env : list Z,\n"
        f"  {identity.factor} * value_powers env {name}_left = value_pairs env {name}_pairs.\n"
        f"Proof. apply check_sound. vm_compute. reflexivity. Qed.\n"
    )


def plain(f: IntegerPolynomial, names: list[str]) -> str:
    """A polynomial in Coq's (and Lean's) notation."""
    terms = []
    for c, m in f:
        powers = [x if e == 1 else f"{x}^{e}" for x, e in zip(names, m, strict=True) if e]
        terms.append(" * ".join([_number(c), *powers] if c != 1 or not powers else powers))
    return " + ".join(terms) or "0"


def _left(identity: IntegerIdentity, names: list[str]) -> str:
    """`factor` * (conditions^e * … * conclusion^power), each factor only where it matters."""
    factors = [
        f"({plain(f, names)})" + (f"^{e}" if e != 1 else "")
        for f, e in (*identity.conditions, (identity.conclusion, identity.power))
        if e
    ]
    scale = [] if identity.factor == 1 else [_number(identity.factor)]
    return " * ".join([*scale, *factors])


def _number(c: int) -> str:
    return str(c) if c >= 0 else f"({c})"


def _safe(name: str) -> str:
    """An identifier that is no keyword: weights and data have harmless names already."""
    return f"{name}_" if name in RESERVED or re.fullmatch(r"H\d+|E\d*|identity_\d+", name) else name


def check_with_coq(document: dict[str, Any], *, seconds: float = 600.0) -> CoqResult:
    """Run `coqc` on the identities of a certificate, where it is installed.

    Accepted means: it compiles and depends on no axiom.
    """
    text = coq_file(document)
    theorems = text.count("\nPrint Assumptions")
    if not theorems:
        return CoqResult(True, "no identity to check", 0)
    coqc = shutil.which("coqc")
    if coqc is None:
        return CoqResult(None, "coqc is not installed: nothing was checked by Coq", theorems)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Certificate.v"
        path.write_text(text, encoding="utf-8")
        try:
            run = subprocess.run(
                [coqc, "-q", path.name],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return CoqResult(False, f"coqc did not finish within {seconds:g} s", theorems)
    closed = run.stdout.count("Closed under the global context")
    if run.returncode == 0 and closed == theorems:
        return CoqResult(True, f"coqc accepts {theorems} identities, no axioms", theorems)
    detail = (run.stderr or run.stdout).strip()[-2000:]
    return CoqResult(False, f"coqc rejects: {detail}", theorems)


def check_path_with_coq(path: str | Path, *, seconds: float = 600.0) -> CoqResult:
    """`check_with_coq` for all identities of a certificate file, a report or a folder."""
    path = Path(path)
    folder = path if path.is_dir() else path.parent
    files = (
        sorted(folder.rglob("*.json")) if path.is_dir() or path.name == "report.json" else [path]
    )
    documents = []
    for file in files:
        try:
            document = parse(file.read_bytes())
        except (OSError, CertificateRejected):
            continue  # `check` reports it
        if isinstance(document, dict) and document.get("schema") in FORMATS:
            documents.append(document)
    whole = {"kind": "conjunction", "proof": {"parts": documents}}
    try:
        return check_with_coq(whole, seconds=seconds)
    except (LookupError, TypeError, ValueError) as problem:
        return CoqResult(False, f"a certificate is malformed: {problem}", 0)
