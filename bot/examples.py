"""Training examples: data/examples/<language>/<topic>.txt, one sentence a line."""

from __future__ import annotations

from pathlib import Path

from bot.content import ContentError, Fault, shown_path


def load_examples(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return topic -> its examples, in the order of the lines: example n stands in line n + 1.

    A folder that is missing holds none. Raises ContentError for empty lines and what is not UTF-8.
    """
    faults: list[Fault] = []
    examples: dict[str, tuple[str, ...]] = {}
    for path in sorted(folder.glob("*.txt")):
        try:
            # Only line feeds end a line: other characters that Python takes for line ends occur in what people type.
            text = path.read_text(encoding="utf-8")
            lines = text.removesuffix("\n").split("\n") if text else []
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(shown_path(path), 1, f"cannot be read: {error}"))
            continue
        examples[path.stem] = tuple(line.strip() for line in lines)
        faults += (
            Fault(shown_path(path), number, "is an empty line")
            for number, line in enumerate(lines, 1)
            if not line.strip()
        )
    if faults:
        raise ContentError(faults)
    return examples
