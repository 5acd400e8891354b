"""Damaged certificates: every way of spoiling a JSON document that the checker must survive.

`damages(document, rng, count)` yields (name, document): structural damages at random places.
`text_damages(text, rng, count)` yields (name, bytes) for what only text can carry.
Hashes play no part in the format, so nothing needs recomputing.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from proofs.checker import KINDS

Document = Any
Path = tuple[Any, ...]

NUMBER = re.compile(r"-?\d+(/\d+)?")
DYADIC = re.compile(r"-?\d+\*2\^-?\d+")


def nodes(document: Document, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value inside the document with its path, the document itself first."""
    yield path, document
    if isinstance(document, dict):
        for key, value in document.items():
            yield from nodes(value, (*path, key))
    elif isinstance(document, list):
        for k, value in enumerate(document):
            yield from nodes(value, (*path, k))


def replaced(document: Document, path: Path, value: Any) -> Document:
    """A copy with another value at the path."""
    if not path:
        return value
    out = copy.deepcopy(document)
    place = out
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return out


def pick(document: Document, rng: random.Random, wanted: Callable[[Path, Any], bool]) -> Any:
    """A random (path, value) that satisfies the condition, or None."""
    found = [(p, v) for p, v in nodes(document) if wanted(p, v)]
    return rng.choice(found) if found else None


def drop_field(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, dict) and bool(v))
    if chosen is None:
        return None
    path, value = chosen
    gone = rng.choice(list(value))
    return replaced(document, path, {k: v for k, v in value.items() if k != gone})


def drop_item(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, list) and bool(v))
    if chosen is None:
        return None
    path, value = chosen
    gone = rng.randrange(len(value))
    return replaced(document, path, value[:gone] + value[gone + 1 :])


def truncate(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, list | str) and len(v) > 0)
    if chosen is None:
        return None
    path, value = chosen
    return replaced(document, path, value[: rng.randrange(len(value))])


def swap(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, list) and len(v) > 1)
    if chosen is None:
        return None
    path, value = chosen
    i, j = rng.sample(range(len(value)), 2)
    out = list(value)
    out[i], out[j] = out[j], out[i]
    return replaced(document, path, out)


def repeat(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, list) and bool(v))
    if chosen is None:
        return None
    path, value = chosen
    return replaced(document, path, [*value, copy.deepcopy(rng.choice(value))])


def graft(document: Document, rng: random.Random) -> Document | None:
    """One part of the document in the place of another of the same type."""
    target = pick(document, rng, lambda p, _: bool(p))
    if target is None:
        return None
    source = pick(document, rng, lambda _, v: type(v) is type(target[1]))
    return replaced(document, target[0], copy.deepcopy(source[1]))


def perturb_number(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, str) and bool(NUMBER.fullmatch(v)))
    if chosen is None:
        return None
    path, value = chosen
    top, _, bottom = value.partition("/")
    choice = rng.randrange(5)
    if choice == 0:
        new = str(int(top) + rng.choice((-1, 1)))
    elif choice == 1:
        new = value[1:] if value.startswith("-") else "-" + value
    elif choice == 2:
        new = f"{top}/{int(bottom or 1) + 1}"
    elif choice == 3:
        new = f"{int(top) * 2}/{int(bottom or 1) * 2}"
    else:
        new = f"{int(top) + rng.randrange(1, 10**6)}/{rng.randrange(1, 10**6)}"
    return replaced(document, path, new)


def perturb_dyadic(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, str) and bool(DYADIC.fullmatch(v)))
    if chosen is None:
        return None
    path, value = chosen
    mantissa, exponent = (int(part) for part in value.split("*2^"))
    choice = rng.randrange(5)
    if choice == 0:
        mantissa += rng.choice((-1, 1))
    elif choice == 1:
        mantissa = -mantissa
    elif choice == 2:
        exponent += rng.choice((-40, -3, -1, 1, 3, 20, 60))
    elif choice == 3:
        mantissa = mantissa * 2**40 + rng.randrange(1, 2**38)
        exponent -= 40
    else:
        mantissa, exponent = rng.choice(((0, 0), (1, 0), (1, -20000), (1, 20000), (1, 99999)))
    return replaced(document, path, f"{mantissa}*2^{exponent}")


def perturb_integer(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: type(v) is int)
    if chosen is None:
        return None
    path, value = chosen
    return replaced(document, path, value + rng.choice((-2, -1, 1, 2, 7)))


def change_claim(document: Document, rng: random.Random) -> Document | None:
    """A claim made stronger or just other: numbers and lists inside `claim` only."""
    chosen = pick(
        document, rng, lambda p, v: "claim" in p and isinstance(v, int | str | list) and bool(p)
    )
    if chosen is None:
        return None
    path, value = chosen
    if type(value) is bool:
        new: Any = not value
    elif isinstance(value, int):
        new = max(0, value + rng.choice((-3, -1, 1, 3)))
    elif isinstance(value, str):
        new = rng.choice(("grevlex", "lex", "2", "-1", "x"))
    else:
        new = value[1:] if value and rng.random() < 0.5 else [*value, ["1", [1, 1]]]
    return replaced(document, path, new)


def change_system(document: Document, rng: random.Random) -> Document | None:
    """Another coefficient, exponent or term in a system."""
    chosen = pick(document, rng, lambda p, v: "equations" in p and not isinstance(v, dict))
    if chosen is None:
        return None
    path, value = chosen
    if isinstance(value, str):
        return replaced(document, path, str(rng.randrange(-9, 10)))
    if type(value) is int:
        return replaced(document, path, rng.randrange(4))
    return replaced(document, path, value[:-1])


def wrong_type(document: Document, rng: random.Random) -> Document | None:
    path, _ = rng.choice(list(nodes(document)))
    odd: list[Any] = [None, True, False, 1.5, 0, -1, "", "x", "0", [], {}, [[]], {"a": 1}, 10**30]
    return replaced(document, path, rng.choice(odd))


def huge_number(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: type(v) is int or isinstance(v, str))
    if chosen is None:
        return None
    path, value = chosen
    if type(value) is int:
        return replaced(document, path, rng.choice((2**31, 2**63, 10**100, -(2**64))))
    long = rng.choice(("9" * 90_000, "9" * 300_000, "1/" + "7" * 99_000, "9" * 50_000 + "*2^0"))
    return replaced(document, path, rng.choice((long, "1*2^19999", "1*2^-19999", "1*2^100000")))


def deep_nesting(document: Document, rng: random.Random) -> Document | None:
    path, value = rng.choice(list(nodes(document)))
    inner = value
    for _ in range(rng.choice((1, 5, 90))):
        inner = [inner] if rng.random() < 0.5 else {"parts": inner}
    return replaced(document, path, inner)


def nest_documents(document: Document, rng: random.Random) -> Document:
    """The whole document inside conjunctions, beyond the depth limit."""
    for _ in range(rng.choice((7, 12, 60))):
        document = {
            "schema": "critnet/certificate/2",
            "kind": "conjunction",
            "claim": {"title": ""},
            "proof": {"parts": [document]},
        }
    return document


def unknown_field(document: Document, rng: random.Random) -> Document | None:
    chosen = pick(document, rng, lambda _, v: isinstance(v, dict))
    if chosen is None:
        return None
    path, value = chosen
    name = rng.choice(("trusted", "", "proved", "a" * 10_000, "kind "))
    return replaced(document, path, {**value, name: True})


def change_kind(document: Document, rng: random.Random) -> Document | None:
    kinds = [*KINDS, "proved"]
    chosen = pick(document, rng, lambda p, _: bool(p) and p[-1] in ("kind", "method", "order"))
    if chosen is None:
        return None
    path, _ = chosen
    values = {
        "kind": kinds,
        "method": ["staircase", "border", "rank", "cofactors", "homogenised"],
        "order": ["lex", "grevlex"],
    }
    return replaced(document, path, rng.choice(values[path[-1]]))


DAMAGES: tuple[Callable[[Document, random.Random], Document | None], ...] = (
    drop_field,
    drop_item,
    truncate,
    swap,
    repeat,
    graft,
    perturb_number,
    perturb_dyadic,
    perturb_integer,
    change_claim,
    change_system,
    wrong_type,
    huge_number,
    deep_nesting,
    nest_documents,
    unknown_field,
    change_kind,
)


def damages(document: Document, rng: random.Random, count: int) -> Iterator[tuple[str, Document]]:
    """`count` damages of each type that applies; documents that did not change are left out."""
    for damage in DAMAGES:
        for _ in range(count):
            damaged = damage(copy.deepcopy(document), rng)
            if damaged is not None and damaged != document:
                yield damage.__name__, damaged


def text_damages(document: Document, rng: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """Bytes that are not, or not quite, the JSON text of the document."""
    text = json.dumps(document)
    for _ in range(count):
        yield "truncated text", text[: rng.randrange(len(text))].encode()
        k = rng.randrange(len(text))
        yield (
            "changed byte",
            text[:k].encode() + bytes([rng.randrange(256)]) + text[k + 1 :].encode(),
        )
        key = rng.choice(re.findall(r'"[a-z_]+": ', text))
        yield "duplicate key", text.replace(key, f"{key}0, {key}", 1).encode()
    yield "brackets", b"[" * 200_000
    yield "objects", b'{"a":' * 100_000
    yield "nothing", b""
    yield "NUL", b"\0" * 100
    yield "infinity", text.replace("2", "Infinity", 1).encode()
    yield "float", re.sub(r"(?<=[ \[])\d+(?=[,\]])", "1e999", text, count=1).encode()
    yield "long integer", re.sub(r"(?<=[ \[])\d+(?=[,\]])", "9" * 10_000, text, count=1).encode()
    yield "utf-16", text.encode("utf-16")
