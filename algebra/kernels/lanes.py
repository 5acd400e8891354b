"""Eight residues side by side: one vector instruction where the processor has it.

Numba does not vectorise a loop of fixed short length, so the one operation in which elimination
spends its time is emitted as LLVM vector code; LLVM splits it where vectors are shorter.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8


@intrinsic
def lanes_subtract(typing_context, row, base, factors, value, p_squared):
    """row[base:base+8] -= factors[0:8] * value, kept in [0, p*p).

    row int64, entries in [0, p*p); factors uint32 (8,) and value uint32 in [0, p); base uint64.
    Adding p*p where the sign bit shows keeps the residue class and avoids a division per entry.
    """
    signature = types.void(row, base, factors, value, p_squared)

    def generate(context, builder, signature, arguments):
        i32, i64 = ir.IntType(32), ir.IntType(64)
        wide, narrow = ir.VectorType(i64, LANES), ir.VectorType(i32, LANES)
        row_type, _, factors_type, _, _ = signature.args
        row_data = cgutils.create_struct_proxy(row_type)(context, builder, arguments[0]).data
        data = cgutils.create_struct_proxy(factors_type)(context, builder, arguments[2]).data
        address = builder.bitcast(builder.gep(row_data, [arguments[1]]), wide.as_pointer())

        def spread(scalar):
            blank = ir.Constant(wide, ir.Undefined)
            single = builder.insert_element(blank, scalar, ir.Constant(i32, 0))
            zeros = ir.Constant(ir.VectorType(i32, LANES), [0] * LANES)
            return builder.shuffle_vector(single, blank, zeros)

        old = builder.load(address)
        old.align = 8
        packed = builder.load(builder.bitcast(data, narrow.as_pointer()))
        packed.align = 4
        product = builder.mul(builder.zext(packed, wide), spread(builder.zext(arguments[3], i64)))
        difference = builder.sub(old, product)
        sign = builder.ashr(difference, ir.Constant(wide, [63] * LANES))
        new = builder.add(difference, builder.and_(sign, spread(arguments[4])))
        builder.store(new, address).align = 8
        return context.get_dummy_value()

    return signature, generate
