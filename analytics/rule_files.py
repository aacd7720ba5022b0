"""Rules as people write them: a folder of YAML files, one rule each."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from smartopia.errors import ConfigurationError
from smartopia.validation import problems_of

M = TypeVar("M", bound=BaseModel)


def read_folder(folder: Traversable, model: type[M]) -> list[M]:
    """The rules in a folder's YAML files.

    Raises:
        ConfigurationError: names the file, the field, and what is allowed.
    """
    found: dict[str, str] = {}
    rules = []
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if not file.name.endswith((".yaml", ".yml")):
            continue
        rule = read_rule_text(_text(file), str(file), model)
        name = str(getattr(rule, "id", file.name))
        if name in found:
            raise ConfigurationError(f"{file}: the id {name} is used in {found[name]}")
        found[name] = str(file)
        rules.append(rule)
    return rules


def read_rule_text(text: str, where: str, model: type[M]) -> M:
    """One rule from YAML.

    Raises:
        ConfigurationError: names the place, the field, and what is allowed.
    """
    try:
        return model.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        raise ConfigurationError(f"{where}: {'; '.join(problems_of(error, 'rule'))}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # PyYAML lets a date that is none, or lists nested too deep, through as they come.
        raise ConfigurationError(f"{where}: {error}") from None


def _text(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: cannot be read as UTF-8: {error}") from None
