"""What Prometheus can ask the HTTP door: how many calls of what operation ended how, and how long they took."""

from __future__ import annotations

from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest

_BUCKETS_SECONDS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of one door, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "steploom_api_requests",
            "Calls by operation and outcome: OK, or AWS's error code.",
            ["operation", "code"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "steploom_api_request_seconds",
            "Time from a request's header to its answer.",
            ["operation"],
            buckets=_BUCKETS_SECONDS,
            registry=self._registry,
        )

    def count(self, operation: str, code: str, seconds: float) -> None:
        """Count one call. The operation must be one of a bounded set."""
        self._requests.labels(operation, code).inc()
        self._seconds.labels(operation).observe(seconds)

    def text(self) -> tuple[bytes, str]:
        """Everything counted, and the content type of that."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
