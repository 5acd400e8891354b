"""Numba kernels of package `homotopy`: arrays in, arrays out."""
