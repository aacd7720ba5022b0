"""The shipped rules, a YAML file each, and reading them."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml
from pydantic import ValidationError

from analytics.rules.model import Rule
from smartopia.errors import ConfigurationError


def load_rules(own: Path | None) -> list[Rule]:
    """The shipped rules, and those in a folder of your own.

    A rule of yours with the id of a shipped one takes its place.

    Raises:
        ConfigurationError: names the file, the field, and what is allowed.
    """
    rules = {rule.id: rule for rule in _read_folder(files(__name__))}
    if own is not None:
        if not own.is_dir():
            raise ConfigurationError(f"SMARTOPIA_RULES: {own} is not a folder")
        rules |= {rule.id: rule for rule in _read_folder(own)}
    return sorted(rules.values(), key=lambda rule: (rule.domain, rule.id))


def _read_folder(folder: Traversable) -> list[Rule]:
    found: dict[str, str] = {}
    rules = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith((".yaml", ".yml")):
            rule = read_rule(_text(file), str(file))
            if rule.id in found:
                raise ConfigurationError(f"{file}: the id {rule.id} is used in {found[rule.id]}")
            found[rule.id] = str(file)
            rules.append(rule)
    return rules


def _text(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read as UTF-8: {error}") from None


def read_rule(text: str, where: str) -> Rule:
    """A rule from YAML.

    Raises:
        ConfigurationError: names the place, the field, and what is allowed.
    """
    try:
        content = yaml.safe_load(text)
        return Rule.model_validate(content)
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, e['loc'])) or 'rule'}: {e['msg']}"
            for e in error.errors(include_url=False)
        ]
        raise ConfigurationError(f"{where}: {'; '.join(lines)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # PyYAML lets a date that is none, or lists nested too deep, through as they come.
        raise ConfigurationError(f"{where}: {error}") from None
