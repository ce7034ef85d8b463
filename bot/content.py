"""Content files: YAML 1.2 that remembers where each value stands, and faults that say so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode


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


class ContentFile:
    """A parsed YAML file. `data` is plain Python; `line(*keys)` is where that key stands (1-based)."""

    def __init__(self, path: Path) -> None:
        """Read `path`. Raises ContentError if it is missing or is not well-formed YAML."""
        self.path = path
        self.name = str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
        # Pure Python on purpose: the C parser reads YAML 1.1 (`no` is False, 9:00 is 540).
        yaml = YAML(typ="safe", pure=True)
        try:
            with path.open(encoding="utf-8") as stream:
                node: Node | None = yaml.compose(stream)
        except OSError as error:
            raise ContentError([Fault(self.name, 1, f"cannot be read: {error.strerror}")]) from error
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ContentError([Fault(self.name, line, f"is not YAML: {error.problem}")]) from error
        if not isinstance(node, (MappingNode, SequenceNode)):
            raise ContentError([Fault(self.name, 1, "is empty")])
        self._root = node
        self.data: Any = yaml.constructor.construct_document(node)

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

    def fault(self, message: str, *keys: str | int) -> Fault:
        """Return a fault at the place of `keys`."""
        return Fault(self.name, self.line(*keys), message)
