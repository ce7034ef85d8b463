"""`rasa shell` speaks the catalog's words too."""

from __future__ import annotations

import os
import subprocess

from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.render import Renderer
from tests.stack import MODEL, QUIET, RASA_PYTHON, ROOT


def test_rasa_shell_answers_from_the_catalog(catalog: Catalog) -> None:
    shell = subprocess.run(
        [RASA_PYTHON, "-m", "rasa", "shell", "--quiet", "--model", MODEL],
        input="betalar kommunen återvandringsbidrag?\n/stop\n",
        capture_output=True,
        text=True,
        timeout=180,
        cwd=ROOT,
        env={**os.environ, **QUIET},
        check=False,
    )
    first_paragraph = (
        Renderer(catalog, FactBook(catalog.ledger)).answer("city_grant", catalog.language("sv")).text.split("\n\n")[0]
    )
    assert first_paragraph in shell.stdout
