"""The durable host, a Temporal workflow that carries the interpreter; nothing else in here imports Temporal."""
