"""Double-double arithmetic: numbers high + low with |low| ≤ ulp(high)/2, about 106 bits.

Products use the hardware's fused multiply-add through an LLVM intrinsic (emulated exactly where
the processor lacks it). Contraction must stay off here: it breaks error-free transformations.
Source: T. J. Dekker, Numer. Math. 18 (1971); Y. Hida, X. S. Li, D. H. Bailey, ARITH-15 (2001).
"""

from numba import types
from numba.extending import intrinsic

from algebra.kernels.compilation import kernel


@intrinsic
def fma(typingctx, a, b, c):
    """a·b + c with a single rounding, for float64."""
    signature = types.float64(types.float64, types.float64, types.float64)

    def generate(context, builder, sig, args):
        return builder.fma(*args)

    return signature, generate


@kernel()
def two_sum(a, b):
    """(s, e) with s = fl(a + b) and s + e = a + b exactly."""
    s = a + b
    v = s - a
    return s, (a - (s - v)) + (b - v)


@kernel()
def two_prod(a, b):
    """(p, e) with p = fl(a·b) and p + e = a·b exactly, barring underflow."""
    p = a * b
    return p, fma(a, b, -p)


@kernel()
def add_dd(a, a_low, b, b_low):
    """Sum of two double-doubles, relative error about 2^-104 (accurate version)."""
    s, e = two_sum(a, b)
    t, f = two_sum(a_low, b_low)
    e += t
    high = s + e
    e = e - (high - s) + f
    out = high + e
    return out, e - (out - high)


@kernel()
def sub_dd(a, a_low, b, b_low):
    """Difference of two double-doubles."""
    return add_dd(a, a_low, -b, -b_low)


@kernel()
def mul_dd(a, a_low, b, b_low):
    """Product of two double-doubles."""
    p, e = two_prod(a, b)
    e += a * b_low + a_low * b
    high = p + e
    return high, e - (high - p)
