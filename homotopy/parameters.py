"""Parameter homotopies: from the known zeros of one member of a family to any other member.

The segment runs in parameter space, F(x; t·start + (1-t)·target): a segment between coefficient
vectors would leave the family. From a random complex member whose isolated zeros are all known,
every isolated zero of every other member is reached.
A. P. Morgan, A. J. Sommese, Appl. Math. Comput. 29 (1989), 123-160.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from algebra.errors import InputError
from algebra.limits import UNLIMITED, Budget
from algebra.programs import StraightLineProgram
from algebra.systems import PolynomialSystem
from homotopy.accounting import Outcome, follow
from homotopy.homotopies import Homotopy, StartSystem
from homotopy.tape import Tape


def parameter_homotopy(
    family: StraightLineProgram | PolynomialSystem,
    start_parameters: Any,
    start_points: Any,
    target_parameters: Any,
    *,
    budget: Budget = UNLIMITED,
) -> Outcome:
    """Track zeros of the start member to the target member, with accounting.

    Parameters
    ----------
    family : StraightLineProgram or PolynomialSystem
        Square, with P parameters.
    start_parameters, target_parameters : array_like, shape (P,)
    start_points : array_like, shape (k, n)
        Regular zeros of the start member.

    Returns
    -------
    Outcome
        `ends` has one row per start point.

    Examples
    --------
    >>> from algebra.programs import ProgramBuilder
    >>> builder = ProgramBuilder(("x",), ("a",))
    >>> x, a = builder.input("x"), builder.input("a")
    >>> family = builder.build([x * x - a])
    >>> ends = parameter_homotopy(family, [1j], [[0.5**0.5 * (1 + 1j)]], [4]).ends
    >>> complex(ends.points[0, 0].round(9))
    (2+0j)
    """
    if isinstance(family, PolynomialSystem):
        program = family.program or StraightLineProgram.from_system(family)
    else:
        program = family
    count = len(program.parameters)
    start = np.asarray(start_parameters, dtype=np.complex128)
    target = np.asarray(target_parameters, dtype=np.complex128)
    if start.shape != (count,) or target.shape != (count,):
        raise InputError(
            f"parameters of shapes {start.shape} and {target.shape}: expected ({count},)"
        )
    points = np.atleast_2d(np.asarray(start_points, dtype=np.complex128))
    homotopy = Homotopy.linear(Tape.from_program(program), start, target)
    known = StartSystem("parameter", (homotopy,), np.ascontiguousarray(points))
    return follow(known, budget=budget)
