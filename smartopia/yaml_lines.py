"""Reads YAML and keeps its lines, so that what is wrong in a file is told with its line.

    document = load_yaml(path)
    scenario = document.validate(Scenario)

Words are read as YAML 1.2 has them: only `true` and `false` are booleans, so that `ON`, `off`,
`yes` and `no` stay what was written.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from smartopia.errors import ConfigurationError

Step = int | str
"""A key of a mapping, or an index of a list."""

_SHOWN = 4
_UNKNOWN = "unknown_key"
_BOOL = "tag:yaml.org,2002:bool"
_MERGE = "tag:yaml.org,2002:merge"

ModelT = TypeVar("ModelT", bound=BaseModel)


class Section(BaseModel):
    """A part of a YAML file: what it does not know, it refuses, and says what it does know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, data: Any) -> Any:  # noqa: ANN401
        if not isinstance(data, dict):
            return data
        allowed = [field.alias or name for name, field in cls.model_fields.items()]
        unknown = next((str(key) for key in data if key not in allowed), None)
        if unknown is not None:
            close = difflib.get_close_matches(unknown, allowed, 1)
            guess = f"; did you mean {close[0]!r}?" if close else ""
            told = {"key": unknown, "allowed": ", ".join(allowed), "guess": guess}
            text = "unknown key '{key}'; allowed are {allowed}{guess}"
            raise PydanticCustomError(_UNKNOWN, text, told)
        return data


class _Loader(yaml.SafeLoader):
    """Refuses a key given twice, and reads words as YAML 1.2 does."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way
        first: [pair for pair in pairs if pair[0] != _BOOL]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == _MERGE:
                continue
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key_node.value!r} is given twice",
                    problem_mark=key_node.start_mark,
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(_BOOL, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")


class Document:
    """One YAML file: its data, and the line of each place in it.

    Attributes:
        name: the file's, as errors tell it.
        data: what it says; an empty file says {}.
    """

    def __init__(self, name: str, data: Any, root: yaml.Node | None) -> None:  # noqa: ANN401
        self.name = name
        self.data = data
        self._root = root

    def line(self, loc: Iterable[Step]) -> int:
        """The line (from 1) of a place; of the innermost part around it that was written."""
        node, line = self._root, 1
        if node is not None:
            line = node.start_mark.line + 1
        for step in loc:
            found = _inside(node, step)
            if found is None:
                break
            marked, node = found
            line = marked.start_mark.line + 1
        return line

    def error(self, loc: Iterable[Step], text: str) -> ConfigurationError:
        """What is wrong at a place, to be raised: `FILE:LINE: devices[3].kind: text`."""
        steps = tuple(loc)
        return ConfigurationError(f"{self.name}:{self.line(steps)}: {_told(steps, text)}")

    def refusal(self, error: ValidationError) -> ConfigurationError:
        """A validation of the data that failed, in words, with the line of each problem."""
        problems = error.errors(include_url=False, include_input=False)
        told = []
        for problem in problems[:_SHOWN]:
            steps = tuple(problem["loc"])
            context = problem.get("ctx", {})
            at = (*steps, context["key"]) if problem["type"] == _UNKNOWN else steps
            told.append((self.line(at), _told(steps, _words(problem["msg"]))))
        told.sort(key=lambda one: one[0])
        (first_line, first), *rest = told
        text = "".join(f"; line {line}: {words}" for line, words in rest)
        more = f" (and {len(problems) - _SHOWN} more)" if len(problems) > _SHOWN else ""
        return ConfigurationError(f"{self.name}:{first_line}: {first}{text}{more}")

    def validate(self, model: type[ModelT]) -> ModelT:
        """The data as this model.

        Raises:
            ConfigurationError: names the file, the line, the place, and what is allowed.
        """
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            raise self.refusal(error) from None


def load_yaml(path: Path) -> Document:
    """The YAML document in a file.

    Raises:
        ConfigurationError: it cannot be read, or is no YAML; names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: not UTF-8 text: {error.reason}") from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> Document:
    """The YAML document in a text; `name` is what errors call it.

    Raises:
        ConfigurationError: it is no YAML; names the line.
    """
    loader = None
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        data = {} if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        column = f" (column {mark.column + 1})" if mark else ""
        raise ConfigurationError(
            f"{name}{line}: {error.problem or error.context}{column}"
        ) from None
    except yaml.reader.ReaderError as error:
        number = text.count("\n", 0, error.position) + 1
        raise ConfigurationError(
            f"{name}:{number}: the character {chr(error.character)!r} is not allowed in YAML"
        ) from None
    except RecursionError:
        raise ConfigurationError(f"{name}: nested too deeply") from None
    except (ValueError, AttributeError) as error:  # an impossible date, such as 2026-02-30
        raise ConfigurationError(f"{name}: {error}") from None
    finally:
        if loader is not None:
            loader.dispose()
    return Document(name, {} if data is None else data, root)


def _inside(node: yaml.Node | None, step: Step) -> tuple[yaml.Node, yaml.Node] | None:
    """What marks the place of one step into a node, and the node there."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        if 0 <= step < len(node.value):
            return node.value[step], node.value[step]
    elif isinstance(node, yaml.MappingNode):
        # The last one counts: what was merged in by `<<` stands before the mapping's own.
        for key, value in reversed(node.value):
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key, value
    return None


def _told(steps: tuple[Step, ...], text: str) -> str:
    where = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in steps).removeprefix(".")
    return f"{where}: {text}" if where else text


def _words(message: str) -> str:
    """Pydantic's words, a little plainer."""
    return message.removeprefix("Value error, ").replace("Field required", "is missing")
