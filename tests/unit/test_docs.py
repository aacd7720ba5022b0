"""What the documents say is true: every setting, rule field, process and file is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from analytics.rules.catalogue import read_rule
from analytics.rules.model import Rule
from devices_sim.scenario_files import load_scenario
from devices_sim.sdk.registry import discover_kinds
from smartopia.cli.main import cli
from smartopia.cli.up import installed_processes
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_every_setting_is_documented_with_its_meaning() -> None:
    text = (ROOT / "docs/operations/settings.md").read_text()
    for name, field in Settings.model_fields.items():
        assert f"| `SMARTOPIA_{name.upper()}` | {field.description} |" in text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_and_named_file_is_there(document: Path) -> None:
    text = document.read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (document.parent / target).exists(), target
    for named in re.findall(r"`((?:smartopia|tests|scripts|docs|analytics)/[\w./-]+)`", text):
        assert (ROOT / named).exists(), named


def test_the_rule_of_the_how_to_is_a_rule() -> None:
    text = (ROOT / "docs/how-to/add-a-rule.md").read_text()
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    rule = read_rule(block[1], "how-to")
    assert rule.id == "wind-strong"
    fields = {field.alias or name for name, field in Rule.model_fields.items()}
    mentioned = set(re.findall(r"\b[a-z_]+\b", text))
    assert fields - mentioned <= {"certainty"}
    with pytest.raises(ConfigurationError, match="give exactly one of at_least, above"):
        read_rule(block[1].replace("{at_least: 14}", "{at_least: 14, above: 2}"), "wind.yaml")


def test_the_scenario_of_the_how_to_is_one_but_for_its_new_kind(tmp_path: Path) -> None:
    text = (ROOT / "docs/how-to/add-a-device.md").read_text()
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    scenario = tmp_path / "ozone.yaml"
    scenario.write_text(block[1])
    kinds = discover_kinds()
    kinds.sensors["ozone_monitor"] = kinds.sensors["air_monitor"]
    found = load_scenario([str(scenario)], kinds)
    assert "ozone-city-hall" in {device.name for device in found.devices}


def test_the_compose_file_starts_what_is_installed_with_known_settings() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    commands = [
        tuple(service["command"])
        for service in compose["services"].values()
        if service.get("image", "").startswith("smartopia") and "entrypoint" not in service
    ]
    processes = {process.args for process in installed_processes()}
    assert processes <= set(commands)
    assert {command[0] for command in commands} <= set(cli.list_commands(None))  # type: ignore[arg-type]
    known = {f"SMARTOPIA_{name.upper()}" for name in Settings.model_fields}
    for service in compose["services"].values():
        used = {name for name in service.get("environment", {}) if name.startswith("SMARTOPIA")}
        assert used <= known


def test_images_carry_no_torch_but_the_one_of_the_detector() -> None:
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    installs = {stage.split("\n")[0].split(" AS ")[-1]: stage for stage in stages}
    assert "analytics" not in re.findall(r"\.\[(.*?)\]", installs["slim"])[0]
    assert re.findall(r"\.\[(.*?)\]", installs["analytics"]) == ["analytics"]
