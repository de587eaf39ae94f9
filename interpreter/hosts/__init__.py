"""Runtimes that carry the interpreter."""
