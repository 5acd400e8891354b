"""Citations that claims rely on, and small tests that several claims share."""

from __future__ import annotations

from collections.abc import Iterable

from algebra.words import Count, Word
from proofs.context import Context

THESIS = (
    'A. Bharadwaj, "Critical Points of Deep Linear Networks in C^N", thesis defense, San Francisco '
    "State University; A. Bharadwaj, S. Hoşten, arXiv:2301.12651"
)
BERNSTEIN = "D. N. Bernshtein, Funct. Anal. Appl. 9 (1975), 183-185"
LI_WANG = "T. Y. Li, X. Wang, Math. Comp. 65 (1996), 1477-1484"
CONTINUATION = (
    "isolated zeros of a member of a parametrised family are at most those of a generic member "
    "(A. J. Sommese, C. W. Wampler, The Numerical Solution of Systems of Polynomials, 2005, "
    "Theorem 7.1.1)"
)
THEORY = "docs/theory.md"


#: Word of a statement that rests on a written proof of ours: no certificate covers it.
WRITTEN = Word.PROBABLE


def theory(section: str) -> str:
    """Our own theorem, proved in writing only."""
    return f"{THEORY}, {section} (own theorem, proved in writing)"


def needs_one_hidden_layer(context: Context) -> str | None:
    """Reason if H ≠ 1."""
    hidden = context.network.hidden_layers
    return None if hidden == 1 else f"the network has {hidden} hidden layers, expected 1"


def needs_hidden_layer(context: Context) -> str | None:
    """Reason if H = 0."""
    return None if context.network.hidden_layers else "the network has no hidden layer"


def needs_rank_one(context: Context) -> str | None:
    """Reason if rank X ≠ 1: the claim is about one data point, or several on a line."""
    return None if context.rank_one is not None else f"rank X = {context.rank}, expected 1"


def needs_regulariser(context: Context) -> str | None:
    """Reason if some λ is zero."""
    if context.data.regularised:
        return None
    zeros = [note for note in context.special if note.startswith("l") and note.endswith("= 0")]
    return f"some λ is zero ({', '.join(zeros[:4])})"


def needs_nonzero_equations(context: Context) -> str | None:
    """Reason if an equation vanishes identically: then no zero is isolated."""
    for name, f in zip(context.system.variables, context.system.equations, strict=True):
        if f == 0:
            return f"the equation of {name} vanishes identically: no critical point is isolated"
    return None


def count_json(count: Count) -> dict[str, object]:
    """A count as the contract's {value, lower, upper, word}."""
    return {
        "value": count.value,
        "lower": count.lower.value,
        "upper": count.upper.value,
        "word": str(count.word),
    }


def listed(names: Iterable[str], limit: int = 6) -> str:
    """Names with commas, shortened."""
    items = list(names)
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more
