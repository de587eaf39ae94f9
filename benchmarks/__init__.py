"""steploom measured against hand-written Temporal workflows that do the same work: `python -m benchmarks`."""
