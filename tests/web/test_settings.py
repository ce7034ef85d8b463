from __future__ import annotations

from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.web.settings import Settings, SettingsError, is_loopback, load_settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_example_names_every_setting_with_its_default() -> None:
    defaults = {name.upper(): field.default for name, field in Settings.model_fields.items()}

    example = {name: str(value) for name, value in dotenv_values(EXAMPLE).items()}

    assert example.keys() == defaults.keys()
    assert {name: float(value) for name, value in example.items() if isinstance(defaults[name], (int, float))} == {
        name: default for name, default in defaults.items() if isinstance(default, (int, float))
    }
    assert {name: value for name, value in example.items() if isinstance(defaults[name], str)} == {
        name: default for name, default in defaults.items() if isinstance(default, str)
    }


def test_the_environment_outdoes_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("WEB_PORT=9001\nRASA_PORT=9002\n")
    monkeypatch.setenv("WEB_PORT", "9003")

    settings = load_settings()

    assert (settings.web_port, settings.rasa_port) == (9003, 9002)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("WEB_PROT=8000", ["WEB_PROT", "WEB_PORT"]),
        ("SOMETHING_ELSE=1", ["SOMETHING_ELSE"]),
        ("WEB_PORT=http", ["WEB_PORT"]),
        ("WEB_PORT=0", ["WEB_PORT"]),
        ("RASA_TIMEOUT=0", ["RASA_TIMEOUT"]),
        ("MESSAGE_MAX_CHARS=1000000", ["MESSAGE_MAX_CHARS"]),
        ("CONVERSATION_IDLE=3601", ["CONVERSATION_IDLE"]),
        ("CONVERSATION_LONGEST=72001", ["CONVERSATION_LONGEST"]),
        ("LIMIT_CLIENT=many", ["LIMIT_CLIENT"]),
        ("LIMITS=no", ["LIMITS"]),
        ("LOG_LEVEL=TRACE", ["LOG_LEVEL"]),
        ("LIMITS=off\nWEB_HOST=0.0.0.0", ["LIMITS", "WEB_HOST"]),
        ("LIMITS=off\nWEB_HOST=::", ["LIMITS", "WEB_HOST"]),
        # The desk in public, without accounts.
        ("WEB_HOST=0.0.0.0", ["DESK", "WEB_HOST"]),
        ("PUBLIC_URL=https://vagvisaren.example", ["DESK", "PUBLIC_URL"]),
        ("DESK=no", ["DESK"]),
        ("DESK_OIDC_ISSUER=http://login.example", ["DESK_OIDC_ISSUER", "https"]),
        ("DESK_OIDC_ISSUER=https://login.example", ["DESK_OIDC_CLIENT_ID", "DESK_OIDC_CLIENT_SECRET"]),
    ],
)
def test_a_setting_at_fault_is_named_in_one_line(line: str, named: list[str]) -> None:
    Path(".env").write_text(line)

    with pytest.raises(SettingsError) as error:
        load_settings()

    assert len(str(error.value).splitlines()) == 1
    assert all(name in str(error.value) for name in named)


def test_every_fault_is_told_at_once() -> None:
    Path(".env").write_text("WEB_PORT=0\nRASA_PORT=0\n")

    with pytest.raises(SettingsError) as error:
        load_settings()

    assert len(str(error.value).splitlines()) == 2


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_limits_can_be_off_on_loopback(host: str) -> None:
    settings = Settings(limits="off", web_host=host)

    assert settings.client_rate is None
    assert settings.conversation_rate is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.se", "localhost.example.se"])
def test_other_hosts_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)
