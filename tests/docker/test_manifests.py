"""The image's recipe and the manifests beside it name only what exists, and keep to what they promise.

They cannot be run without a container engine, so that their text is held against the command line and the settings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import typer
import yaml

from api.cli.app import app
from api.config import Settings, load_settings
from api.setting_names import CONFIG_VARIABLE, PREFIX

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / "docker"
DOCKERFILE: Final = (FOLDER / "Dockerfile").read_text()
IMAGE: Final = "steploom"
PORTS: Final = {8083, 8084}

TEMPORAL_VARIABLES: Final = {"TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE", "TEMPORAL_API_KEY"}
SETTINGS: Final = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {CONFIG_VARIABLE}
MANIFESTS: Final = sorted((FOLDER / "kubernetes").glob("*.yaml"))
WORKLOADS: Final = ("api", "worker", "functions", "setup")

Mapping = dict[str, Any]  # what YAML holds


def documents(path: Path) -> list[Mapping]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document is not None]


COMPOSE: Final = documents(FOLDER / "compose.yaml")[0]
OBJECTS: Final = [document for path in MANIFESTS for document in documents(path)]
OURS: Final = {name: service for name, service in COMPOSE["services"].items() if service["image"].startswith(IMAGE)}


def command_names() -> set[str]:
    command = typer.main.get_command(app)
    return set(getattr(command, "commands", {}))


def of_kind(kind: str) -> dict[str, Mapping]:
    return {document["metadata"]["name"]: document for document in OBJECTS if document.get("kind") == kind}


def pods() -> dict[str, Mapping]:
    return {name: workload["spec"]["template"] for name, workload in (of_kind("Deployment") | of_kind("Job")).items()}


def container(pod: Mapping) -> Mapping:
    (only,) = pod["spec"]["containers"]
    assert isinstance(only, dict)
    return only


def values_of(tree: object, key: str) -> Iterator[Any]:
    """Every value under `key`, anywhere in a document."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == key:
                yield value
            yield from values_of(value, key)
    elif isinstance(tree, list):
        for item in tree:
            yield from values_of(item, key)


# --- images ------------------------------------------------------------------------------------------------------


def images() -> list[str]:
    built = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    used = [image for tree in (COMPOSE, OBJECTS) for image in values_of(tree, "image")]
    return sorted({*built, *used})


@pytest.mark.parametrize("image", images())
def test_an_image_has_a_version_and_no_registry(image: str) -> None:
    name, _, tag = image.partition(":")
    assert re.search(r"\d", tag), f"{image} names no version"
    assert "." not in name.split("/")[0]


def test_our_image_has_one_tag_everywhere() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    assert {image for image in images() if image.startswith(f"{IMAGE}:")} == {f"{IMAGE}:{version[1]}"}
    (kustomization,) = documents(FOLDER / "kubernetes" / "kustomization.yaml")
    assert kustomization["images"] == [{"name": IMAGE, "newTag": version[1]}]


# --- Dockerfile --------------------------------------------------------------------------------------------------


def test_the_image_starts_the_console_script_as_an_unprivileged_user_in_an_empty_folder() -> None:
    final = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    user = re.search(r"^USER (\d+):(\d+)$", final, re.MULTILINE)
    assert user is not None
    assert int(user[1]) > 0
    assert int(user[2]) > 0
    assert re.search(r'^ENTRYPOINT \["steploom"\]$', final, re.MULTILINE)
    assert "PYTHONSAFEPATH=1" in final
    folder = re.search(r"^WORKDIR (\S+)$", final, re.MULTILINE)
    assert folder is not None
    copied = re.findall(r"^COPY .* (\S+)$", final, re.MULTILINE)
    assert copied
    assert not any(target.startswith(folder[1]) for target in copied)


def test_the_image_is_built_in_two_stages_from_the_pinned_versions() -> None:
    assert len(re.findall(r"^FROM ", DOCKERFILE, re.MULTILINE)) == 2
    install = re.search(r"^RUN .*pip install (.*)$", DOCKERFILE, re.MULTILINE)
    assert install is not None
    assert "--constraint constraints.txt" in install[1]
    assert not re.search(r"(^| )(-e|--editable)( |$)", install[1])


def test_the_image_holds_the_packages_of_the_wheel_and_the_builder_is_sent_no_more() -> None:
    wheel = re.search(r"^packages = \[(.+)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert wheel is not None
    packages = re.findall(r'"(.+?)"', wheel[1])
    sources = [
        source for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE) for source in line.split()
    ]
    assert set(packages) <= set(sources)
    sent = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(sent) == sorted(sources)
    assert all((ROOT / source).exists() for source in sources)


def test_the_image_exposes_and_checks_the_ports_of_the_doors() -> None:
    exposed = re.search(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE)
    assert exposed is not None
    assert {int(port) for port in exposed[1].split()} == PORTS
    assert {Settings.model_fields[name].default for name in ("http_port", "grpc_port")} == PORTS
    check = re.search(r"^HEALTHCHECK (?:.*\\\n)*.*$", DOCKERFILE, re.MULTILINE)
    assert check is not None
    assert "http://127.0.0.1:8083/health" in check[0]


# --- commands and settings ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """One container of ours: where it is described, its command, and the variables that it is given."""

    place: str
    command: list[str]
    variables: dict[str, object]


def uses() -> list[Use]:
    shared = {
        name: value
        for document in (*of_kind("ConfigMap").values(), *of_kind("Secret").values())
        for name, value in {**document.get("data", {}), **document.get("stringData", {})}.items()
    }
    found = [Use(f"compose {name}", service["command"], service["environment"]) for name, service in OURS.items()]
    for name, pod in pods().items():
        own = {variable["name"]: variable["value"] for variable in container(pod).get("env", [])}
        found.append(Use(f"kubernetes {name}", container(pod)["args"], shared | own))
    return found


@pytest.mark.parametrize("use", uses(), ids=lambda use: use.place)
def test_a_container_runs_a_command_that_exists(use: Use) -> None:
    assert use.command[0] in command_names()


@pytest.mark.parametrize("use", uses(), ids=lambda use: use.place)
def test_a_container_is_given_settings_that_exist_and_are_valid(
    use: Use, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert use.variables.keys() <= SETTINGS | TEMPORAL_VARIABLES
    assert {"STEPLOOM_DATABASE_URL", "TEMPORAL_ADDRESS"} <= use.variables.keys()
    monkeypatch.chdir(tmp_path)  # no steploom.toml
    for name, value in use.variables.items():
        assert isinstance(value, str), f"{name} is not written as a text"
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.database_url == use.variables["STEPLOOM_DATABASE_URL"]


def test_every_role_stands_in_both_places() -> None:
    assert {service["command"][0] for service in OURS.values()} == set(WORKLOADS)
    assert {container(pod)["args"][0] for pod in pods().values()} == set(WORKLOADS)


# --- compose -----------------------------------------------------------------------------------------------------


def test_compose_publishes_on_the_loopback_interface_only() -> None:
    published = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert published
    assert [port for port in published if not str(port).startswith("127.0.0.1:")] == []


@pytest.mark.parametrize("name", sorted(set(COMPOSE["services"]) - {"temporal-ui"}))
def test_compose_checks_each_service_or_waits_for_its_end(name: str) -> None:
    service = COMPOSE["services"][name]
    if service.get("restart") == "no":
        waiting = [other.get("depends_on", {}).get(name) for other in COMPOSE["services"].values()]
        assert {"condition": "service_completed_successfully"} in waiting
    else:
        assert service["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_compose_depends_on_services_that_exist_and_can_say_how_they_are(name: str) -> None:
    for other, wanted in COMPOSE["services"][name].get("depends_on", {}).items():
        assert other in COMPOSE["services"]
        if wanted["condition"] == "service_healthy":
            assert "test" in COMPOSE["services"][other]["healthcheck"]


def test_compose_keeps_the_database_in_a_volume() -> None:
    kept = [volume.partition(":")[0] for volume in COMPOSE["services"]["postgres"]["volumes"]]
    assert set(kept) == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_compose_gives_our_containers_no_more_than_they_need(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


def test_compose_mounts_files_that_exist() -> None:
    mounts = [volume for service in COMPOSE["services"].values() for volume in service.get("volumes", [])]
    sources = [re.sub(r"\$\{\w+:-(.+?)\}", r"\1", mount).partition(":")[0] for mount in mounts]
    paths = [FOLDER / source for source in sources if source.startswith(".")]
    assert paths
    assert [path for path in paths if not path.exists()] == []


# --- Kubernetes --------------------------------------------------------------------------------------------------


def test_every_manifest_is_a_resource_of_the_kustomization() -> None:
    (kustomization,) = documents(FOLDER / "kubernetes" / "kustomization.yaml")
    files = {path.name for path in MANIFESTS} - {"kustomization.yaml"}
    assert set(kustomization["resources"]) == files


@pytest.mark.parametrize("name", sorted(pods()))
def test_a_pod_is_restricted(name: str) -> None:
    pod = pods()[name]
    security, own = pod["spec"]["securityContext"], container(pod)["securityContext"]
    assert security["runAsNonRoot"] is True
    assert f"USER {security['runAsUser']}:{security['runAsGroup']}" in DOCKERFILE
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own["allowPrivilegeEscalation"] is False
    assert own["readOnlyRootFilesystem"] is True
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert pod["spec"]["automountServiceAccountToken"] is False


@pytest.mark.parametrize("name", sorted(pods()))
def test_a_pod_says_what_it_needs_and_mounts_what_it_has(name: str) -> None:
    pod = pods()[name]
    resources = container(pod)["resources"]
    assert resources["requests"].keys() == {"cpu", "memory"}
    assert "memory" in resources["limits"]
    mounted = {mount["name"] for mount in container(pod)["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["spec"]["volumes"]}


@pytest.mark.parametrize("name", sorted(of_kind("Deployment")))
def test_a_deployment_is_found_by_its_labels_probed_and_not_drained_at_once(name: str) -> None:
    deployment = of_kind("Deployment")[name]
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert deployment["spec"]["selector"]["matchLabels"] == labels
    assert deployment["spec"]["replicas"] > 1
    assert container(deployment["spec"]["template"])["readinessProbe"]
    budget = of_kind("PodDisruptionBudget")[name]["spec"]
    assert budget["selector"]["matchLabels"] == labels
    assert budget["minAvailable"] < deployment["spec"]["replicas"]


def test_the_api_is_ready_when_its_health_says_so_and_lives_without_its_neighbours() -> None:
    api = container(pods()["steploom-api"])
    ports = {port["name"]: port["containerPort"] for port in api["ports"]}
    assert set(ports.values()) == PORTS
    assert api["readinessProbe"]["httpGet"] == {"path": "/health", "port": "http"}
    assert api["livenessProbe"]["httpGet"]["path"] != "/health"
    assert "startupProbe" in api
    service = of_kind("Service")["steploom-api"]["spec"]
    assert service["selector"] == pods()["steploom-api"]["metadata"]["labels"]
    assert {port["targetPort"] for port in service["ports"]} == set(ports)


def test_the_shared_configuration_is_there_under_the_name_that_pods_use() -> None:
    for pod in pods().values():
        sources = container(pod)["envFrom"]
        assert {source["configMapRef"]["name"] for source in sources if "configMapRef" in source} <= set(
            of_kind("ConfigMap")
        )
        assert {source["secretRef"]["name"] for source in sources if "secretRef" in source} <= set(of_kind("Secret"))


def test_the_roles_that_open_secrets_have_the_encryption_key_and_no_others() -> None:
    holders = {name for name, secret in of_kind("Secret").items() if "STEPLOOM_ENCRYPTION_KEY" in secret["stringData"]}
    given = {
        container(pod)["args"][0]
        for pod in pods().values()
        if {source.get("secretRef", {}).get("name") for source in container(pod)["envFrom"]} & holders
    }
    assert given == {"api", "worker"}


def test_the_autoscaler_scales_a_deployment_that_exists() -> None:
    for scaler in of_kind("HorizontalPodAutoscaler").values():
        target = scaler["spec"]["scaleTargetRef"]
        replicas = of_kind(target["kind"])[target["name"]]["spec"]["replicas"]
        assert scaler["spec"]["minReplicas"] <= replicas <= scaler["spec"]["maxReplicas"]


# --- the component for Jobs --------------------------------------------------------------------------------------

JOBS: Final = {path.stem: documents(path) for path in (FOLDER / "kubernetes" / "jobs").glob("*.yaml")}


def test_the_component_patches_what_there_is() -> None:
    """Patches of JSON fail where the parent of what they change is missing, or with `replace` the place itself."""
    [component] = JOBS["kustomization"]
    for patch in component["patches"]:
        target = patch["target"]
        matched = [each for name, each in of_kind(target["kind"]).items() if re.fullmatch(target["name"], name)]
        assert len(matched) == (2 if target["kind"] == "Deployment" else 1)
        for document in matched:
            for change in yaml.safe_load(patch["patch"]):
                *parents, last = change["path"].removeprefix("/").split("/")
                place = document
                for step in parents:
                    place = place[step]
                assert (last in place) is (change["op"] == "replace"), change["path"]


def test_the_component_s_setting_and_account() -> None:
    [component] = JOBS["kustomization"]
    changes = [change for patch in component["patches"] for change in yaml.safe_load(patch["patch"])]
    added = {change["path"].rpartition("/")[2]: change["value"] for change in changes}
    assert json.loads(added["STEPLOOM_KUBERNETES_CLUSTERS"]) == {"default": {"in_cluster": True}}
    assert "STEPLOOM_KUBERNETES_CLUSTERS" in SETTINGS
    account, role, binding = JOBS["account"]
    assert added["serviceAccountName"] == account["metadata"]["name"] == binding["subjects"][0]["name"]
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    allowed = {(rule["resources"][0], verb) for rule in role["rules"] for verb in rule["verbs"]}
    assert allowed == {("jobs", "create"), ("jobs", "get"), ("jobs", "delete"), ("pods", "list"), ("pods/log", "get")}
