"""Which variables of the environment are told to be no settings."""

from __future__ import annotations

import pytest

from api.config import Settings
from api.setting_names import unknown_settings

FIELDS = Settings.model_fields.keys()

LET_THROUGH = {
    "PATH": "/bin",
    "OTHER_HTTP_PROT": "1",
    "STEPLOOM_HTTP_PORT": "1",
    "steploom_http_port": "1",
    "STEPLOOM_ENDPOINT": "http://127.0.0.1:1",
    "STEPLOOM_CONFIG": "steploom.toml",
    "STEPLOOM_TEMPORAL_BIN": "/bin/temporal",
    "STEPLOOM_TOKEN": "steploom_STPL",
    "STEPLOOM_CONFORMANCE": "../shared/conformance",
    "STEPLOOM_CONFORMANCE_OPTIONAL": "1",
    "STEPLOOM_REFERENCE": "../shared/reference",
    # what a Service named steploom-api with the ports http and grpc puts into every pod, then one named steploom
    "STEPLOOM_API_SERVICE_HOST": "10.0.0.11",
    "STEPLOOM_API_SERVICE_PORT": "8083",
    "STEPLOOM_API_SERVICE_PORT_HTTP": "8083",
    "STEPLOOM_API_PORT": "tcp://10.0.0.11:8083",
    "STEPLOOM_API_PORT_8083_TCP": "tcp://10.0.0.11:8083",
    "STEPLOOM_API_PORT_8083_TCP_PROTO": "tcp",
    "STEPLOOM_API_PORT_8083_TCP_PORT": "8083",
    "STEPLOOM_API_PORT_8083_TCP_ADDR": "10.0.0.11",
    "STEPLOOM_SERVICE_HOST": "10.0.0.12",
    "STEPLOOM_SERVICE_PORT": "8083",
    "STEPLOOM_PORT": "tcp://10.0.0.12:8083",
    "STEPLOOM_PORT_53_UDP": "udp://10.0.0.12:53",
}


@pytest.mark.parametrize("name", LET_THROUGH)
def test_let_through(name: str) -> None:
    assert [*unknown_settings({name: LET_THROUGH[name]}, FIELDS)] == []


TOLD = {
    "STEPLOOM_HTTP_PROT": "did you mean STEPLOOM_HTTP_PORT?",
    "STEPLOOM_GRPCPORT": "did you mean STEPLOOM_GRPC_PORT?",
    "STEPLOOM_HTPP_PORT": "did you mean STEPLOOM_HTTP_PORT?",
    "STEPLOOM_DATABASE": "did you mean STEPLOOM_DATABASE_URL?",
    "steploom_confg": "did you mean STEPLOOM_CONFIG?",
    "STEPLOOM_XYZZY_QUUX": "docs/configuration.md lists all.",
}


@pytest.mark.parametrize("name", TOLD)
def test_told(name: str) -> None:
    assert [*unknown_settings({name: "1"}, FIELDS)] == [f"{name}: there is no such setting; {TOLD[name]}"]
