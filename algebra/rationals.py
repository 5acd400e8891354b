"""Exact rational numbers from text and from Python, NumPy or SymPy numbers.

Decimals in text are exact ("0.1" is one tenth); floats are the dyadic rationals they are.
"""

from __future__ import annotations

import math
import numbers
import re
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpz

from algebra.errors import InputError

#: Longest accepted numeral and largest accepted decimal exponent, both in decimal digits: room
#: for certificates and for systems made by elimination, no room for exhausting the memory.
MAX_DIGITS = 20_000

_NUMERAL = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<numerator>\d+)\s*/\s*(?P<denominator>\d+)"
    r"|(?P<whole>\d*)(?:\.(?P<fraction>\d*))?(?:[eE](?P<exponent>[+-]?\d+))?)",
    re.ASCII,
)


def parse_rational(text: str) -> fmpq:
    """The exact value of "7", "-3/7", "0.25" or "1.5e-3".

    Raises
    ------
    InputError
        The text is not such a numeral, a denominator is zero, or it is longer than `MAX_DIGITS`.
    """
    text = text.strip()
    if len(text) > MAX_DIGITS + 8:
        raise InputError(f"a number of {len(text)} characters: the limit is {MAX_DIGITS} digits")
    match = _NUMERAL.fullmatch(text)
    if match is None or not any(match[k] for k in ("numerator", "whole", "fraction")):
        raise InputError(f"{text[:40]!r} is not a number: expected 7, -3/7, 0.25 or 1.5e-3")
    sign = -1 if match["sign"] == "-" else 1
    if match["numerator"] is not None:
        denominator = fmpz(match["denominator"])
        if denominator == 0:
            raise InputError(f"{text[:40]!r}: the denominator is zero")
        return fmpq(sign * fmpz(match["numerator"]), denominator)
    whole, fraction = match["whole"] or "", match["fraction"] or ""
    exponent_text = match["exponent"] or "0"
    if len(exponent_text) > 6 or abs(int(exponent_text)) > MAX_DIGITS:
        raise InputError(f"{text[:40]!r}: the decimal exponent exceeds {MAX_DIGITS}")
    exponent = int(exponent_text) - len(fraction)
    value = sign * fmpz(whole + fraction)  # int() refuses more than 4300 digits
    ten = fmpz(10)
    return fmpq(value * ten**exponent) if exponent >= 0 else fmpq(value, ten**-exponent)


def exact_rational(value: Any) -> tuple[fmpq, bool]:
    """The exact value of a number or numeral, and whether it came as a binary float.

    Accepts int, float, str, Fraction, fmpq, NumPy and SymPy real numbers.

    Raises
    ------
    InputError
        Not a number, not finite, or a truth value.
    """
    if isinstance(value, fmpq):
        return value, False
    if isinstance(value, str):
        return parse_rational(value), False
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError(f"{str(value)[:40]!r} is not a real number")
    if isinstance(value, numbers.Rational):
        return fmpq(int(value.numerator), int(value.denominator)), False
    number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{number} is not a finite number")
    fraction = Fraction(number)
    return fmpq(fraction.numerator, fraction.denominator), True
