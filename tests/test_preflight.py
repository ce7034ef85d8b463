from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import preflight
from bot.web.settings import Settings
from tests.stack import free_port


@pytest.fixture(autouse=True)
def _free_ports(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every port that the service wants is free, and no setting comes from outside."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(preflight, "ACTIONS_PORT", free_port())
    monkeypatch.setenv("WEB_PORT", str(free_port()))
    monkeypatch.setenv("RASA_PORT", str(free_port()))


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


def test_nothing_stands_in_the_way_of_free_ports(capsys: pytest.CaptureFixture[str]) -> None:
    assert preflight.main() == 0
    assert f"http://localhost:{Settings().web_port}" in capsys.readouterr().out


@pytest.mark.parametrize("setting", ["WEB_PORT", "RASA_PORT"])
def test_a_taken_port_is_named_with_its_setting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken: int, setting: str
) -> None:
    monkeypatch.setenv(setting, str(taken))

    assert preflight.main() == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert str(taken) in line
    assert setting in line


def test_a_taken_port_of_the_actions_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], taken: int
) -> None:
    monkeypatch.setattr(preflight, "ACTIONS_PORT", taken)

    assert preflight.main() == 1
    assert str(taken) in capsys.readouterr().err


def test_every_taken_port_is_named_at_once(monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    monkeypatch.setattr(preflight, "ACTIONS_PORT", taken)

    assert len(preflight.taken_ports(Settings(web_port=taken, rasa_port=taken))) == 3


def test_a_port_that_was_just_left_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        with socket.create_connection(("127.0.0.1", port)):
            # Whoever closes first holds the address for a while longer.
            server.accept()[0].close()

    assert preflight.taken_ports(Settings(web_port=port)) == []


def test_a_wrong_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WEB_PORT", "http")

    assert preflight.main() == 1
    assert "WEB_PORT" in capsys.readouterr().err
