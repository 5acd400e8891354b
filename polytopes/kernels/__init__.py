"""Numba kernels of package `polytopes`: arrays in, arrays out."""
