"""Errors shared by every package: the three kinds the command line tells apart."""

from __future__ import annotations


class CritnetError(Exception):
    """Root of every error critnet raises on purpose."""


class InputError(CritnetError, ValueError):
    """Unreadable or meaningless input: what came, what was expected, what to try (exit code 2)."""


class LimitReached(CritnetError, RuntimeError):
    """A time or memory limit was hit; what is known so far is in `partial` (exit code 3)."""

    def __init__(self, message: str, partial: object | None = None) -> None:
        super().__init__(message)
        self.partial = partial


class EnginesDisagree(CritnetError, RuntimeError):
    """Two engines gave answers that cannot both be right (exit code 1)."""


class AlgebraError(CritnetError):
    """Root of the errors of package `algebra`."""


class NotSquare(AlgebraError, InputError):
    """The system has another number of equations than of unknowns."""

    def __init__(self, equations: int, unknowns: int) -> None:
        self.equations, self.unknowns = equations, unknowns
        super().__init__(
            f"{equations} equations in {unknowns} unknowns: expected a square system; "
            "`critnet count` and `critnet solve` accept any shape"
        )


class SyntaxProblem(AlgebraError, InputError):
    """The input does not parse; `line` and `column` count from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(place + message)


class BeyondFloats(AlgebraError, InputError):
    """A coefficient has no floating-point value; exact algebra does not mind."""


class ModulusError(AlgebraError, ValueError):
    """A modulus is not a prime in the accepted range."""


class NotZeroDimensional(AlgebraError, ValueError):
    """The ideal has infinitely many complex zeros, so its quotient basis is infinite."""
