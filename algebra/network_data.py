"""Training data and regulariser of a linear network, exact: drawn at random or read from a user.

Random entries come from a wide range on purpose: draws of small integers are often not generic
(with entries in ±20 one draw of the network 2-2-3 has 69 critical points instead of 73).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq

from algebra.errors import InputError
from algebra.rationals import exact_rational

if TYPE_CHECKING:
    from algebra.networks import LinearNetwork

#: An exact matrix, row by row.
Matrix = tuple[tuple[fmpq, ...], ...]

#: Largest data file read, in bytes.
MAX_DATA_BYTES = 64 * 2**20

FLOAT_NOTE = "binary floating-point entries were taken as the exact dyadic rationals they are"
REGULARISERS = ("generic", "uniform", "none")
SIGNS = ("positive", "any")


@dataclass(frozen=True)
class NetworkData:
    """Exact data of a network.

    Attributes
    ----------
    X : d_x × m matrix of fmpq
        One data point per column.
    Y : d_y × m matrix of fmpq
        One target per column.
    Lambda : tuple of matrices of fmpq
        The regulariser: layer l has the shape of W_l.
    notes : tuple of str
        What a report has to say about the origin of the data.
    """

    X: Matrix
    Y: Matrix
    Lambda: tuple[Matrix, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def random(
        cls,
        network: LinearNetwork,
        seed: int = 0,
        *,
        signs: str = "positive",
        regulariser: str = "generic",
    ) -> NetworkData:
        """Data drawn from a wide range: all absolute values different, none zero.

        Entries of X and Y are ± odd/2^14 in [1/4, 4], entries of Lambda odd/2^16 in [1/16, 1]:
        exact in double precision, and small regularisers leave critical points besides zero.
        The draw is a function of the seed alone, whatever the version of NumPy.

        Parameters
        ----------
        signs : {"positive", "any"}
            Signs of Lambda.
        regulariser : {"generic", "uniform", "none"}
            All λ different, all equal, or all zero.
        """
        cls.check_options(seed, signs, regulariser)
        draw = _Draw(seed)
        x = [[draw.entry() for _ in range(network.m)] for _ in range(network.widths[0])]
        y = [[draw.entry() for _ in range(network.m)] for _ in range(network.widths[-1])]
        penalties = _draw_lambda(network, draw, signs, regulariser)
        note = f"random data, seed {seed}: {regulariser} regulariser, signs {signs}"
        return cls(_frozen(x), _frozen(y), penalties, (note,))

    @staticmethod
    def check_options(seed: int, signs: str, regulariser: str) -> None:
        """Raise `InputError` unless `random` accepts these options."""
        if seed < 0:
            raise InputError(f"seed={seed}: expected an integer that is not negative")
        _require(signs, SIGNS, "signs")
        _require(regulariser, REGULARISERS, "regulariser")

    @classmethod
    def from_dict(
        cls, document: Mapping[str, Any], network: LinearNetwork, *, seed: int = 0
    ) -> NetworkData:
        """Data from `{"X": …, "Y": …, "Lambda": …}`.

        Matrices are lists of rows of numbers or exact strings ("3/7", "0.1"); with one data point
        (or one row) a flat list will do. Lambda is a list of matrices, one per layer; one scalar
        for all weights; 0 for none; "random" (the default) draws it from `seed`.

        Raises
        ------
        InputError
            A key is missing, a shape is wrong (both shapes are named) or an entry is no number.
        """
        missing = [key for key in ("X", "Y") if key not in document]
        if missing:
            raise InputError(
                f"the data have no {' and no '.join(missing)}: expected an object with "
                "X, Y and, if wanted, Lambda"
            )
        reader = _MatrixReader()
        x = reader.matrix(document["X"], (network.widths[0], network.m), "X", "d_x × m")
        y = reader.matrix(document["Y"], (network.widths[-1], network.m), "Y", "d_y × m")
        penalties, note = _read_lambda(document.get("Lambda", "random"), network, reader, seed)
        notes = [note] if note else []
        if reader.floats:
            notes.append(f"{FLOAT_NOTE} ({', '.join(reader.floats)})")
        return cls(x, y, penalties, tuple(notes))

    @classmethod
    def from_json(cls, path: str | Path, network: LinearNetwork, *, seed: int = 0) -> NetworkData:
        """Data from a JSON file (see `from_dict`); a `network` entry must agree with `network`."""
        document = read_json(path)
        if "network" in document:
            stated = type(network).parse(str(document["network"]))
            if stated != network:
                raise InputError(f"{path} holds data of {stated.name}, expected {network.name}")
        return cls.from_dict(document, network, seed=seed)

    @classmethod
    def from_arrays(
        cls,
        network: LinearNetwork,
        x: str | Path,
        y: str | Path,
        *,
        Lambda: Any = "random",
        seed: int = 0,
    ) -> NetworkData:
        """Data from two CSV or NPY files; entries of CSV files are read as exact decimals."""
        document = {"X": _read_array(Path(x)), "Y": _read_array(Path(y)), "Lambda": Lambda}
        return cls.from_dict(document, network, seed=seed)

    @property
    def parameter_values(self) -> tuple[fmpq, ...]:
        """X, Y, Lambda row by row: values of `network.parameters` in their order."""
        matrices = (self.X, self.Y, *self.Lambda)
        return tuple(entry for matrix in matrices for row in matrix for entry in row)

    @property
    def regularised(self) -> bool:
        """Whether every λ is nonzero."""
        return all(entry != 0 for matrix in self.Lambda for row in matrix for entry in row)

    def to_dict(self) -> dict[str, Any]:
        """X, Y, Lambda as exact strings; `from_dict` reads them back."""
        return {
            "X": _strings(self.X),
            "Y": _strings(self.Y),
            "Lambda": [_strings(matrix) for matrix in self.Lambda],
        }

    def __repr__(self) -> str:
        return (
            f"NetworkData(X {len(self.X)}×{len(self.X[0])}, Y {len(self.Y)}×{len(self.Y[0])}, "
            f"Lambda of {len(self.Lambda)} layers)"
        )


def read_json(path: str | Path) -> dict[str, Any]:
    """A JSON object from a file of at most `MAX_DATA_BYTES` bytes."""
    return parse_json(_read_bytes(Path(path)), str(path))


def parse_json(content: str | bytes, name: str) -> dict[str, Any]:
    """A JSON object from text; `name` appears in messages."""
    try:
        document = json.loads(content)
    except RecursionError:
        raise InputError(f"{name}: the JSON is nested too deeply") from None
    except UnicodeDecodeError:
        raise InputError(f"{name} is not UTF-8 text: expected JSON") from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})"
        ) from None
    except ValueError as error:
        raise InputError(f"{name}: not acceptable JSON ({str(error)[:80]})") from None
    if not isinstance(document, dict):
        raise InputError(f"{name}: expected a JSON object, received a {type(document).__name__}")
    return document


class _Draw:
    """Odd numerators without repetition from the raw stream of a bit generator.

    NumPy promises stable streams for bit generators, not for the distributions of `Generator`:
    the name of a data set must mean the same data for ever.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)
        self._used: set[int] = set()

    def _odd(self) -> int:
        """A fresh odd integer in [2^12, 2^16); wider when most of them are used up."""
        while True:
            width = 16 + len(self._used) // 2**13
            value = int(self._bits.random_raw()) >> (64 - width) | 1
            if value >= 2**12 and value not in self._used:
                self._used.add(value)
                return value

    def sign(self) -> int:
        return 1 if int(self._bits.random_raw()) >> 63 else -1

    def entry(self) -> fmpq:
        """A data entry, ± odd/2^14."""
        return fmpq(self.sign() * self._odd(), 2**14)

    def penalty(self, signs: str) -> fmpq:
        """An entry of Lambda, odd/2^16."""
        return fmpq((self.sign() if signs == "any" else 1) * self._odd(), 2**16)


def _draw_lambda(
    network: LinearNetwork, draw: _Draw, signs: str, regulariser: str
) -> tuple[Matrix, ...]:
    if regulariser == "none":
        return _constant_lambda(network, fmpq(0))
    if regulariser == "uniform":
        return _constant_lambda(network, draw.penalty(signs))
    return tuple(
        _frozen([[draw.penalty(signs) for _ in range(columns)] for _ in range(rows)])
        for rows, columns in network.shapes
    )


def _constant_lambda(network: LinearNetwork, value: fmpq) -> tuple[Matrix, ...]:
    return tuple(((value,) * columns,) * rows for rows, columns in network.shapes)


def _read_lambda(
    value: Any, network: LinearNetwork, reader: _MatrixReader, seed: int
) -> tuple[tuple[Matrix, ...], str]:
    """The regulariser and a note on its origin."""
    if isinstance(value, str) and value.strip() == "random":
        penalties = _draw_lambda(network, _Draw(seed), "positive", "generic")
        return penalties, f"Lambda drawn at random, seed {seed}"
    if isinstance(value, str) or not isinstance(value, Sequence):
        number, is_float = exact_rational(value)
        if is_float and number.q != 1:
            reader.floats.append("Lambda")
        return _constant_lambda(network, number), ""
    if len(value) != len(network.shapes):
        raise InputError(
            f"Lambda has {len(value)} matrices: expected {len(network.shapes)}, one per layer of "
            f'{network.name}; or one number, 0, or "random"'
        )
    return tuple(
        reader.matrix(entry, shape, f"Lambda[{layer}]", f"the shape of W_{layer + 1}")
        for layer, (entry, shape) in enumerate(zip(value, network.shapes, strict=True))
    ), ""


class _MatrixReader:
    """Reads exact matrices and remembers which of them held floats that are not integers."""

    def __init__(self) -> None:
        self.floats: list[str] = []

    def matrix(self, value: Any, shape: tuple[int, int], name: str, meaning: str) -> Matrix:
        rows = self._rows(value, shape, name)
        widths = sorted({len(row) for row in rows})
        received = f"{len(rows)} × {' or '.join(map(str, widths)) or 0}"
        if len(rows) != shape[0] or widths != [shape[1]]:
            hint = ""
            if widths == [shape[0]] and len(rows) == shape[1]:
                hint = "; is it transposed? Columns are data points"
            elif name in "XY" and len(rows) == shape[0] and len(widths) == 1:
                hint = f"; if there are {widths[0]} data points, write m={widths[0]}"
            raise InputError(
                f"{name} has shape {received}: expected {shape[0]} × {shape[1]} ({meaning}){hint}"
            )
        return tuple(tuple(self._number(entry, name) for entry in row) for row in rows)

    def _rows(self, value: Any, shape: tuple[int, int], name: str) -> list[Sequence[Any]]:
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise InputError(f"{name}: expected a list of rows, received {str(value)[:40]!r}")
        flat = [not isinstance(row, Sequence) or isinstance(row, str) for row in value]
        if not any(flat):
            return list(value)
        if not all(flat):
            raise InputError(f"{name} mixes rows and numbers: expected a list of rows")
        # A flat list is one column if there is one data point, otherwise one row.
        return [[entry] for entry in value] if shape[1] == 1 else [value]

    def _number(self, value: Any, name: str) -> fmpq:
        try:
            number, is_float = exact_rational(value)
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
        if is_float and number.q != 1 and name not in self.floats:
            self.floats.append(name)
        return number


def _read_array(path: Path) -> list[list[Any]]:
    if path.suffix.lower() == ".npy":
        return _read_npy(path)
    try:
        text = _read_bytes(path).decode()
    except UnicodeDecodeError:
        raise InputError(
            f"{path} is not UTF-8 text: expected CSV (or a file ending in .npy)"
        ) from None
    rows = [line.split("#")[0].replace(";", ",") for line in text.splitlines()]
    return [[cell.strip() for cell in row.split(",")] for row in rows if row.strip()]


def _read_npy(path: Path) -> list[list[Any]]:
    _check_size(path)
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is not a NumPy array file ({str(error)[:80]})") from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf" or array.ndim > 2:
        raise InputError(f"{path}: expected a matrix of real numbers")
    if array.dtype.itemsize > 8:
        raise InputError(f"{path}: {array.dtype} is wider than double precision; save float64")
    return list(np.atleast_1d(array).tolist())


def _check_size(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    if size > MAX_DATA_BYTES:
        raise InputError(f"{path} has {size} bytes: the limit is {MAX_DATA_BYTES}")


def _read_bytes(path: Path) -> bytes:
    _check_size(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None


def _require(value: str, allowed: Sequence[str], name: str) -> None:
    if value not in allowed:
        raise InputError(f"{name}={value}: expected one of {', '.join(allowed)}")


def _frozen(rows: Sequence[Sequence[fmpq]]) -> Matrix:
    return tuple(tuple(row) for row in rows)


def _strings(matrix: Matrix) -> list[list[str]]:
    return [[str(entry) for entry in row] for row in matrix]
