"""Expressions compiled to Python functions."""
