"""`verify`: a verdict and a word for every claim about a network."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.networks import LinearNetwork, NetworkData
from proofs.catalogue import claims as catalogue
from proofs.context import Context
from proofs.propositions import Claim, ClaimResult, Verdict, decided, find

#: The thesis's row 14, used where no network is given.
DEFAULT_NETWORK = "2-2-2"


@dataclass(frozen=True)
class VerifyResult:
    """Claims about one network, decided.

    Attributes
    ----------
    claims : tuple of ClaimResult
        In the order of the catalogue, or as asked for.
    context : Context
        Everything that was computed on the way: counts, bounds, zeros.
    """

    network: LinearNetwork
    data: NetworkData
    claims: tuple[ClaimResult, ...]
    context: Context = field(repr=False)

    @property
    def failed(self) -> tuple[ClaimResult, ...]:
        """Claims that fail."""
        return tuple(r for r in self.claims if r.verdict is Verdict.FAILS)

    @property
    def disagreements(self) -> tuple[str, ...]:
        """Where engines contradict each other."""
        return tuple(self.context.disagreements)

    def __getitem__(self, claim_id: str) -> ClaimResult:
        for result in self.claims:
            if result.id == claim_id:
                return result
        raise KeyError(claim_id)

    def __repr__(self) -> str:
        counts = Counter(str(r.verdict) for r in self.claims)
        return f"VerifyResult({self.network.name}: " + (
            ", ".join(f"{n} {verdict}" for verdict, n in counts.items()) + ")"
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(r.id)}</td><td>{r.verdict}</td><td>{r.word}</td>"
            f"<td>{html.escape(r.reason or r.claim.title)}</td></tr>"
            for r in self.claims
        )
        head = "<tr><th>claim</th><th>verdict</th><th>word</th><th></th></tr>"
        return f"<table><caption>{html.escape(repr(self))}</caption>{head}{rows}</table>"

    def to_dict(self) -> dict[str, Any]:
        """JSON form of the contract."""
        return {
            "network": self.network.name,
            "data": self.data.to_dict(),
            "data_notes": list(self.data.notes),
            "special_data": self.context.special,
            "variables": list(self.network.variables),
            "claims": [r.to_dict() for r in self.claims],
            "disagreements": list(self.disagreements),
        }

    def to_dataframe(self) -> Any:
        """A pandas table with one row per claim."""
        import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]

        return pd.DataFrame(
            {
                "claim": [r.id for r in self.claims],
                "verdict": [str(r.verdict) for r in self.claims],
                "word": [str(r.word) for r in self.claims],
                "reason": [r.reason for r in self.claims],
            }
        )


def list_claims() -> tuple[Claim, ...]:
    """All claims of the catalogue, in the order of the thesis."""
    return catalogue()


def inapplicable(
    claims: Sequence[Claim],
    network: LinearNetwork | str,
    *,
    data: NetworkData | Mapping[str, Any] | None = None,
    budget: Budget = UNLIMITED,
) -> dict[str, str | None]:
    """Claim ids → why the claim says nothing about the network and its data; None if it applies."""
    context = _context(network, data, 0, budget)
    return {claim.id: claim.applies(context) for claim in claims}


def verify(
    network: LinearNetwork | str | None = None,
    *,
    claims: Sequence[str] | None = None,
    data: NetworkData | Mapping[str, Any] | None = None,
    seed: int = 0,
    budget: Budget = UNLIMITED,
    context: Context | None = None,
    on_result: Callable[[ClaimResult], None] | None = None,
) -> VerifyResult:
    """Decide claims about a network and its data.

    Parameters
    ----------
    network : LinearNetwork or str, optional
        An architecture such as "2-2-2,m=2"; default "2-2-2".
    claims : ids, optional
        Default: all. Those that say nothing about the network are `not-applicable`.
    data : NetworkData or mapping, optional
        Default: the random data of the network's name.
    seed : int
        Of the algorithms' random choices; changes no verdict.
    context : Context, optional
        To share what was computed with other commands; `network`, `data` and `seed` must agree.
    on_result : callable, optional
        Called with every result as it is known.

    Returns
    -------
    VerifyResult

    Raises
    ------
    InputError
        Unknown claim, bad architecture, data of the wrong shape.

    Examples
    --------
    >>> verify("1-1-1", claims=["proposition-3.2"])["proposition-3.2"]
    ClaimResult(proposition-3.2 holds, proved)
    """
    if context is None:
        context = _context(network, data, seed, budget)
    elif network is not None and context.network != _parsed(network):
        raise InputError(f"a context of {context.network.name} for {_parsed(network).name}")
    wanted = list_claims() if claims is None else find(list_claims(), list(claims))
    results = []
    for k, claim in enumerate(wanted):
        budget.report(f"claim {claim.id}", k, len(wanted))
        results.append(decided(claim, context))
        if on_result is not None:
            on_result(results[-1])
    budget.report("claims", len(wanted), len(wanted))
    return VerifyResult(context.network, context.data, tuple(results), context)


def _parsed(network: LinearNetwork | str) -> LinearNetwork:
    return LinearNetwork.parse(network) if isinstance(network, str) else network


def _context(
    network: LinearNetwork | str | None,
    data: NetworkData | Mapping[str, Any] | None,
    seed: int,
    budget: Budget,
) -> Context:
    parsed = _parsed(DEFAULT_NETWORK if network is None else network)
    if data is None:
        given = parsed.data()
    elif isinstance(data, NetworkData):
        given = data
    else:
        given = NetworkData.from_dict(data, parsed, seed=parsed.seed)
    # Building the system tests the shapes of the data.
    parsed.gradient_system(data=given)
    return Context(parsed, given, seed, budget)
