"""Errors of package `polytopes`."""

from __future__ import annotations

from algebra.errors import CritnetError, InputError


class PolytopeError(CritnetError):
    """Root of the errors of package `polytopes`."""


class SupportError(PolytopeError, InputError):
    """Supports that no mixed volume can be made of: empty, ragged, not integer, wrong number."""


class LiftingError(PolytopeError, RuntimeError):
    """A lifting that induces no fine mixed subdivision: two points tie on a lower face."""
