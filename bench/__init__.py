"""Benchmarks that anyone can run; every figure in the documentation names one of them."""
