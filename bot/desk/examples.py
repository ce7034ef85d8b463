"""Proposed training examples as files: data/examples/<language>/<topic>.txt, one sentence a line."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from bot.catalog import EXAMPLES


def as_zip(proposed: Mapping[tuple[str, str], Sequence[str]]) -> bytes:
    """Return a zip archive of texts by (language, topic): their lines are added to the files of the same names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for (language, topic), texts in sorted(proposed.items()):
            archive.writestr(f"{EXAMPLES}/{language}/{topic}.txt", "".join(f"{text}\n" for text in texts))
    return file.getvalue()
