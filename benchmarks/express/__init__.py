"""EXPRESS executions, starts and lists through the HTTP door: `python -m benchmarks.express`."""
