"""The folder of a report: certificates by name, each written once, and an index of them."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: Subfolder of the certificates.
CERTIFICATES = "certificates"


@dataclass
class Folder:
    """Collects certificates in memory; `write` puts everything on disk at once.

    An interrupted report leaves no half-written folder behind.
    """

    directory: Path
    _files: dict[str, bytes] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, document: Mapping[str, Any], supports: str) -> str:
        """Register a certificate for what it supports; returns its path beside the report."""
        content = (json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n").encode()
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._names:
            kind = str(document.get("kind", "certificate"))
            stem = re.sub(r"[^a-z0-9.]+", "-", f"{supports}-{kind}".lower()).strip("-.")
            name, number = f"{CERTIFICATES}/{stem}.json", 2
            while name in self._files:
                name, number = f"{CERTIFICATES}/{stem}-{number}.json", number + 1
            self._names[digest], self._files[name] = name, content
            self._entries[name] = {
                "file": name,
                "kind": kind,
                "supports": [],
                "bytes": len(content),
                "sha256": digest,
            }
        name = self._names[digest]
        supported = self._entries[name]["supports"]
        if supports not in supported:
            supported.append(supports)
        return name

    def add_all(self, documents: Iterable[Mapping[str, Any]], supports: str) -> list[str]:
        """Several certificates; the paths without repetition."""
        return list(dict.fromkeys(self.add(document, supports) for document in documents))

    @property
    def index(self) -> list[dict[str, Any]]:
        """One entry per certificate: file, kind, supports, bytes, sha256."""
        return [self._entries[name] for name in self._files]

    def write(self, texts: Mapping[str, str]) -> None:
        """Write the certificates, then the texts (file name to content).

        Certificates and the PDF of an earlier report in the same folder are removed first: a stale
        one could be mistaken for evidence.

        Raises
        ------
        OSError
            The folder cannot be written.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        target = self.directory / CERTIFICATES
        if target.is_dir() and (self.directory / "report.json").is_file():
            shutil.rmtree(target)
            (self.directory / "report.pdf").unlink(missing_ok=True)
        target.mkdir(exist_ok=True)
        for name in texts:
            (self.directory / name).parent.mkdir(exist_ok=True)
        for name, content in self._files.items():
            (self.directory / name).write_bytes(content)
        for name, text in texts.items():
            (self.directory / name).write_text(text, encoding="utf-8")
