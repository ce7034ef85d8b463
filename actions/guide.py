"""The guide as a Rasa form: which question comes next, what counts as an answer, going back, leaving, forgetting."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.forms import FormValidationAction

from bot.catalog import DATA, load_guide_words
from bot.content import ContentFile
from bot.guide import BACK, GUIDE_SLOT, LEAVE, Guide, load_guide

Events = list[dict[str, Any]]


def _guide() -> Guide:
    return load_guide(ContentFile(DATA / "guide.yml"))


class ValidateGuideForm(FormValidationAction):  # type: ignore[misc]
    """Takes an answer from a button, or from words that stand for an option in the language files."""

    def __init__(self) -> None:
        self._guide = _guide()
        self._words = load_guide_words(DATA)

    def name(self) -> str:
        """Return the name that Rasa looks for beside the form."""
        return "validate_guide_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[str]:
        """Return the slots of the answers, and of the next question if there is one."""
        answers = self._guide.answers(tracker.slots)
        question = self._guide.next_question(answers)
        asked = [one for one in self._guide.questions if one in answers or one == question]
        return [f"{GUIDE_SLOT}{one}" for one in asked]

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Return what the message does: an answer to the question asked, or one step back."""
        requested, pressed = str(tracker.get_slot("requested_slot") or ""), _pressed(tracker)
        if pressed == LEAVE:
            # Rasa takes a form that sets nothing for one that did not understand.
            return [SlotSet(requested, None)]
        if pressed == BACK:
            answered = list(self._guide.answers(tracker.slots))
            return [SlotSet(f"{GUIDE_SLOT}{answered[-1]}", None)] if answered else [SlotSet(requested, None)]
        question = requested.removeprefix(GUIDE_SLOT)
        if question not in self._guide.questions:
            return []
        typed = (spoken.option(question, tracker.latest_message.get("text") or "") for spoken in self._words)
        option = pressed or next((option for option in typed if option), None)
        return [SlotSet(requested, option)] if option in self._guide.options(question) else []

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Return what was extracted, which is an option already. Rasa's own way logs what was answered."""
        slots = await self.required_slots([], dispatcher, tracker, domain)
        return [SlotSet(name, value) for name, value in tracker.slots_to_validate().items() if name in slots]

    async def next_requested_slot(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return the question that comes next; none ends the form, as when the person leaves it."""
        if _pressed(tracker) == LEAVE:
            leave: dict[str, Any] = SlotSet("requested_slot", None)
            return leave
        following: dict[str, Any] | None = await super().next_requested_slot(dispatcher, tracker, domain)
        return following


def _pressed(tracker: Tracker) -> str | None:
    """Return what a button of the guide said."""
    entities = tracker.latest_message.get("entities", [])
    return next((str(one["value"]) for one in entities if one["entity"] == "guide_option"), None)


class GuideForget(Action):  # type: ignore[misc]
    """Forgets the answers once the guide has come to its end; who left it may go on later."""

    def __init__(self) -> None:
        self._guide = _guide()

    def name(self) -> str:
        """Return the name in domain.yml."""
        return "action_guide_forget"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Empty every slot of the guide, if nothing is left to ask."""
        if self._guide.next_question(self._guide.answers(tracker.slots)) is not None:
            return []
        return [SlotSet(f"{GUIDE_SLOT}{question}", None) for question in self._guide.questions]
