"""Many clients that mix all operations while the API is killed: `python -m tests.resilience.hammer`."""
