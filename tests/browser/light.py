"""The gateway alone, served in this process, with Rasa's side played: for what needs no understanding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from threading import Thread
from typing import Any

import httpx
import uvicorn

from bot import markup
from bot.catalog import Catalog
from bot.facts.book import FactBook
from bot.facts.store import FactStore
from bot.render import Renderer
from bot.web.app import create_app
from bot.web.settings import Settings
from tests.stack import free_port, wait_until
from tests.web.rasa_side import RasaSide

ARABIC_TITLES = {
    "city_grant": "هل تدفع المدينة منحة العودة؟",
    "grant_amount": "كم تبلغ المنحة؟",
    "apply_how": "كيف أقدم الطلب؟",
    "talk_to_human": "أريد التحدث إلى شخص",
}
ARABIC_ANSWERS = {
    "city_grant": "**لا.** مدينة ستوكهولم لا تدفع منحة العودة. مصلحة الهجرة هي المسؤولة عنها.",
    "grant_amount": "- لكل شخص بالغ: {grant_adult}\n- لكل طفل: {grant_child}",
}


class Light:
    """Serves until told to stop. `rasa` says what free text means; `url` stays the same over a restart.

    A restart is one after a crash: the new process knows no conversation.
    """

    def __init__(self, catalog: Catalog, store: FactStore | None = None, **settings: Any) -> None:
        """`settings` are settings of the gateway; without a `store` there is no database."""
        self.rasa = RasaSide()
        self.catalog = catalog
        self._store = store
        self.renderer = Renderer(catalog, FactBook(catalog.ledger))
        self._port = free_port()
        self._settings = Settings(_env_file=None, **{"limits": "off", "log_level": "ERROR", **settings})
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        app = create_app(self._settings, self.catalog, self._store, transport=httpx.MockTransport(self.rasa))
        # Without a limit a request that is never answered would keep the server from stopping.
        config = uvicorn.Config(app, port=self._port, log_config=None, ws="none", timeout_graceful_shutdown=0)
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started or not self._thread.is_alive(), 30, "the gateway did not start")
        assert self._server.started, "the gateway did not start"

    def stop(self) -> None:
        """Close every connection at once, answered or not."""
        self._server.should_exit = True
        self._thread.join()

    @property
    def runs(self) -> bool:
        return self._thread.is_alive()

    def reset(self) -> None:
        """Run, with Rasa there and every text a question about the City."""
        self.rasa.reset()
        if not self.runs:
            self.start()

    def ui(self, key: str, language: str = "sv", **values: str) -> str:
        """Return a text of the interface; `values` fill its placeholders."""
        return self.renderer.ui(key, self.catalog.language(language), **values)

    def title(self, topic: str, language: str = "sv") -> str:
        return self.catalog.languages[language].titles[topic]


def mirrored(
    catalog: Catalog, titles: Mapping[str, str] = ARABIC_TITLES, answers: Mapping[str, str] = ARABIC_ANSWERS
) -> Catalog:
    """Return the catalog with a language that is written from right to left; most of its words are Swedish."""
    swedish = catalog.languages["sv"]
    arabic = replace(
        swedish,
        **{"code": "ar", "locale": "ar", "name": "العربية", "direction": "rtl"},
        titles={**swedish.titles, **titles},
        answers={**swedish.answers, **{topic: markup.parse(text) for topic, text in answers.items()}},
    )
    return replace(catalog, languages={**catalog.languages, "ar": arabic})
