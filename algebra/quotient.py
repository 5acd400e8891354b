"""The quotient algebra Q[x]/I or GF(p)[x]/I: standard monomials, normal forms, multiplication.

`QuotientAlgebra` is for people and for proofs (exact matrices over either field);
`ModularQuotient` is the array form with which zeros are counted modulo a prime.
"""

from __future__ import annotations

import functools
import html
from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat, nmod_mat
from numpy.typing import NDArray

from algebra import staircase
from algebra.division import order_key
from algebra.errors import InputError
from algebra.f4 import ModularPolynomial
from algebra.groebner import GroebnerBasis
from algebra.kernels import quotient as kernels
from algebra.limits import UNLIMITED, Budget
from algebra.orders import MonomialOrder

Monomial = tuple[int, ...]
Residues = NDArray[np.uint32]
ROWS_PER_CALL = 64


class Border:
    """Standard monomials of a zero-dimensional ideal and the border around them.

    `standard`: ascending in the order, 1 first. `successor` int32 (n, D) as in
    `algebra.kernels.quotient`. `monomials`: the border, ascending. `lead` int (E,): index of the
    basis element with this leading monomial, or -1; then the monomial is `variable[e]` times
    border monomial `parent[e]`.
    """

    def __init__(
        self,
        leading: NDArray[np.int64],
        order: MonomialOrder,
        names: tuple[str, ...] = (),
        budget: Budget = UNLIMITED,
    ) -> None:
        n = leading.shape[1]
        key = order_key(order, n)
        self.standard = sorted(staircase.standard_monomials(leading, names, budget), key=key)
        index = {m: k for k, m in enumerate(self.standard)}
        leads = {tuple(row): g for g, row in enumerate(leading.tolist())}

        def times(m: Monomial, i: int) -> Monomial:
            return (*m[:i], m[i] + 1, *m[i + 1 :])

        products = {times(m, i) for m in self.standard for i in range(n)}
        self.monomials = sorted((m for m in products if m not in index), key=key)
        border_index = {m: e for e, m in enumerate(self.monomials)}
        self.index, self.border_index = index, border_index
        size = len(self.standard)
        self.successor = np.empty((n, size), dtype=np.int32)
        self.tree_variable = np.full(size, -1, dtype=np.int32)
        self.tree_parent = np.full(size, -1, dtype=np.int32)
        for b, m in enumerate(self.standard):
            for i in range(n):
                product = times(m, i)
                target = index.get(product)
                if target is None:
                    self.successor[i, b] = -1 - border_index[product]
                else:
                    self.successor[i, b] = target
                    if self.tree_variable[target] < 0:
                        self.tree_variable[target], self.tree_parent[target] = i, b
        self.lead = np.array([leads.get(m, -1) for m in self.monomials], dtype=np.int64)
        self.variable = np.full(len(self.monomials), -1, dtype=np.int32)
        self.parent = np.full(len(self.monomials), -1, dtype=np.int32)
        for e in np.flatnonzero(self.lead < 0):
            m = self.monomials[e]
            # The smallest parent keeps the recursion shallow; one always exists.
            i, j = next(
                (i, border_index[below])
                for i in range(n)
                if m[i] and (below := (*m[:i], m[i] - 1, *m[i + 1 :])) in border_index
            )
            self.variable[e], self.parent[e] = i, j

    @property
    def dimension(self) -> int:
        """D, the dimension of the quotient."""
        return len(self.standard)


class ModularQuotient:
    """GF(p)[x]/I as arrays: `border` object and normal forms `forms` uint32 (E, D)."""

    def __init__(
        self,
        border: Border,
        polynomials: list[ModularPolynomial],
        p: int,
        budget: Budget = UNLIMITED,
    ) -> None:
        self.shape, self.p = border, p
        self.forms: Residues = np.zeros((len(border.monomials), border.dimension), np.uint32)
        for e in np.flatnonzero(border.lead >= 0):
            exponents, residues = polynomials[border.lead[e]]
            columns = [border.index[m] for m in map(tuple, exponents[1:].tolist())]
            self.forms[e, columns] = p - residues[1:]
        for begin in range(0, len(self.forms), ROWS_PER_CALL):
            end = min(begin + ROWS_PER_CALL, len(self.forms))
            kernels.border_normal_forms(
                border.successor, border.variable, border.parent, self.forms, begin, end, p
            )
            budget.check()

    @property
    def dimension(self) -> int:
        """D."""
        return self.shape.dimension

    def variable_forms(self) -> Residues:
        """Normal forms of x_1, …, x_n as rows (n, D)."""
        successor = self.shape.successor
        out = np.zeros((successor.shape[0], self.dimension), dtype=np.uint32)
        for i, target in enumerate(successor[:, 0]):
            if target >= 0:
                out[i, target] = 1
            else:
                out[i] = self.forms[-1 - target]
        return out

    def multiplication_rows(self, form: NDArray[np.int64]) -> Residues:
        """Row b: normal form of t · b, for t = Σ form[i] x_i; uint32 (D, D)."""
        rows = np.zeros((self.dimension, self.dimension), dtype=np.uint32)
        kernels.multiplication_rows(
            self.shape.successor, self.forms, np.ascontiguousarray(form % self.p), rows, self.p
        )
        return rows

    def trace_functional(self) -> Residues:
        """Traces of multiplication by the standard monomials, uint32 (D,)."""
        partial = np.zeros((self.dimension, self.dimension), dtype=np.uint32)
        kernels.trace_functional(
            self.shape.successor,
            self.forms,
            self.shape.tree_variable,
            self.shape.tree_parent,
            partial,
            self.p,
        )
        return partial[0].copy()


@dataclass(frozen=True, eq=False)
class QuotientAlgebra:
    """Q[x]/I or GF(p)[x]/I from a Gröbner basis.

    Krull dimension, degree and Hilbert series exist for every ideal; standard monomials and
    multiplication matrices for zero-dimensional ones (`NotZeroDimensional` otherwise).
    """

    basis: GroebnerBasis

    @functools.cached_property
    def krull_dimension(self) -> int:
        """Dimension of the zero set, -1 if it is empty."""
        return staircase.krull_dimension(self.basis.leading)

    @functools.cached_property
    def hilbert_series(self) -> staircase.HilbertSeries:
        """Hilbert series of the leading ideal (of the ideal itself for degree orders)."""
        return staircase.hilbert_series(self.basis.leading)

    @property
    def degree(self) -> int:
        """Degree of the leading ideal: the dimension of the quotient if that is finite."""
        return self.hilbert_series.degree

    @functools.cached_property
    def border(self) -> Border:
        """Standard monomials and border."""
        return Border(self.basis.leading, self.basis.order, self.basis.variables)

    @property
    def standard_monomials(self) -> list[Monomial]:
        """Monomials outside the leading ideal, ascending, 1 first."""
        return self.border.standard

    @functools.cached_property
    def _border_forms(self) -> list[dict[int, Any]]:
        """Normal forms of the border monomials as {standard monomial: coefficient}."""
        border, p = self.border, self.basis.characteristic
        forms: list[dict[int, Any]] = []
        for e, lead in enumerate(border.lead):
            form: dict[int, Any] = {}
            if lead >= 0:
                exponents, coefficients = self.basis.elements[lead]
                tail = map(tuple, exponents[1:].tolist())
                for m, c in zip(tail, coefficients[1:], strict=True):
                    form[border.index[m]] = -c % p if p else -c
            else:
                i, parent = int(border.variable[e]), forms[border.parent[e]]
                for b, c in parent.items():
                    self._add_product(form, i, b, c, forms)
            forms.append({k: c for k, c in form.items() if c != 0})
        return forms

    def _add_product(
        self, out: dict[int, Any], i: int, b: int, c: Any, forms: list[dict[int, Any]]
    ) -> None:
        """`out` += c · x_i · b."""
        p, target = self.basis.characteristic, int(self.border.successor[i, b])
        entries = {target: 1} if target >= 0 else forms[-1 - target]
        for k, value in entries.items():
            new = out.get(k, 0) + c * value
            out[k] = new % p if p else new

    def multiplication_columns(self, variable: str | int) -> list[dict[int, Any]]:
        """Column b: normal form of x_i · b as a sparse {row: coefficient} map."""
        i = self._variable(variable)
        columns = []
        for b in range(self.border.dimension):
            column: dict[int, Any] = {}
            one = 1 if self.basis.characteristic else fmpq(1)
            self._add_product(column, i, b, one, self._border_forms)
            columns.append({k: c for k, c in column.items() if c != 0})
        return columns

    def multiplication_matrix(self, variable: str | int) -> fmpq_mat | nmod_mat:
        """Matrix (D, D) of multiplication by a variable; column b holds x_i · b."""
        size, p = self.border.dimension, self.basis.characteristic
        columns = self.multiplication_columns(variable)
        rows = [[columns[b].get(k, 0) for b in range(size)] for k in range(size)]
        return nmod_mat(rows, p) if p else fmpq_mat(rows)

    def _variable(self, variable: str | int) -> int:
        names = self.basis.variables
        if isinstance(variable, str):
            if variable not in names:
                raise InputError(f"{variable!r} is not among the variables {', '.join(names)}")
            return names.index(variable)
        return variable

    def __repr__(self) -> str:
        if self.krull_dimension > 0:
            return f"QuotientAlgebra(dimension {self.krull_dimension}, degree {self.degree})"
        return f"QuotientAlgebra({self.degree} standard monomials)"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"
