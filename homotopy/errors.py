"""Errors of package `homotopy`: wrong arguments only; a path that fails is a result."""

from __future__ import annotations

from algebra.errors import CritnetError, InputError


class HomotopyError(CritnetError):
    """Root of the errors of package `homotopy`."""


class ShapeError(HomotopyError, InputError):
    """An array has another shape than the homotopy needs."""


class StartUnavailable(HomotopyError, InputError):
    """The start system asked for does not exist for this target system."""

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"start system {name!r}: {reason}; try start='auto'")


class JournalMismatch(HomotopyError, InputError):
    """A journal on disk belongs to another computation."""


class WorkersFailed(HomotopyError):
    """Workers died again and again on one block of a sweep; what is done is in the store."""

    def __init__(self, first: int, last: int, attempts: int, cause: BaseException) -> None:
        self.first, self.last = first, last
        super().__init__(
            f"samples {first} to {last} were lost {attempts} times with their worker "
            f"({type(cause).__name__}: {str(cause)[:200]}); finished samples are in the store"
        )
