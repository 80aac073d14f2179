"""pyproject.toml, requirements.txt and environment.yml ask for the same packages."""

import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
REQUIRED = ("django", "channels", "daphne", "jupyterlab", "nbclient", "websocket-client",
            "pytest", "nbval")  # fmt: skip
PYTHONS = ("3.11.0", "3.11.9", "3.12.0", "3.13.0", "3.14.0")
PLATFORMS = {
    "Linux": {"sys_platform": "linux", "os_name": "posix", "platform_machine": "x86_64"},
    "old Mac": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "x86_64"},
    "new Mac": {"sys_platform": "darwin", "os_name": "posix", "platform_machine": "arm64"},
    "Windows": {"sys_platform": "win32", "os_name": "nt", "platform_machine": "AMD64"},
}
FILES = ("requirements.txt", "environment.yml", "pyproject.toml", "course.py", ".ci/run")
PIN = re.compile(r"[a-z0-9-]+==[0-9][^ ]*( ; .+)?")


def pinned() -> list[str]:
    """Return the lines of requirements.txt that are not comments."""
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def environment() -> list[str]:
    """Return what environment.yml lets pip install."""
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    return next(part["pip"] for part in wanted if isinstance(part, dict))


def asked() -> list[Requirement]:
    """Return what pyproject.toml asks for, the extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = sum(project["optional-dependencies"].values(), [])
    return [Requirement(line) for line in project["dependencies"] + extras]


def test_environment_has_same_pins():
    assert environment() == [*pinned(), "--editable ."]


def test_every_line_is_pin():
    assert [line for line in pinned() if not PIN.fullmatch(line)] == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_pins_satisfy_project(platform, python):
    here = PLATFORMS[platform] | {
        "python_full_version": python, "python_version": python.rpartition(".")[0],
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    lines = [Requirement(line) for line in pinned()]
    here_only = [line for line in lines if line.marker is None or line.marker.evaluate(here)]
    versions = {canonicalize_name(line.name): str(line.specifier)[2:] for line in here_only}
    assert len(versions) == len(here_only), "two pins of one package apply at once"
    mine = [one for one in asked() if one.marker is None or one.marker.evaluate(here)]
    for wanted in mine:
        assert wanted.specifier.contains(versions[canonicalize_name(wanted.name)]), wanted


@pytest.mark.parametrize("name", REQUIRED)
def test_required_package_is_pinned(name):
    assert any(line.startswith(f"{name}==") for line in pinned())
    assert f"- {name}==" in (ROOT / "environment.yml").read_text()


@pytest.mark.parametrize("name", FILES)
def test_no_index_is_named(name):
    text = (ROOT / name).read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links|pypi\.|https?://[^1]", text)


def test_conda_python_is_supported():
    wanted = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (python,) = (part for part in wanted if str(part).startswith("python="))
    assert (3, 11) <= tuple(map(int, python.partition("=")[2].split("."))) <= (3, 14)
    assert sys.version_info >= (3, 11)
