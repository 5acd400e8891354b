"""Vectors of LANES integers of one array's type, for kernels whose loops are short.

Numba's loops become vector instructions only beyond some dozens of rounds, which dual vectors and
supports seldom have. Here the instructions are written down: `load` eight numbers, add, subtract,
multiply and shift them (modulo the range of their type), compare them, `store` them; LLVM turns
them into what the machine has. Positions count elements of the array seen flat and are not
checked. Without compilation (NUMBA_DISABLE_JIT) the same names work on numpy arrays.
"""

import inspect
import operator

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import lower_builtin, models, register_model, type_callable

#: Numbers per vector: a whole register on most machines, and little padding for small supports.
LANES = 8


class Vector(types.Type):
    """Type of a vector in compiled code."""

    def __init__(self, kind):
        self.kind = kind
        super().__init__(f"lanes({kind})")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager, vector):
        super().__init__(manager, vector, ir.VectorType(ir.IntType(vector.kind.bitwidth), LANES))


# -- in plain Python -------------------------------------------------------------------------------


def load(array, at):
    """The numbers from position `at` on."""
    return array.reshape(-1)[at : at + LANES].copy()


def store(array, at, vector):
    """Write a vector to position `at` and on."""
    array.reshape(-1)[at : at + LANES] = vector


def spread(array, x):
    """The vector (x, ..., x) in the array's type."""
    return np.full(LANES, np.int64(x)).astype(array.dtype)


def spread_at(array, at):
    """The vector (x, ..., x) of the array's number at position `at`."""
    return np.full(LANES, array.reshape(-1)[at])


def number(array, at):
    """The array's number at position `at`, as int64."""
    return np.int64(array.reshape(-1)[at])


def total(v):
    """Sum of the numbers of a vector."""
    return v.sum(dtype=v.dtype)


def rotated(v, k):
    """The vector whose number l is number l + k of v, cyclically; k is a literal."""
    return np.roll(v, -k)


def where_below(v, w):
    """Mask: bit l is set where v[l] < w[l]."""
    return _mask(v < w)


def where_ratio_below(v, h, w, i):
    """Mask of v[l] / |h[l]| < w[l] / |i[l]| for negative h and i, by exact products in int64."""
    return _mask(v.astype(np.int64) * i > w.astype(np.int64) * h)


def where_ratio_equal(v, h, w, i):
    """Mask of v[l] / |h[l]| = w[l] / |i[l]| likewise."""
    return _mask(v.astype(np.int64) * i == w.astype(np.int64) * h)


def chosen(mask, v, w):
    """The numbers of v where the mask is set, of w elsewhere."""
    return np.where([mask >> i & 1 for i in range(LANES)], v, w).astype(v.dtype)


def lowest_bit(mask):
    """Position of the lowest bit set in a mask that is not 0."""
    return (int(mask) & -int(mask)).bit_length() - 1


def _mask(conditions):
    return sum(1 << i for i in range(LANES) if conditions[i])


# -- in LLVM ---------------------------------------------------------------------------------------


def _compiled_as(function, result, generate):
    """Compile `function`: `result(*types)` is its type or None, `generate` makes the code."""

    @type_callable(function)
    def typing(context):
        def typer(*arguments):
            return result(*arguments)

        typer.pysig = inspect.signature(function)
        return typer

    @lower_builtin(function, types.VarArg(types.Any))
    def lower(context, builder, signature, values):
        return generate(context, builder, signature, *values)


def _of_array(array, *rest):
    """The vector type of a contiguous array's numbers."""
    flat = isinstance(array, types.Array) and array.layout == "C"
    if flat and all(isinstance(x, types.Integer) for x in rest):
        return Vector(array.dtype)
    return None


def _of_equals(v, *rest):
    return v if isinstance(v, Vector) and all(w == v for w in rest) else None


def _mask_of(*vectors):
    return types.int64 if _of_equals(*vectors) else None


def _pointer(context, builder, signature, array, at):
    data = context.make_array(signature.args[0])(context, builder, array).data
    return builder.gep(data, [at])


def _aligned(builder, signature, pointer, kind):
    """Pointer to vectors, and the alignment that holds for them: that of one number."""
    return builder.bitcast(pointer, kind.as_pointer()), signature.args[0].dtype.bitwidth // 8


def _load(context, builder, signature, array, at):
    kind = context.get_value_type(signature.return_type)
    pointer = _pointer(context, builder, signature, array, at)
    pointer, alignment = _aligned(builder, signature, pointer, kind)
    return builder.load(pointer, align=alignment)


def _store(context, builder, signature, array, at, vector):
    pointer = _pointer(context, builder, signature, array, at)
    pointer, alignment = _aligned(builder, signature, pointer, vector.type)
    builder.store(vector, pointer, align=alignment)
    return context.get_dummy_value()


def _number(context, builder, signature, array, at):
    x = builder.load(_pointer(context, builder, signature, array, at))
    return builder.sext(x, ir.IntType(64)) if x.type.width < 64 else x


def _spread_value(builder, x, kind):
    if x.type.width > kind.element.width:
        x = builder.trunc(x, kind.element)
    elif x.type.width < kind.element.width:
        x = builder.sext(x, kind.element)
    empty = ir.Constant(kind, ir.Undefined)
    first = builder.insert_element(empty, x, ir.IntType(32)(0))
    return builder.shuffle_vector(first, empty, _positions([0] * LANES))


def _positions(numbers):
    return ir.Constant(ir.VectorType(ir.IntType(32), LANES), list(numbers))


def _spread(context, builder, signature, array, x):
    return _spread_value(builder, x, context.get_value_type(signature.return_type))


def _spread_at(context, builder, signature, array, at):
    x = builder.load(_pointer(context, builder, signature, array, at))
    return _spread_value(builder, x, context.get_value_type(signature.return_type))


def _total(context, builder, signature, v):
    name = f"llvm.vector.reduce.add.v{LANES}i{v.type.element.width}"
    kind = ir.FunctionType(v.type.element, [v.type])
    x = builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [v])
    return builder.sext(x, ir.IntType(64)) if x.type.width < 64 else x


def _rotated(context, builder, signature, v, k):
    turn = signature.args[1].literal_value
    return builder.shuffle_vector(v, v, _positions((i + turn) % LANES for i in range(LANES)))


def _shifted(context, builder, signature, v, k):
    return builder.ashr(v, _spread_value(builder, k, v.type))


def _as_mask(builder, bits):
    return builder.zext(builder.bitcast(bits, ir.IntType(LANES)), ir.IntType(64))


def _where_below(context, builder, signature, v, w):
    return _as_mask(builder, builder.icmp_signed("<", v, w))


def _products(builder, v, h, w, i):
    """The products v i and w h, in int64."""
    wide = ir.VectorType(ir.IntType(64), LANES)
    if v.type.element.width < 64:
        v, h, w, i = (builder.sext(x, wide) for x in (v, h, w, i))
    return builder.mul(v, i), builder.mul(w, h)


def _where_ratio_below(context, builder, signature, v, h, w, i):
    return _as_mask(builder, builder.icmp_signed(">", *_products(builder, v, h, w, i)))


def _where_ratio_equal(context, builder, signature, v, h, w, i):
    return _as_mask(builder, builder.icmp_signed("==", *_products(builder, v, h, w, i)))


def _chosen(context, builder, signature, mask, v, w):
    bits = builder.trunc(mask, ir.IntType(LANES))
    return builder.select(builder.bitcast(bits, ir.VectorType(ir.IntType(1), LANES)), v, w)


def _lowest_bit(context, builder, signature, mask):
    return builder.cttz(mask, ir.IntType(1)(1))


def _is_mask(*masks):
    return types.int64 if masks == (types.int64,) else None


_compiled_as(load, _of_array, _load)
_compiled_as(
    store,
    lambda array, at, v: types.none if _of_array(array, at) == v else None,
    _store,
)
_compiled_as(spread, _of_array, _spread)
_compiled_as(spread_at, _of_array, _spread_at)
_compiled_as(number, lambda *a: types.int64 if _of_array(*a) else None, _number)
_compiled_as(total, _mask_of, _total)
_compiled_as(
    rotated,
    lambda v, k: _of_equals(v) if isinstance(k, types.IntegerLiteral) else None,
    _rotated,
)
_compiled_as(where_below, _mask_of, _where_below)
_compiled_as(where_ratio_below, _mask_of, _where_ratio_below)
_compiled_as(where_ratio_equal, _mask_of, _where_ratio_equal)
_compiled_as(chosen, lambda mask, v, w: _of_equals(v, w), _chosen)
_compiled_as(lowest_bit, _is_mask, _lowest_bit)
for _operation, _instruction in (
    (operator.add, ir.IRBuilder.add),
    (operator.sub, ir.IRBuilder.sub),
    (operator.mul, ir.IRBuilder.mul),
):
    _compiled_as(
        _operation,
        _of_equals,
        lambda context, builder, signature, v, w, instruction=_instruction: instruction(
            builder, v, w
        ),
    )
_compiled_as(
    operator.rshift,
    lambda v, k: _of_equals(v) if isinstance(k, types.Integer) else None,
    _shifted,
)
