"""One worker of a sweep: samples in, certified rows out.

A sample counts only if its certified distinct zeros are as many as a generic member has, each is
certified real or not real, and the laws hold that real systems and coercive functions obey.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from homotopy.certify import certify
from homotopy.compiled import CertifiedBatch
from homotopy.enclosures import Enclosure
from homotopy.kernels.intervals import REAL, UNKNOWN
from homotopy.members import Member
from homotopy.morse import hessian_at
from homotopy.sweep_store import Row
from homotopy.sweep_subjects import Sample, Subject
from homotopy.tracker import CONSERVATIVE, DEFAULT, PARANOID

ComplexArray = NDArray[np.complex128]


def sample_seed(root: int, number: int) -> int:
    """The data seed of a sample; depends on nothing else."""
    words = np.random.SeedSequence([root, number]).generate_state(2, np.uint32)
    return int(words[0]) << 31 | int(words[1]) >> 1


@dataclass(frozen=True, eq=False)
class Worker:
    """Finds and certifies the zeros of samples.

    Attributes
    ----------
    subject : Subject
    seed : int
        Root of the samples.
    member : Member
        A generic member of the subject's family with all its zeros.
    """

    subject: Subject
    seed: int
    member: Member

    def rows(self, numbers: list[int]) -> list[Row]:
        """The finished rows of these samples."""
        seeds = [sample_seed(self.seed, k) for k in numbers]
        counted = self.count([self.subject.sample(s) for s in seeds])
        return [(k, str(s), *c) for k, s, c in zip(numbers, seeds, counted, strict=True)]

    def count(self, samples: list[Sample]) -> list[tuple[int, int, str, str, str]]:
        """Complex count, real count, Morse indices, state and note of every sample."""
        targets = np.array([[_float(v) for v in s.values] for s in samples], dtype=np.complex128)
        ends, _ = self.member.track_to(targets)
        return [self._count(s, t, e) for s, t, e in zip(samples, targets, ends, strict=True)]

    def zeros(self, sample: Sample) -> ComplexArray:
        """The zeros of one sample, tracked with care, (N, n)."""
        target = np.array([[_float(v) for v in sample.values]], dtype=np.complex128)
        ends, _ = self.member.track_to(target, settings=CONSERVATIVE, generic=False)
        return self.member.lifted(ends[0])

    def _count(
        self, sample: Sample, target: ComplexArray, ends: ComplexArray
    ) -> tuple[int, int, str, str, str]:
        note = ""
        for settings in (DEFAULT, CONSERVATIVE, PARANOID):
            if settings is not DEFAULT:
                note = "tracked again"
                ends = self.member.track_to(target[None], settings=settings, generic=False)[0][0]
            zeros = self.member.lifted(ends)
            zeros = zeros[np.isfinite(zeros).all(axis=1)]
            certified = self._certified_real(sample, zeros)
            if certified is None:
                continue
            real, indices = certified
            broken = self._broken_law(sample, real, indices)
            state, note = ("failed", broken) if broken else ("ok", note)
            return self.member.count, real, index_text(indices), state, note
        batch = self.member.family.certify(zeros, sample.values)
        found = int(batch.certified.sum()), int((batch.reality == REAL).sum())
        return *found, "", "failed", "zeros are missing or undecided"

    def _certified_real(
        self, sample: Sample, zeros: ComplexArray
    ) -> tuple[int, list[int] | None] | None:
        """Number of real zeros and their Morse indices, if all zeros are certified and decided."""
        family = self.member.family
        batch = family.certify(zeros, sample.values)
        if len(zeros) == self.member.count and _is_complete(batch):
            real = batch.reality == REAL
            indices = batch.morse_indices()[real].tolist() if family.is_gradient else None
            known = indices if indices is None or min(indices, default=0) >= 0 else None
            return int(real.sum()), known
        system = sample.system()
        slow = certify(system, zeros)
        if slow.real_count + slow.nonreal_count != self.member.count:
            return None
        if not family.is_gradient:
            return slow.real_count, None
        gradient = Enclosure.of(system)
        found = [hessian_at(gradient, box).index for box in slow.boxes if box.real]
        decided = [k for k in found if k is not None]
        return slow.real_count, decided if len(decided) == len(found) else None

    def _broken_law(self, sample: Sample, real: int, indices: list[int] | None) -> str:
        """A law that the counts violate, or nothing: any violation is a bug or a lost zero."""
        if (self.member.count - real) % 2:
            return f"{real} real zeros of {self.member.count}: the others do not form pairs"
        if (real - 1) % self.subject.parity:
            return f"parity: {real} real zeros"
        if sample.coercive and indices is not None and sum((-1) ** k for k in indices) != 1:
            return f"Morse indices {index_text(indices)} do not add up"
        return ""


def index_text(indices: Sequence[int] | None) -> str:
    """Morse indices as "index:count,…"; "" where unknown."""
    if indices is None:
        return ""
    return ",".join(f"{k}:{v}" for k, v in sorted(Counter(indices).items()))


def _is_complete(batch: CertifiedBatch) -> bool:
    return batch.disjoint() and bool((batch.reality != UNKNOWN).all())


def _float(value: fmpq) -> float:
    return int(value.p) / int(value.q)
