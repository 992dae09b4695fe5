"""Seeded bugs: small functions with one known bug each, their clean twins, and tests that tell the two apart."""
