"""The desk's pages as they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from bot.facts.hours import STOCKHOLM
from bot.web.pages import make_environment


class DeskPages:
    """Renders the templates of templates/desk."""

    def __init__(self) -> None:
        environment = make_environment()
        environment.globals |= {"local": _local, "day": _day}
        self._templates = Jinja2Templates(env=environment)

    def page(self, request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Return `template` (such as facts.html).

        Beside `context` it has `person`, None when nobody is signed in, `csrf` for its forms, `here`, the path, `seen`,
        the changes that it knows of, local(), which writes a moment, and day(), which writes the day of one.
        """
        common = {
            "person": getattr(request.state, "person", None),
            "csrf": getattr(request.state, "csrf", ""),
            "here": request.url.path,
            "seen": getattr(request.state, "seen", None),
        }
        return self._templates.TemplateResponse(request, f"desk/{template}", {**common, **context}, status)


def _local(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M")


def _day(moment: datetime) -> str:
    return moment.astimezone(STOCKHOLM).date().isoformat()
