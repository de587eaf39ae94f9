"""Where settings come from, what is refused, and that docs/configuration.md tells the truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from api.config import ConfigurationError, load_settings, temporal_connection
from api.config_page import configuration_page, shown_settings
from tests.support.settings import forget_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no file of the person who runs the tests counts."""
    forget_settings(monkeypatch)
    monkeypatch.chdir(tmp_path)


def test_defaults() -> None:
    settings = load_settings()
    assert (settings.http_port, settings.grpc_port, settings.functions, settings.mode) == (
        8083,
        8084,
        "temporal",
        "aws",
    )
    assert (settings.account_id, settings.region) == ("123456789012", "us-east-1")


def test_command_line_over_environment_over_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "custom.toml"
    file.write_text('http_port = 1\ngrpc_port = 1\nregion = "eu-west-1"\n')
    monkeypatch.setenv("STEPLOOM_HTTP_PORT", "2")
    monkeypatch.setenv("STEPLOOM_GRPC_PORT", "2")
    settings = load_settings(file, http_port=3, grpc_port=None)
    assert (settings.http_port, settings.grpc_port, settings.region) == (3, 2, "eu-west-1")


def test_file_is_found_by_variable_and_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Path("steploom.toml").write_text("http_port = 1\n")
    assert load_settings().http_port == 1
    other = tmp_path / "other.toml"
    other.write_text("http_port = 2\n")
    monkeypatch.setenv("STEPLOOM_CONFIG", str(other))
    assert load_settings().http_port == 2


@dataclass(frozen=True)
class Functions:
    id: str
    text: str
    value: object


@pytest.mark.parametrize(
    "case",
    [
        Functions("word", "lambda", "lambda"),
        Functions("mapping", '{"*": "temporal", "charge": "lambda"}', {"*": "temporal", "charge": "lambda"}),
        Functions("url", '{"a": {"url": "http://127.0.0.1:9000/a"}}', {"a": {"url": "http://127.0.0.1:9000/a"}}),
    ],
    ids=lambda case: case.id,
)
def test_functions_are_decoded(case: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPLOOM_FUNCTIONS", case.text)
    assert load_settings().functions == case.value


def test_functions_may_be_a_table_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text('[functions]\n"*" = "lambda"\n')
    assert load_settings(file).functions == {"*": "lambda"}


@dataclass(frozen=True)
class Wrong:
    id: str
    message: str
    variable: str | None = None
    value: str = ""
    file: str | None = None


@pytest.mark.parametrize(
    "case",
    [
        Wrong("port", r"http_port \(STEPLOOM_HTTP_PORT\)", "STEPLOOM_HTTP_PORT", "99999"),
        Wrong("account", r"account_id \(STEPLOOM_ACCOUNT_ID\)", "STEPLOOM_ACCOUNT_ID", "12"),
        Wrong("mode", r"mode \(STEPLOOM_MODE\).*'aws' or 'native'", "STEPLOOM_MODE", "fast"),
        Wrong("functions word", r"functions \(STEPLOOM_FUNCTIONS\)", "STEPLOOM_FUNCTIONS", "lambdas"),
        Wrong("functions JSON", r"functions \(STEPLOOM_FUNCTIONS\)", "STEPLOOM_FUNCTIONS", '{"a": '),
        Wrong("functions choice", r"functions \(STEPLOOM_FUNCTIONS\)", "STEPLOOM_FUNCTIONS", '{"a": "b"}'),
        Wrong("key", r"htpp_port: .* in steploom\.toml; did you mean http_port\?", file="htpp_port = 1"),
        Wrong("key like a variable", r"did you mean http_port\?", file="STEPLOOM_HTTP_PORT = 1"),
        Wrong("key like no other", r"xyzzy: .*; docs/configuration\.md lists all\.", file="xyzzy = 1"),
        Wrong(
            "database of a Task",
            r"sql_connections\.shop \(in steploom\.toml\): Input should be a valid string",
            file="sql_connections = {shop = 1}",
        ),
        Wrong(
            "functions table",
            r"functions \(in steploom\.toml\): functions maps 'a' to 'b'",
            file='[functions]\na = "b"',
        ),
        Wrong("variable over file", r"mode \(STEPLOOM_MODE\)", "STEPLOOM_MODE", "fast", file='mode = "slow"'),
        Wrong(
            "databases JSON",
            r"sql_connections \(STEPLOOM_SQL_CONNECTIONS\): Expecting ",
            "STEPLOOM_SQL_CONNECTIONS",
            "{",
        ),
        Wrong("clusters JSON", r"kubernetes_clusters \(STEPLOOM_KUB", "STEPLOOM_KUBERNETES_CLUSTERS", "{"),
        Wrong("no TOML", r"steploom\.toml cannot be read", file="= 1"),
        Wrong("unknown variable", "STEPLOOM_HTTP_PROT: .* did you mean STEPLOOM_HTTP_PORT", "STEPLOOM_HTTP_PROT", "1"),
        Wrong("missing file", r"nowhere\.toml does not exist", "STEPLOOM_CONFIG", "nowhere.toml"),
    ],
    ids=lambda case: case.id,
)
def test_wrong_settings_are_named(case: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    if case.variable is not None:
        monkeypatch.setenv(case.variable, case.value)
    if case.file is not None:
        Path("steploom.toml").write_text(case.file)
    with pytest.raises(ConfigurationError, match=case.message):
        load_settings()


def test_all_wrong_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPLOOM_HTTP_PORT", "x")
    monkeypatch.setenv("STEPLOOM_MODE", "x")
    monkeypatch.setenv("STEPLOOM_MOOD", "x")
    with pytest.raises(ConfigurationError, match=r"(?s)STEPLOOM_MOOD: .*http_port.*mode"):
        load_settings()


def test_a_password_in_the_database_url_is_not_printed() -> None:
    settings = load_settings(database_url="postgresql://user:s3cret@host/name")
    assert "s3cret" not in repr(settings)
    assert shown_settings(settings)["database_url"] == "postgresql://user:***@host/name"


def test_a_secret_in_a_function_s_url_is_not_printed() -> None:
    settings = load_settings(functions={"f": {"url": "https://me:s3cret@host/f?code=s3cret"}, "*": "lambda"})
    assert shown_settings(settings)["functions"] == {"f": {"url": "https://host/f"}, "*": "lambda"}


def test_temporal_is_found_by_its_own_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "none.toml"))
    assert temporal_connection() == {"target_host": "127.0.0.1:7233", "namespace": "default"}
    monkeypatch.setenv("TEMPORAL_ADDRESS", "temporal.example:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "orders")
    monkeypatch.setenv("TEMPORAL_API_KEY", "key")
    connection = temporal_connection()
    assert (connection["target_host"], connection["namespace"]) == ("temporal.example:7233", "orders")
    assert (connection["api_key"], bool(connection["tls"])) == ("key", True)


def test_the_configuration_page_is_what_the_code_says() -> None:
    page = Path(__file__).parents[2] / "docs" / "configuration.md"
    assert page.read_text() == configuration_page(), "run `make docs`"


def test_networks_that_the_guard_lets_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPLOOM_HTTP_GUARD_ALLOWED", "10.1.0.0/16, fd00::1")
    assert load_settings().http_guard_allowed == ("10.1.0.0/16", "fd00::1/128")
    monkeypatch.setenv("STEPLOOM_HTTP_GUARD_ALLOWED", "10.1.0.1/16")
    with pytest.raises(ConfigurationError, match=r"STEPLOOM_HTTP_GUARD_ALLOWED.*10\.1\.0\.1/16 has host bits set"):
        load_settings()
