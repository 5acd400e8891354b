"""Named families of polynomial systems: equations, source, known numbers of zeros.

The numbers are for tests and documentation; no algorithm reads them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flint import fmpq

from algebra.errors import InputError
from algebra.systems import PolynomialSystem, Rational

Terms = dict[tuple[int, ...], Rational]


def cyclic(n: int) -> PolynomialSystem:
    """Cyclic n-roots: Σ_i Π_{j<k} x_{i+j} = 0 for k < n, and Π x_i = 1."""
    equations: list[Terms] = []
    for k in range(1, n):
        equations.append({_indicator(n, [(i + j) % n for j in range(k)]): 1 for i in range(n)})
    equations.append({(1,) * n: 1, (0,) * n: -1})
    return _system("cyclic", n, "x", 1, n, equations)


def katsura(n: int) -> PolynomialSystem:
    """Katsura's magnetism equations in u_0, …, u_n."""
    equations: list[Terms] = []
    for m in range(n):
        terms: Terms = {}
        for i in range(-n, n + 1):
            if abs(m - i) <= n:
                _add(terms, _indicator(n + 1, [abs(i), abs(m - i)]), 1)
        _add(terms, _indicator(n + 1, [m]), -1)
        equations.append(terms)
    linear: Terms = {_indicator(n + 1, [i]): 2 for i in range(1, n + 1)}
    equations.append({_indicator(n + 1, [0]): 1, **linear, (0,) * (n + 1): -1})
    return _system("katsura", n, "u", 0, n + 1, equations)


def noon(n: int) -> PolynomialSystem:
    """Noonburg's neural network: 10 x_i Σ_{j≠i} x_j² − 11 x_i + 10."""
    equations: list[Terms] = [
        {
            **{_indicator(n, [i, j, j]): 10 for j in range(n) if j != i},
            _indicator(n, [i]): -11,
            (0,) * n: 10,
        }
        for i in range(n)
    ]
    return _system("noon", n, "x", 1, n, equations)


def eco(n: int) -> PolynomialSystem:
    """Economic modelling: (x_k + Σ_i x_i x_{i+k}) x_n = k for k < n, Σ_{i<n} x_i = −1."""
    equations: list[Terms] = []
    for k in range(1, n):
        terms: Terms = {_indicator(n, [k - 1, n - 1]): 1, (0,) * n: -k}
        for i in range(1, n - k):
            _add(terms, _indicator(n, [i - 1, i + k - 1, n - 1]), 1)
        equations.append(terms)
    equations.append({**{_indicator(n, [i]): 1 for i in range(n - 1)}, (0,) * n: 1})
    return _system("eco", n, "x", 1, n, equations)


def chandra(n: int) -> PolynomialSystem:
    """Chandrasekhar's H-equation: 2n h_i − c h_i (1 + Σ_{j<n} i/(i+j) h_j) = 2n, c = 0.51234."""
    c = fmpq(51234, 100000)
    equations: list[Terms] = []
    for i in range(1, n + 1):
        terms: Terms = {_indicator(n, [i - 1]): 2 * n - c, (0,) * n: -2 * n}
        for j in range(1, n):
            _add(terms, _indicator(n, [i - 1, j - 1]), -c * fmpq(i, i + j))
        equations.append(terms)
    return _system("chandra", n, "h", 1, n, equations)


def reimer(n: int) -> PolynomialSystem:
    """Reimer's system: −1 + 2 Σ_j (−1)^{j+1} x_j^{i+1} for i = 1, …, n."""
    equations: list[Terms] = [
        {
            **{_indicator(n, [j] * (i + 1)): 2 if j % 2 == 0 else -2 for j in range(n)},
            (0,) * n: -1,
        }
        for i in range(1, n + 1)
    ]
    return _system("reimer", n, "x", 1, n, equations)


def heart() -> PolynomialSystem:
    """The heart-dipole problem: 8 equations in 8 unknowns."""
    return PolynomialSystem.parse(_HEART, format="text", name="heart")


def cassou() -> PolynomialSystem:
    """Cassou-Noguès: 4 equations of degrees 7, 8, 6, 4 in 4 unknowns."""
    return PolynomialSystem.parse(_CASSOU, format="text", name="cassou")


@dataclass(frozen=True)
class Family:
    """A named family.

    Attributes
    ----------
    build
        Makes the system: called with the size, or without arguments if `sizes` is None.
    sizes : (int, int) or None
        Smallest and largest accepted size.
    source : str
        Where the system comes from.
    zeros : mapping
        Size → number of isolated complex zeros (0 stands for "no size").
    torus_mixed_volume : mapping
        Size → mixed volume of the Newton polytopes.
    """

    build: Callable[..., PolynomialSystem]
    sizes: tuple[int, int] | None
    source: str
    zeros: Mapping[int, int] = field(default_factory=dict)
    torus_mixed_volume: Mapping[int, int] = field(default_factory=dict)


FAMILIES: dict[str, Family] = {
    "cyclic": Family(
        cyclic,
        (2, 60),
        "G. Björck, R. Fröberg, J. Symb. Comput. 12 (1991); U. Haagerup, arXiv:0803.2629",
        {5: 70, 6: 156, 7: 924},
        {4: 16, 5: 70, 6: 156, 7: 924, 8: 2560, 9: 11016, 10: 35940, 11: 184756},
    ),
    "katsura": Family(
        katsura,
        (1, 200),
        "S. Katsura, in: New Trends in Magnetism, World Scientific 1990; 2^n zeros",
        {n: 2**n for n in range(3, 12)},
        {5: 30, 8: 240, 10: 990},
    ),
    "noon": Family(
        noon,
        (2, 200),
        "V. W. Noonburg, SIAM J. Appl. Math. 49 (1989): 3^n − 2n zeros",
        {n: 3**n - 2 * n for n in range(3, 9)},
        {n: 3**n - 2 * n for n in range(3, 9)},
    ),
    "eco": Family(
        eco,
        (3, 200),
        "A. Morgan, Solving Polynomial Systems Using Continuation, Prentice Hall 1987",
        {n: 2 ** (n - 2) for n in range(5, 13)},
        {n: 2 ** (n - 2) for n in range(5, 17)},
    ),
    "chandra": Family(
        chandra,
        (2, 200),
        "S. Chandrasekhar, Radiative Transfer, Dover 1960; C. T. Kelley, Numer. Math. 1980",
        {n: 2 ** (n - 1) for n in range(4, 11)},
        {n: 2 ** (n - 1) for n in range(4, 11)},
    ),
    "reimer": Family(
        reimer,
        (1, 60),
        "M. Reimer; in the POSSO and PHCpack collections of test systems",
        {5: 144, 6: 576, 7: 2880},
    ),
    "heart": Family(
        heart,
        None,
        "C. Nelsen, B. Hodgkin 1981; A. Morgan, A. Sommese, Appl. Math. Comput. 24 (1987)",
        {0: 4},
        {0: 121},
    ),
    "cassou": Family(
        cassou,
        None,
        "P. Cassou-Noguès; in the POSSO collection of test systems",
        {0: 16},
        {0: 24},
    ),
}


def family_system(name: str, size: int | None = None) -> PolynomialSystem:
    """The system `name` of a size, for example ("cyclic", 7).

    Raises
    ------
    InputError
        An unknown family, or a size outside its range.
    """
    family = FAMILIES.get(name)
    if family is None:
        raise InputError(f"unknown family {name[:40]!r}: the known ones are {known_names()}")
    if family.sizes is None:
        if size is not None:
            raise InputError(f"{name} has no size: write {name}")
        return family.build()
    low, high = family.sizes
    if size is None or not low <= size <= high:
        got = "no size" if size is None else f"size {size}"
        raise InputError(
            f"{name} with {got}: expected a size from {low} to {high}, as {name}:{low}"
        )
    return family.build(size)


def known_names() -> str:
    """The families as users write them, for messages."""
    names = [n if f.sizes is None else f"{n}:N" for n, f in FAMILIES.items()]
    return ", ".join([*names, "network:ARCH"])


def resolve_system(
    spec: str, *, data: Any = None, format: str = "auto", seed: int | None = None
) -> PolynomialSystem:
    """The system a user means: a named family, `network:…`, a file, or `-` for standard input.

    Parameters
    ----------
    spec : str
        "cyclic:7", "heart", "network:2-2-2,m=2,seed=3", a path, "-". A file named like a family is
        reached as "./heart".
    data : NetworkData, mapping or path of a JSON file
        Data for a network; an error with anything else.
    format : str
        Format of a file or of standard input: "auto" or one of `algebra.formats.FORMATS`.
    seed : int
        Of a network's random data, in place of the one in its name.

    Raises
    ------
    InputError
        An unknown family, no such file, unreadable input, or data without a network.
    """
    name, colon, rest = spec.partition(":")
    if name == "network" and colon:
        return _network_system(rest, data, seed)
    if data is not None:
        raise InputError(f"data were given for {spec[:60]!r}, which is not a network")
    if name in FAMILIES:
        return family_system(name, _size(spec, rest) if colon else None)
    if spec == "-":
        from algebra.formats import parse_system
        from algebra.formats.limits import MAX_CHARACTERS

        content = sys.stdin.buffer.read(MAX_CHARACTERS + 1)
        return parse_system(content, format=format, name="standard input")
    return _file_system(spec, format)


def _network_system(text: str, data: Any, seed: int | None) -> PolynomialSystem:
    from algebra.networks import LinearNetwork, NetworkData

    network = LinearNetwork.parse(text)
    if isinstance(data, str | Path):
        chosen = network.seed if seed is None else seed
        data = NetworkData.from_json(data, network, seed=chosen)
    return network.gradient_system(seed, data=data)


def _file_system(spec: str, format: str) -> PolynomialSystem:
    from algebra.formats import read_system

    try:
        exists = Path(spec).exists()
    except (OSError, ValueError):
        exists = False
    if not exists:
        shown = spec if len(spec) <= 60 else spec[:57] + "…"
        raise InputError(f"{shown!r} is neither a file nor a known family ({known_names()})")
    return read_system(spec, format=format)


def _size(spec: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise InputError(f"{spec[:60]!r}: expected an integer size after ':', as in cyclic:7")
    return int(text)


def _indicator(n: int, indices: list[int]) -> tuple[int, ...]:
    """Exponent vector of the product of the variables with these indices, with repetition."""
    exponents = [0] * n
    for i in indices:
        exponents[i] += 1
    return tuple(exponents)


def _add(terms: Terms, exponents: tuple[int, ...], coefficient: int | fmpq) -> None:
    terms[exponents] = terms.get(exponents, 0) + coefficient


def _system(
    family: str, size: int, letter: str, first: int, n: int, equations: list[Terms]
) -> PolynomialSystem:
    variables = [f"{letter}{i}" for i in range(first, first + n)]
    return PolynomialSystem.from_terms(variables, equations, name=f"{family}({size})")


_HEART = """
variables a, b, c, d, t, u, v, w;
a + b - 0.63254
c + d + 1.34534
t*a + u*b - v*c - w*d + 0.8365348
v*a + w*b + t*c + u*d - 1.7345334
a*t^2 - a*v^2 - 2*c*t*v + b*u^2 - b*w^2 - 2*d*u*w - 1.352352
c*t^2 - c*v^2 + 2*a*t*v + d*u^2 - d*w^2 + 2*b*u*w + 0.843453
a*t^3 - 3*a*t*v^2 + c*v^3 - 3*c*v*t^2 + b*u^3 - 3*b*u*w^2 + d*w^3 - 3*d*w*u^2 + 0.9563453
c*t^3 - 3*c*t*v^2 - a*v^3 + 3*a*v*t^2 + d*u^3 - 3*d*u*w^2 - b*w^3 + 3*b*w*u^2 - 1.2342523
"""

_CASSOU = """
variables b, c, d, f;
15*b^4*c*d^2 + 6*b^4*c^3 + 21*b^4*c^2*d - 144*b^2*c - 8*b^2*c^2*f - 28*b^2*c*d*f - 648*b^2*d + \
36*b^2*d^2*f + 9*b^4*d^3 - 120
30*c^3*b^4*d - 32*d*f^2*c - 720*d*b^2*c - 24*c^3*b^2*f - 432*c^2*b^2 + 576*f*c - 576*d*f + \
16*c*b^2*d^2*f + 16*d^2*f^2 + 16*f^2*c^2 + 9*c^4*b^4 + 5184 + 39*d^2*b^4*c^2 + 18*d^3*b^4*c - \
432*d^2*b^2 + 24*d^3*b^2*f - 16*c^2*b^2*d*f - 240*c
216*d*b^2*c - 162*d^2*b^2 - 81*c^2*b^2 + 5184 + 1008*f*c - 1008*d*f + 15*c^2*b^2*d*f - \
15*c^3*b^2*f - 80*d*f^2*c + 40*d^2*f^2 + 40*f^2*c^2
261 + 4*d*b^2*c - 3*d^2*b^2 - 4*c^2*b^2 + 22*f*c - 22*d*f
"""
