"""Numba kernels of package `algebra`: arrays in, arrays out."""
