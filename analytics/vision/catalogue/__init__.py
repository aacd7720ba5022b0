"""The shipped zone rules, a YAML file each, and reading them."""

from __future__ import annotations

from importlib.resources import files

from analytics.rule_files import read_folder, read_rule_text
from analytics.vision.model import ZoneRule


def load_zone_rules() -> list[ZoneRule]:
    """The shipped zone rules.

    Raises:
        ConfigurationError: names the file, the field, and what is allowed.
    """
    return read_folder(files(__name__), ZoneRule)


def read_zone_rule(text: str, where: str) -> ZoneRule:
    """A zone rule from YAML.

    Raises:
        ConfigurationError: names the place, the field, and what is allowed.
    """
    return read_rule_text(text, where, ZoneRule)
