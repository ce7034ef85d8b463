from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_configure(config: pytest.Config) -> None:
    """Warnings of Rasa's frozen stack are nobody's to mend; those of our own modules stay errors."""
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    config.addinivalue_line("filterwarnings", "ignore")
    config.addinivalue_line("filterwarnings", r"error:::(bot|actions|tests)\b")


@pytest.fixture(scope="session", autouse=True)
def _nothing_decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Facts stand as the ledger has them, whatever was decided on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{tmp_path_factory.mktemp('store') / 'nothing.db'}")
        yield


@pytest.fixture(scope="session")
def domain() -> Any:
    from rasa.shared.core.domain import Domain

    return Domain.load(ROOT / "domain.yml")


@pytest.fixture
def said() -> Callable[..., Any]:
    """Make a tracker whose latest message is understood as given."""
    from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    def make(
        text: str = "hej",
        ranking: list[tuple[str, float]] | None = None,
        slots: dict[str, Any] | None = None,
        **metadata: Any,
    ) -> DialogueStateTracker:
        understood = [{"name": name, "confidence": confidence} for name, confidence in ranking or []]
        intent = understood[0] if understood else {"name": "greet", "confidence": 1.0}
        parsed = {"text": text, "intent": intent, "entities": [], "intent_ranking": understood}
        events = [
            ActionExecuted("action_listen"),
            UserUttered(text, intent, [], parsed, metadata=metadata),
            *(SlotSet(name, value) for name, value in (slots or {}).items()),
        ]
        return DialogueStateTracker.from_events("somebody", events)

    return make
