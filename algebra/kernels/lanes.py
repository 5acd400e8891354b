"""Eight residues side by side: one vector instruction where the processor has it.

Numba does not vectorise a loop of fixed short length, so the one operation in which elimination
spends its time is emitted as LLVM vector code; LLVM splits it where vectors are shorter.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8


def _vectors(context, builder, signature, arguments):
    """What both operations need: vector types, the entries at row[base], loads, a splat."""
    i32, i64 = ir.IntType(32), ir.IntType(64)
    wide, narrow = ir.VectorType(i64, LANES), ir.VectorType(i32, LANES)
    row = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0]).data
    address = builder.bitcast(builder.gep(row, [arguments[1]]), wide.as_pointer())
    old = builder.load(address)
    old.align = 8

    def load(position, offset, kind):
        data = cgutils.create_struct_proxy(signature.args[position])(
            context, builder, arguments[position]
        ).data
        if offset is not None:
            data = builder.gep(data, [offset])
        value = builder.load(builder.bitcast(data, kind.as_pointer()))
        value.align = 4
        return value if kind == wide else builder.zext(value, wide)

    def spread(scalar):
        blank = ir.Constant(wide, ir.Undefined)
        single = builder.insert_element(blank, scalar, ir.Constant(i32, 0))
        zeros = ir.Constant(ir.VectorType(i32, LANES), [0] * LANES)
        return builder.shuffle_vector(single, blank, zeros)

    return wide, narrow, address, old, load, spread


def _store_difference(builder, wide, address, old, product, p_squared):
    """Store old - product, plus p² where that is negative."""
    difference = builder.sub(old, product)
    sign = builder.ashr(difference, ir.Constant(wide, [63] * LANES))
    builder.store(builder.add(difference, builder.and_(sign, p_squared)), address).align = 8


@intrinsic
def lanes_subtract(typing_context, row, base, factors, value, p_squared):
    """row[base:base+8] -= factors[0:8] * value, kept in [0, p*p).

    row int64, entries in [0, p*p); factors uint32 (8,) and value uint32 in [0, p); base uint64.
    Adding p*p where the sign bit shows keeps the residue class and avoids a division per entry.
    """
    signature = types.void(row, base, factors, value, p_squared)

    def generate(context, builder, signature, arguments):
        wide, narrow, address, old, load, spread = _vectors(context, builder, signature, arguments)
        value = spread(builder.zext(arguments[3], ir.IntType(64)))
        product = builder.mul(load(2, None, narrow), value)
        _store_difference(builder, wide, address, old, product, spread(arguments[4]))
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def primes_subtract(typing_context, row, base, factors, values, offset, p_squared):
    """row[base:base+8] -= factors[0:8] * values[offset:offset+8], one prime per lane.

    As `lanes_subtract`, with p_squared int64 (8,).
    """
    signature = types.void(row, base, factors, values, offset, p_squared)

    def generate(context, builder, signature, arguments):
        wide, narrow, address, old, load, _ = _vectors(context, builder, signature, arguments)
        product = builder.mul(load(2, None, narrow), load(3, arguments[4], narrow))
        _store_difference(builder, wide, address, old, product, load(5, None, wide))
        return context.get_dummy_value()

    return signature, generate
