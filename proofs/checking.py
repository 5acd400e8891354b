"""`check`: a certificate file, a report or a folder, re-checked with the checker alone.

Loads neither numba nor an engine. In a report every `"word": "proved"` must be backed by an
accepted certificate named in the same object or in one around it (`certificate`, `certificates`:
file names beside the report, or whole documents).
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proofs.checker import (
    DEPTH_LIMIT,
    FILE_LIMIT,
    FORMATS,
    CertificateRejected,
    Checked,
    check_document,
    parse,
)

REPORT = "critnet/report/"
FLINT = "python-flint computes exactly and its balls enclose"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a path proves.

    Attributes
    ----------
    accepted : bool
        Every certificate is a proof of its claim, and no claim says `proved` without one.
    proved, assumed : tuple of str
        Sentences of the checker, without repetition.
    rejected : tuple of (str, str)
        Where and why.
    certificates : int
        How many documents were accepted.
    """

    accepted: bool
    proved: tuple[str, ...]
    assumed: tuple[str, ...]
    rejected: tuple[tuple[str, str], ...]
    certificates: int

    def __repr__(self) -> str:
        verdict = "accepted" if self.accepted else f"rejected, {len(self.rejected)} problems"
        return f"CheckResult({verdict}, {self.certificates} certificates)"

    def _repr_html_(self) -> str:
        rows = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.proved)
        return f"<p>{html.escape(repr(self))}</p><ul>{rows}</ul>"

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "accepted": self.accepted,
            "proved": list(self.proved),
            "assumed": list(self.assumed),
            "rejected": [{"where": where, "why": why} for where, why in self.rejected],
            "certificates": self.certificates,
        }


def check(path: str | Path) -> CheckResult:
    """Re-check a certificate file, a `report.json`, or a folder that holds them.

    Nothing is raised for bad content: an unreadable or malformed file is rejected.

    Examples
    --------
    >>> check("no such file").accepted
    False
    """
    session = _Session()
    path = Path(path)
    if path.is_dir():
        files = [path / "report.json"] if (path / "report.json").is_file() else []
        folder = sorted(p for p in path.rglob("*.json") if p.is_file() and p not in files)
        if not files and not folder:
            session.rejected.append((str(path), "the folder holds no JSON file"))
        for file in (*files, *folder):
            session.check_path(file, beside=bool(files) and file not in files)
    else:
        session.check_path(path)
    return session.result()


def canonical_hash(report: Mapping[str, Any]) -> str:
    """SHA-256 of a report's canonical form: everything but `run` and the hash itself."""
    content = {key: value for key, value in report.items() if key not in ("run", "sha256")}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Session:
    """Accepted and rejected documents so far; every file is checked once."""

    def __init__(self) -> None:
        self.proved: dict[str, None] = {}
        self.assumed: dict[str, None] = {}
        self.rejected: list[tuple[str, str]] = []
        self.count = 0
        self.files: dict[Path, bool] = {}

    def result(self) -> CheckResult:
        accepted = not self.rejected and self.count > 0
        if not self.rejected and self.count == 0:
            self.rejected.append(("", "there is no certificate to check"))
        assumed = (*self.assumed, FLINT) if self.count else ()
        return CheckResult(accepted, tuple(self.proved), assumed, tuple(self.rejected), self.count)

    def check_path(self, path: Path, beside: bool = False) -> bool:
        """One file; files beside a report that are no certificates are left alone."""
        key = path.resolve()
        if key in self.files:
            return self.files[key]
        self.files[key] = False
        try:
            with path.open("rb") as file:
                document = _parse(file.read(FILE_LIMIT + 1))
        except OSError as problem:
            self.rejected.append((str(path), f"cannot be read: {problem.strerror}"))
            return False
        except (CertificateRejected, ValueError) as problem:
            self.rejected.append((str(path), str(problem)))
            return False
        schema = document.get("schema") if isinstance(document, dict) else None
        if isinstance(schema, str) and schema.startswith(REPORT):
            self.files[key] = self.check_report(document, path)
        elif schema in FORMATS or not beside:
            self.files[key] = self.check_certificate(document, str(path))
        return self.files[key]

    def check_certificate(self, document: Any, where: str) -> bool:
        """One document."""
        try:
            checked: Checked = check_document(document)
        except CertificateRejected as problem:
            self.rejected.append((where, str(problem)))
            return False
        self.proved |= dict.fromkeys(checked.proved)
        self.assumed |= dict.fromkeys(checked.assumed)
        self.count += 1
        return True

    def check_report(self, report: dict[str, Any], path: Path) -> bool:
        """Every `proved` in the report stands on accepted certificates."""
        before = len(self.rejected)
        if report.get("sha256", canonical_hash(report)) != canonical_hash(report):
            self.rejected.append((str(path), "the content does not have the stated sha256"))
        self._walk(report, path, "report", backed=False, depth=0)
        return len(self.rejected) == before

    def _walk(self, value: Any, path: Path, where: str, backed: bool, depth: int) -> None:
        if depth > 16 * DEPTH_LIMIT:
            self.rejected.append((where, "nested too deeply"))
            return
        if isinstance(value, list):
            for k, item in enumerate(value):
                self._walk(item, path, f"{where}[{k}]", backed, depth + 1)
        if not isinstance(value, dict):
            return
        named = [*_listed(value.get("certificate")), *_listed(value.get("certificates"))]
        verdicts = [self._check_named(name, path, where) for name in named]
        if depth > 0 and verdicts:
            backed = all(verdicts)
        if value.get("word") == "proved" and not backed:
            self.rejected.append((where, "says proved, but no accepted certificate backs it"))
            return
        for key, item in value.items():
            if key not in ("certificate", "certificates"):
                self._walk(item, path, f"{where}.{key}"[:200], backed, depth + 1)

    def _check_named(self, name: Any, path: Path, where: str) -> bool:
        if isinstance(name, dict) and name.get("schema") in FORMATS:
            return self.check_certificate(name, where)
        file = name.get("file") if isinstance(name, dict) else name
        if not isinstance(file, str):
            self.rejected.append((where, "a certificate is neither a file name nor a document"))
            return False
        target = path.parent / file
        if not target.resolve().is_relative_to(path.parent.resolve()):
            self.rejected.append((where, f"{file[:80]!r} leaves the folder of the report"))
            return False
        return self.check_path(target)


def _parse(data: bytes) -> Any:
    """A report with its floating-point numbers; anything else as strictly as a certificate."""
    if len(data) <= FILE_LIMIT:
        with contextlib.suppress(ValueError, RecursionError, MemoryError):
            document = json.loads(data.decode())
            schema = document.get("schema") if isinstance(document, dict) else None
            if isinstance(schema, str) and schema.startswith(REPORT):
                return document
    return parse(data)


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
