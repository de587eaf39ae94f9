"""What optimized integrations show of an answer's HTTP: `SdkHttpMetadata` and `SdkResponseMetadata` (recorded)."""

from __future__ import annotations

from collections.abc import Mapping

from interpreter.values import JsonValue


def sdk_metadata(headers: Mapping[str, str], *, status: int, request_id: str) -> dict[str, JsonValue]:
    """Both members; headers are in alphabetical order, without regard to case."""
    ordered = sorted(headers.items(), key=lambda header: header[0].lower())
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in ordered},
            "HttpHeaders": dict(ordered),
            "HttpStatusCode": status,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }
