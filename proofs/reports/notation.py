r"""Formulas inside plain sentences, found and set as mathematics.

The claims are written so that a terminal can show them: "at most B_C = (1+4p)^d points",
"Σ_k 4^k C(d,k)", "λ_ij ≠ 0". `typeset` finds the stretches of such a sentence that are formulas and
turns them into the TeX subset of `proofs.reports.mathematics`; everything else stays literal text.

A formula is a chain of operands and operators with at least one sub- or superscript or binomial
coefficient. Operands are numbers, single letters (a word is never one), bracketed groups, and
functions such as min(…); each may carry scripts. C(n,k) is a binomial coefficient. Names of
variables, such as w1_2_1, are set as code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from proofs.reports.blocks import Code, Inline, Math

#: Character -> TeX, for operators between operands.
OPERATORS = {
    "=": "=", "+": "+", "-": "-", "−": "-", "<": "<", ">": ">", "/": "/", "≤": r"\le", "≥": r"\ge",
    "≠": r"\ne", "·": r"\cdot", "×": r"\times", "⋯": r"\cdots", "…": r"\dots", "≡": r"\equiv",
    "∘": r"\circ", "∈": r"\in", "*": r"\cdot", "→": r"\to", "≈": r"\approx",
}  # fmt: skip
#: Character -> TeX, for operands.
LETTERS = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "ε": r"\epsilon", "λ": r"\lambda", "μ": r"\mu",
    "ν": r"\nu", "σ": r"\sigma", "Λ": r"\Lambda", "Σ": r"\sum", "∑": r"\sum", "Π": r"\prod",
    "∏": r"\prod", "ℂ": r"\mathbb{C}", "ℝ": r"\mathbb{R}", "ℚ": r"\mathbb{Q}", "ℓ": r"\ell",
    "½": r"\frac{1}{2}", "‖": r"\|", "∇": r"\nabla", "∂": r"\partial", "∞": r"\infty",
}  # fmt: skip
FUNCTIONS = ("min", "max", "deg", "rank", "dim", "det")
SUPERSCRIPTS = {"²": "2", "³": "3", "ᵀ": r"\top", "⁻¹": "-1"}
BRACKETS = {"(": ")", "[": "]"}
#: Single letters that are words.
_WORDS = frozenset("AIa")
_VARIABLE = re.compile(r"[a-z]\d+(?:_\d+)+")
_SCRIPT = re.compile(r"[_^](?:\{([^{}]*)\}|(·?[A-Za-z0-9·]{1,3}|[-−]\d+|\*|[λμ])(?![A-Za-z0-9]))")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def typeset(text: str) -> list[Inline]:
    """The inline items of a sentence; their plain texts in order say what it said."""
    found: list[Inline] = []
    literal = position = 0
    while position < len(text):
        item, end = _item(text, position)
        if item is None:
            # A word is skipped whole: no formula begins inside one.
            position = end
            continue
        if literal < position:
            found.append(text[literal:position])
        found.append(item)
        literal = position = end
    if literal < len(text):
        found.append(text[literal:])
    return found


def _item(text: str, position: int) -> tuple[Inline | None, int]:
    """A variable or formula that begins here and its end, or None and where to look next."""
    variable = _VARIABLE.match(text, position)
    if variable:
        # A polynomial in variables stays one piece of code.
        end = variable.end()
        while end < len(text) and text[end] in "*^_" and text[end + 1 : end + 2].isalnum():
            end = _alphanumeric(text, end + 1)
        return Code(text[position:end]), end
    chain = _chain(text, position)
    if chain is not None and chain.marked:
        return Math(chain.tex), chain.end
    end = _alphanumeric(text, position)
    while end < len(text) and text[end] in "_./-" and text[end + 1 : end + 2].isalnum():
        end = _alphanumeric(text, end + 1)
    return None, max(end, position + 1)


def _alphanumeric(text: str, position: int) -> int:
    while position < len(text) and text[position].isalnum():
        position += 1
    return position


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a formula: TeX, where it ends, whether it shows that this is a formula."""

    tex: str
    end: int
    marked: bool


def _chain(text: str, position: int) -> _Part | None:
    """Operands joined by operators, or by a space where the next operand is scripted."""
    part = _operand(text, position)
    while part is not None:
        gap = _blank(text, part.end)
        tight = gap == part.end
        if gap < len(text) and text[gap] in OPERATORS:
            joined = _operand(text, _blank(text, gap + 1))
            if joined is None or (tight and text[gap] in "-*" and not part.marked):
                return part
            glue = f" {OPERATORS[text[gap]]} "
        else:
            joined = _operand(text, gap)
            if joined is None or not (tight or joined.marked or _factor(part, joined.tex)):
                return part
            glue = " "
        part = _Part(part.tex + glue + joined.tex, joined.end, part.marked or joined.marked)
    return None


def _factor(part: _Part, tex: str) -> bool:
    """Whether an operand without scripts multiplies what stands before it across a space."""
    return tex in (r"\sum", r"\prod") or (part.marked and len(tex) == 1 and tex.isalpha())


def _blank(text: str, position: int) -> int:
    while position < len(text) and text[position] == " ":
        position += 1
    return position


def _operand(text: str, position: int) -> _Part | None:
    """One operand with its scripts."""
    base = _base(text, position)
    if base is None:
        return None
    tex, end, marked = base.tex, base.end, base.marked
    while end < len(text) and text[end] == "'":
        tex, end = tex + "'", end + 1
    scripts: dict[str, str] = {}
    if base.tex.isdecimal() and text[end : end + 1] == "_":
        return None
    while (script := _script(text, end)) is not None and script[0] not in scripts:
        scripts[script[0]], end = script[1], script[2]
    if "_" in scripts and "^" not in scripts and text[end : end + 1] == "*":
        # The star of a name, as in N_C*, unless it multiplies.
        after = text[end + 1 : end + 2]
        if not (after.isalnum() or after in ("(", "_")):
            scripts["^"], end = r"\ast", end + 1
    if tex == "C" and set(scripts) == {"^"}:
        tex = r"\mathbb{C}"
    tex += "".join(f"{mark}{{{inner}}}" for mark, inner in scripts.items())
    return _Part(tex, end, marked or bool(scripts))


def _script(text: str, position: int) -> tuple[str, str, int] | None:
    """One script at a position: its mark, its TeX, its end."""
    for character, tex in SUPERSCRIPTS.items():
        if text.startswith(character, position):
            return "^", tex, position + len(character)
    match = _SCRIPT.match(text, position)
    if match is None:
        return None
    return match[0][0], _inner(match[1] if match[1] is not None else match[2]), match.end()


def _inner(text: str) -> str:
    """What stands in brackets or scripts: every character has its meaning as mathematics."""
    parts, position = [], 0
    while position < len(text):
        chain = _chain(text, position)
        if chain is not None:
            parts.append(chain.tex)
            position = chain.end
            continue
        character = text[position]
        word = _alphanumeric(text, position)
        if word > position + 1 and text[position:word].isalpha() and position == 0:
            parts.append(" ".join(LETTERS.get(c, c) for c in text[position:word]))
            position = word
        elif character == "*":
            parts.append(r"\ast")
            position += 1
        else:
            safe = LETTERS.get(character) or OPERATORS.get(character, character)
            parts.append("" if safe in "{}\\_^$#%&" else safe)
            position += 1
    return " ".join(" ".join(parts).split())


def _base(text: str, position: int) -> _Part | None:
    if position >= len(text):
        return None
    character = text[position]
    if character in BRACKETS:
        return _group(text, position)
    if character in LETTERS:
        return _Part(LETTERS[character], position + 1, False)
    number = _NUMBER.match(text, position)
    if number:
        # Not "2nd" and the like; "4p" is a product.
        after = _alphanumeric(text, number.end())
        return None if after > number.end() + 1 else _Part(number[0], number.end(), False)
    end = position
    while end < len(text) and text[end].isalpha() and text[end] not in LETTERS:
        end += 1
    word = text[position:end].rstrip("²³ᵀ")
    end = position + len(word)
    if word in FUNCTIONS:
        return _function(text, word, end)
    if len(word) != 1 or text[end : end + 1].isdecimal() or not word.isascii():
        return None
    if word == "C" and text[end : end + 1] == "(":
        binomial = re.compile(r"\(([^(),]+),([^(),]+)\)").match(text, end)
        if binomial:
            tex = rf"\binom{{{_inner(binomial[1])}}}{{{_inner(binomial[2].strip())}}}"
            return _Part(tex, binomial.end(), True)
    if word in _WORDS and text[end : end + 1] in (" ", "") and text[end + 1 : end + 2].isalpha():
        return None
    return _Part(word, end, False)


def _function(text: str, word: str, end: int) -> _Part | None:
    """min(a, b), deg f_i: a named function, only before its argument."""
    argument = _operand(text, _blank(text, end))
    if argument is None:
        return None
    return _Part(rf"\operatorname{{{word}}} {argument.tex}", argument.end, argument.marked)


def _group(text: str, position: int) -> _Part | None:
    """A balanced bracket whose content is a formula."""
    opening, depth = text[position], 0
    closing = BRACKETS[opening]
    for end in range(position, len(text)):
        depth += (text[end] == opening) - (text[end] == closing)
        if depth == 0:
            break
    else:
        return None
    inside = text[position + 1 : end]
    marked, at = False, 0
    while at < len(inside):
        if inside[at] in " ,":
            at += 1
            continue
        chain = _chain(inside, at)
        if chain is None:
            return None
        marked, at = marked or chain.marked, chain.end
    tex = f"{opening}{_inner(inside)}{closing}"
    return _Part(tex, end + 1, marked) if inside.strip() else None
