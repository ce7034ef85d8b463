"""The interface's words that scripts show by themselves, without asking the server: on the page, and in the widget."""

from __future__ import annotations

from bot.catalog import Language
from bot.render import Renderer
from bot.web.schemas import REASONS

_KEYS = (
    *("sending", "you", "assistant", "conversation_heading", "input_label", "input_hint", "send", "try_again"),
    *("error_empty", "error_network", "error_offline", "error_unknown", "error_too_long", "characters"),
    *("masked", "personal_hint", "sources_heading", "copy", "copied", "as_page", "search_none"),
    *("feedback_question", "feedback_yes", "feedback_thanks", *(f"feedback_{reason}" for reason in REASONS)),
    *("erase", "erase_sure", "erase_yes", "erased", "human_heading", "notice", "unreviewed"),
    *("chat_robot", "chat_open_page", "chat_close"),
)
_CONSENT = ("consent_question", "consent_yes", "consent_thanks")


def script_texts(renderer: Renderer, language: Language, max_chars: int, asks_consent: bool) -> dict[str, str]:
    """Return key -> text in `language`; `{count}` in one of them is filled by the script.

    Those of consent are there only if people are asked whether a question may be kept.
    """
    keys = (*_KEYS, *_CONSENT) if asks_consent else _KEYS
    return {key: renderer.ui(key, language, limit=str(max_chars), count="{count}") for key in keys}
