from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(str(path.relative_to(ROOT)) for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))
RASA_SIDE = ("bot/nlu/", "bot/nlg.py", "bot/tracker.py")
WEB_SIDE = ("bot/web/",)
COMMANDS = ("bot/preflight.py", "bot/facts/__main__.py", "bot/desk/__main__.py")
CORE = [module for module in MODULES if not module.startswith((*RASA_SIDE, *WEB_SIDE, *COMMANDS, "actions/"))]
# What both environments load keeps to the syntax of the older Python.
OLDEST = (3, 10)


def imports(module: str) -> Iterator[str]:
    """Yield the dotted name of everything that a module imports, wherever in it that happens."""
    for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(*packages: str) -> set[str]:
    prefixes = tuple(f"{package}." for package in packages)
    return {module for module in MODULES if any(f"{name}.".startswith(prefixes) for name in imports(module))}


def test_there_are_modules_to_look_at() -> None:
    assert {"bot/catalog.py", "bot/text.py", "bot/personal_data.py"} <= set(CORE)
    assert "bot/nlu/classifier.py" in importers("rasa")
    assert "bot/web/app.py" in importers("fastapi")


def test_only_understanding_nlg_and_tracker_import_rasa() -> None:
    assert {module for module in importers("rasa") if not module.startswith(RASA_SIDE)} == set()


def test_only_actions_import_the_action_server() -> None:
    assert {module for module in importers("rasa_sdk") if not module.startswith("actions/")} == set()


def test_only_the_gateway_imports_fastapi() -> None:
    assert {
        module for module in importers("fastapi", "starlette", "uvicorn") if not module.startswith(WEB_SIDE)
    } == set()


@pytest.mark.parametrize("side", ["bot.web", "bot.nlu", "bot.nlg", "bot.tracker", "actions"])
def test_the_core_knows_neither_side(side: str) -> None:
    assert importers(side) & set(CORE) == set()


def test_the_sides_do_not_know_each_other() -> None:
    rasa_side = {module for module in MODULES if module.startswith((*RASA_SIDE, "actions/"))}

    assert importers("bot.web") & rasa_side == set()
    assert importers("bot.nlu", "bot.nlg", "bot.tracker", "actions") - rasa_side == set()


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith(WEB_SIDE)])
def test_what_rasas_environment_loads_is_old_enough_python(module: str) -> None:
    ast.parse((ROOT / module).read_text(encoding="utf-8"), feature_version=OLDEST)


def test_no_module_hides_an_import_in_a_call() -> None:
    calls = {
        module
        for module in MODULES
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in ("__import__", "importlib", "eval", "exec")
    }

    assert calls == set()
