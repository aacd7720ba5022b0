"""The shipped zone rules, a YAML file each, and reading them."""

from __future__ import annotations

from importlib.resources import files

import yaml
from pydantic import ValidationError

from analytics.vision.model import ZoneRule
from smartopia.errors import ConfigurationError


def load_zone_rules() -> list[ZoneRule]:
    """The shipped zone rules.

    Raises:
        ConfigurationError: names the file, the field, and what is allowed.
    """
    found = sorted(files(__name__).iterdir(), key=lambda item: item.name)
    return [
        read_zone_rule(file.read_text(encoding="utf-8"), str(file))
        for file in found
        if file.name.endswith(".yaml")
    ]


def read_zone_rule(text: str, where: str) -> ZoneRule:
    """A zone rule from YAML.

    Raises:
        ConfigurationError: names the place, the field, and what is allowed.
    """
    try:
        return ZoneRule.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, e['loc'])) or 'rule'}: {e['msg']}"
            for e in error.errors(include_url=False)
        ]
        raise ConfigurationError(f"{where}: {'; '.join(lines)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # PyYAML lets a date that is none, or lists nested too deep, through as they come.
        raise ConfigurationError(f"{where}: {error}") from None
