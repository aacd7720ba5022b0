"""The shipped situation rules, a YAML file each, and reading them."""

from __future__ import annotations

from importlib.resources import files

from analytics.rule_files import read_folder, read_rule_text
from analytics.vision.situations.rule import SituationRule


def load_situation_rules() -> list[SituationRule]:
    """The shipped situation rules.

    Raises:
        ConfigurationError: names the file, the field, and what is allowed.
    """
    return read_folder(files(__name__), SituationRule)


def read_situation_rule(text: str, where: str) -> SituationRule:
    """A situation rule from YAML.

    Raises:
        ConfigurationError: names the place, the field, and what is allowed.
    """
    return read_rule_text(text, where, SituationRule)
