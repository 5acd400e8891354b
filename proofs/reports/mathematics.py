r"""Mathematics without a network: a small TeX subset as MathML.

The subset: letters, digits, operators, `^`, `_`, `{…}`, `\frac{}{}`, `\binom{}{}`, `\sqrt{}`,
`\mathbb{}`, `\text{}`, `\operatorname{}`, and the named symbols of `SYMBOLS`. Browsers draw MathML
Core themselves; Markdown keeps the TeX.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

#: Command -> (MathML element, character).
SYMBOLS: dict[str, tuple[str, str]] = {
    **{
        name: ("mi", character)
        for name, character in {
            "alpha": "α", "beta": "β", "gamma": "γ", "epsilon": "ε", "lambda": "λ", "mu": "μ",
            "nu": "ν", "sigma": "σ", "Lambda": "Λ", "Sigma": "Σ", "nabla": "∇", "partial": "∂",
            "infty": "∞", "ell": "ℓ", "emptyset": "∅", "top": "⊤", "dots": "…", "cdots": "⋯",
        }.items()
    },
    **{
        name: ("mo", character)
        for name, character in {
            "sum": "∑", "prod": "∏", "le": "≤", "ge": "≥", "ne": "≠", "in": "∈", "cdot": "⋅",
            "times": "×", "circ": "∘", "to": "→", "Rightarrow": "⇒", "Leftrightarrow": "⇔",
            "lVert": "‖", "rVert": "‖", "setminus": "∖", "subset": "⊂", "min": "min", "max": "max",
            "approx": "≈", "equiv": "≡", "forall": "∀", "pm": "±", "mid": "∣",
            "ast": "∗", "|": "‖",
        }.items()
    },
}  # fmt: skip
_DOUBLE_STRUCK = {"C": "ℂ", "R": "ℝ", "Q": "ℚ", "Z": "ℤ", "N": "ℕ"}
_SPACES = {",": "0.17em", ";": "0.28em", "quad": "1em", "!": "-0.17em"}
_TOKEN = re.compile(r"\\([A-Za-z]+|.)|(\d+(?:\.\d+)?)|(\s+)|(.)", re.DOTALL)
_TWO_ARGUMENTS = {"frac", "binom"}
_ONE_ARGUMENT = {"sqrt", "mathbb", "text", "operatorname", "mathrm"}


class TexError(ValueError):
    """The text is outside the subset."""


def mathml(tex: str, *, display: bool = False) -> str:
    """One `<math>` element; every character of `tex` is escaped.

    Raises
    ------
    TexError
        An unknown command, or unbalanced braces.
    """
    body, rest = _row(_tokens(tex), 0, closing=False)
    assert rest == len(_tokens(tex))
    block = ' display="block"' if display else ""
    return f"<math{block}><mrow>{body}</mrow></math>"


def _tokens(tex: str) -> list[str]:
    """Commands with their backslash, numbers, single characters; spaces only inside text."""
    tokens: list[str] = []
    position = 0
    while position < len(tex):
        match = _TOKEN.match(tex, position)
        assert match is not None
        position = match.end()
        if match[1] in ("text", "operatorname", "mathrm"):
            end = tex.find("}", position)
            if position >= len(tex) or tex[position] != "{" or end < 0:
                raise TexError(f"\\{match[1]} needs {{…}}")
            tokens += ["\\" + match[1], tex[position + 1 : end]]
            position = end + 1
        elif match[3] is None:
            tokens.append(match[0])
    return tokens


def _row(tokens: list[str], index: int, *, closing: bool) -> tuple[str, int]:
    """Elements up to the closing brace or the end."""
    parts: list[str] = []
    while index < len(tokens):
        if tokens[index] == "}":
            if not closing:
                raise TexError("a closing brace too many")
            return "".join(parts), index + 1
        part, index = _scripted(tokens, index)
        parts.append(part)
    if closing:
        raise TexError("a brace is not closed")
    return "".join(parts), index


def _scripted(tokens: list[str], index: int) -> tuple[str, int]:
    """One atom with its sub- and superscript."""
    base, index = _atom(tokens, index)
    scripts: dict[str, str] = {}
    while index < len(tokens) and tokens[index] in "_^":
        mark = tokens[index]
        if mark in scripts or index + 1 >= len(tokens):
            raise TexError(f"misplaced {mark}")
        scripts[mark], index = _atom(tokens, index + 1)
    if not scripts:
        return base, index
    # Sums too: limits beside the sign, since fonts without a MATH table set them on top of it.
    names = {"_": "msub", "^": "msup", "_^": "msubsup"}
    element = names["".join(sorted(scripts, reverse=True))]
    inner = base + scripts.get("_", "") + scripts.get("^", "")
    return f"<{element}>{inner}</{element}>", index


def _atom(tokens: list[str], index: int) -> tuple[str, int]:
    if index >= len(tokens):
        raise TexError("an argument is missing")
    token = tokens[index]
    index += 1
    if token == "{":
        inner, index = _row(tokens, index, closing=True)
        return f"<mrow>{inner}</mrow>", index
    if token.startswith("\\"):
        return _command(token[1:], tokens, index)
    if token[0].isdigit():
        return f"<mn>{token}</mn>", index
    if token.isalpha():
        return f"<mi>{escape(token)}</mi>", index
    if token in "_^}":
        raise TexError(f"misplaced {token}")
    stretchy = ' stretchy="false"' if token in "()[]|" else ""
    shown = {"-": "−", "*": "⋅", "'": "′"}.get(token, token)
    return f"<mo{stretchy}>{escape(shown)}</mo>", index


def _command(name: str, tokens: list[str], index: int) -> tuple[str, int]:
    if name in SYMBOLS:
        element, character = SYMBOLS[name]
        # Bars keep their size: a browser stretches the first of a pair and not the second.
        stretchy = ' stretchy="false"' if character in "‖∣" else ""
        return f"<{element}{stretchy}>{character}</{element}>", index
    if name in _SPACES:
        return f'<mspace width="{_SPACES[name]}"></mspace>', index
    if name in "{}":
        return f'<mo stretchy="false">{name}</mo>', index
    if name == "tfrac":
        name = "frac"
    if name in _TWO_ARGUMENTS:
        first, index = _atom(tokens, index)
        second, index = _atom(tokens, index)
        if name == "frac":
            return f"<mfrac>{first}{second}</mfrac>", index
        inner = f'<mfrac linethickness="0">{first}{second}</mfrac>'
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>", index
    if name in _ONE_ARGUMENT:
        if name in ("text", "operatorname", "mathrm"):
            element = "mtext" if name == "text" else "mi"
            variant = "" if name == "text" else ' mathvariant="normal"'
            return f"<{element}{variant}>{escape(tokens[index])}</{element}>", index + 1
        if name == "mathbb":
            letter, index = _letter(tokens, index)
            return f"<mi>{_DOUBLE_STRUCK.get(letter, letter)}</mi>", index
        inner, index = _atom(tokens, index)
        return f"<msqrt>{inner}</msqrt>", index
    raise TexError(f"unknown command \\{name}")


def _letter(tokens: list[str], index: int) -> tuple[str, int]:
    r"""The single letter of \\mathbb{C} or \\mathbb C."""
    rest = tokens[index : index + 3]
    if len(rest) == 3 and rest[0] == "{" and rest[2] == "}" and rest[1].isalpha():
        return rest[1], index + 3
    if rest and rest[0].isalpha():
        return rest[0], index + 1
    raise TexError("\\mathbb needs one letter")
