"""Definitions: the model, and how text becomes one."""
