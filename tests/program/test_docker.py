"""The files under docker/, as far as they can be judged where no Docker runs."""

import asyncio
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from bot.cli.main import app
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSED = {path.name: yaml.safe_load(path.read_text("utf-8")) for path in DOCKER.glob("compose*.yaml")}
SERVICES = [
    pytest.param(service, id=f"{file}:{name}")
    for file, composed in sorted(COMPOSED.items())
    for name, service in composed["services"].items()
]
OURS = [one for one in SERVICES if one.values[0]["image"] == "mentiondesk"]
SETTINGS = {name.upper() for name in Settings.model_fields} - {"ACCOUNT_TOKENS"}
PYTHONS_OWN = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
PIPS_OWN = {"PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_CACHE_DIR"}
COMMANDS = {str(info.name or info.callback.__name__) for info in app.registered_commands if info.callback}


def instructions(word: str) -> list[str]:
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.M)


def test_the_compose_files_are_the_three_of_the_manual() -> None:
    assert set(COMPOSED) == {"compose.yaml", "compose.replicas.yaml", "compose.demo.yaml"}


def test_everything_that_is_copied_exists_and_reaches_the_builder() -> None:
    let_through = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for line in instructions("COPY"):
        *sources, _target = shlex.split(line)
        if sources[0].startswith("--from="):
            continue
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in let_through


def test_every_package_of_the_program_is_copied() -> None:
    copied = {word for line in instructions("COPY") for word in line.split()}
    assert copied >= {"bot", "handlers", "db", "triage", "demo"}


def test_every_variable_of_the_image_is_one_that_the_program_reads() -> None:
    names = {
        word.partition("=")[0] for line in instructions("ENV") for word in shlex.split(line) if "=" in word
    }
    assert names <= SETTINGS | PYTHONS_OWN | PIPS_OWN


def test_the_image_runs_as_nobody_special_and_installs_only_what_is_hashed() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert "--require-hashes" in DOCKERFILE
    installs = re.findall(r"pip install ([^\n]*)", DOCKERFILE)
    assert all("--require-hashes" in one or "--no-deps --no-build-isolation" in one for one in installs)
    assert "curl" not in DOCKERFILE.replace("no curl", "")


def test_the_lock_serves_postgresql_too() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^psycopg-binary==", lock, re.M)
    assert re.search(r"^procrastinate==", lock, re.M)
    assert "://" not in lock


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_can_write_nothing_but_its_data_and_gains_no_rights(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert int(service["user"].partition(":")[0]) > 0
    assert any(mount.partition(":")[0] == "/tmp" for mount in service["tmpfs"])


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_publishes_to_this_machine_only_and_holds_no_secret(service: dict[str, Any]) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert not re.search(r"password|secret|token", str(service.get("environment", {})), re.I)
    assert ":latest" not in service["image"]


@pytest.mark.parametrize("service", OURS)
def test_our_services_run_our_commands_with_our_settings(service: dict[str, Any]) -> None:
    assert service["command"][0] in COMMANDS
    assert set(service.get("environment", {})) <= SETTINGS


def test_every_volume_that_is_mounted_is_declared() -> None:
    for composed in COMPOSED.values():
        mounted = {
            mount.partition(":")[0]
            for service in composed["services"].values()
            for mount in service.get("volumes", [])
        }
        named = {mount for mount in mounted if not mount.startswith((".", "/"))}
        assert named == set(composed.get("volumes", {}))


def test_what_is_built_is_the_project_itself() -> None:
    builds = [
        service["build"]
        for composed in COMPOSED.values()
        for service in composed["services"].values()
        if "build" in service
    ]
    assert builds
    for build in builds:
        assert (DOCKER / build["context"]).resolve() == ROOT
        assert (ROOT / build["dockerfile"]).is_file()


def test_the_replicas_wait_for_the_database_and_its_schema() -> None:
    services = COMPOSED["compose.replicas.yaml"]["services"]
    assert services["desk"]["deploy"]["replicas"] == 2
    assert "ports" not in services["desk"]
    waits = {name: wait["condition"] for name, wait in services["desk"]["depends_on"].items()}
    assert waits == {"postgres": "service_healthy", "migrate": "service_completed_successfully"}
    example = (DOCKER / "postgres.env.example").read_text(encoding="utf-8")
    assert re.findall(r"^(\w+)=", example, re.M) == ["POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"]


@asynccontextmanager
async def answering(status: int) -> AsyncIterator[str]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    site = web.Application()
    site.router.add_get("/healthz", answer)
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield str(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def verdict(port: str) -> int:
    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(DOCKER / "healthcheck.py")],
        env={"PORT": port, "http_proxy": "http://127.0.0.1:1"},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in ended.stderr
    return int(ended.returncode)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
async def test_the_health_check_says_what_healthz_says(status: int, code: int) -> None:
    async with answering(status) as port:
        assert await verdict(port) == code


async def test_the_health_check_fails_where_nobody_answers() -> None:
    assert await verdict("1") == 1
