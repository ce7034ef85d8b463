"""Content files: YAML 1.2 that remembers where each value stands, and faults that say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a content file, for the person who edits it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ContentError(Exception):
    """The content cannot be used; `faults` holds everything that is wrong, not only the first."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults)
        super().__init__("\n".join(map(str, self.faults)))


def shown_path(path: Path) -> str:
    """Return `path` as a fault names it: from the working directory, where it is inside."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


# What a value must be: a type (object: anything), a list of one shape, or a mapping of names to shapes,
# in which "name?" may be absent and "*" stands for every other name.
Shape = Any
_KINDS = {str: "text (quote a number)", int: "a whole number", bool: "true or false", date: "a date (YYYY-MM-DD)"}


class _Constructor(SafeConstructor):
    """Says where a date stands that the calendar does not have."""

    def construct_yaml_timestamp(self, node: ScalarNode, values: Any = None) -> Any:
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError as error:
            raise ConstructorError(problem=str(error), problem_mark=node.start_mark) from error


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


class ContentFile:
    """A parsed YAML file. `data` is plain Python; `line(*keys)` is where that key stands (1-based)."""

    def __init__(self, path: Path) -> None:
        """Read `path`. Raises ContentError if it is missing or is not well-formed YAML."""
        self.path = path
        self.name = shown_path(path)
        # YAML 1.2, as Rasa reads it: `no` and 9:00 are words. With ruamel.yaml.clib twenty times faster.
        yaml = YAML(typ="safe")
        yaml.Constructor = _Constructor
        try:
            with path.open(encoding="utf-8") as stream:
                node: Node | None = yaml.compose(stream)
            if not isinstance(node, (MappingNode, SequenceNode)):
                raise ContentError([Fault(self.name, 1, "is empty")])
            self.data: Any = yaml.constructor.construct_document(node)
        except OSError as error:
            raise ContentError([Fault(self.name, 1, f"cannot be read: {error.strerror}")]) from error
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ContentError([Fault(self.name, line, f"is not YAML: {error.problem}")]) from error
        except (YAMLError, UnicodeDecodeError) as error:
            raise ContentError([Fault(self.name, 1, f"is not text in UTF-8: {error}")]) from error
        self._root = node

    def line(self, *keys: str | int) -> int:
        """Return the line of the value reached by `keys`, or of the deepest one that exists."""
        node: Node = self._root
        line: int = node.start_mark.line + 1
        for key in keys:
            if isinstance(node, MappingNode):
                found = next(((k, v) for k, v in node.value if k.value == key), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.value):
                node = node.value[key]
                line = node.start_mark.line + 1
            else:
                break
        return line

    def misfits(self, shape: Shape) -> list[Fault]:
        """Return a fault for each value that does not have its shape."""
        return list(self._misfits(shape, self.data, ()))

    def _misfits(self, shape: Shape, value: Any, keys: tuple[str | int, ...]) -> Iterator[Fault]:
        path = ".".join(map(str, keys)) or "file"
        if isinstance(shape, list):
            if isinstance(value, list):
                for index, item in enumerate(value):
                    yield from self._misfits(shape[0], item, (*keys, index))
            else:
                yield self.fault(f"{path} is no list", *keys)
        elif isinstance(shape, dict):
            if isinstance(value, dict):
                yield from self._misfits_inside(shape, value, keys)
            else:
                yield self.fault(f"{path} is no mapping", *keys)
        elif shape is not object and type(value) is not shape:
            yield self.fault(f"{path} is not {_KINDS[shape]}", *keys)

    def _misfits_inside(
        self, shape: dict[str, Shape], value: dict[Any, Any], keys: tuple[str | int, ...]
    ) -> Iterator[Fault]:
        path = "".join(f"{key}." for key in keys)
        for name in shape:
            if name != "*" and not name.endswith("?") and name not in value:
                yield self.fault(f"{path}{name} is missing", *keys)
        for name, item in value.items():
            inner = shape.get(name, shape.get(f"{name}?", shape.get("*")))
            if inner is None:
                yield self.fault(f"{path}{name} is not a known key", *keys, name)
            else:
                yield from self._misfits(inner, item, (*keys, name))

    def fault(self, message: str, *keys: str | int) -> Fault:
        """Return a fault at the place of `keys`."""
        return Fault(self.name, self.line(*keys), message)
