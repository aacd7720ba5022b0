"""The shipped rules, a YAML file each, and reading them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from analytics.rule_files import read_folder, read_rule_text
from analytics.rules.model import Rule
from smartopia.errors import ConfigurationError


def load_rules(own: Path | None) -> list[Rule]:
    """The shipped rules, and those in a folder of your own.

    A rule of yours with the id of a shipped one takes its place.

    Raises:
        ConfigurationError: names the file, the field, and what is allowed.
    """
    rules = {rule.id: rule for rule in read_folder(files(__name__), Rule)}
    if own is not None:
        if not own.is_dir():
            raise ConfigurationError(f"SMARTOPIA_RULES: {own} is not a folder")
        rules |= {rule.id: rule for rule in read_folder(own, Rule)}
    return sorted(rules.values(), key=lambda rule: (rule.domain, rule.id))


def read_rule(text: str, where: str) -> Rule:
    """A rule from YAML.

    Raises:
        ConfigurationError: names the place, the field, and what is allowed.
    """
    return read_rule_text(text, where, Rule)
