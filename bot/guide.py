"""The guide: plain questions about a situation, then a pointer to what the rules say. Never a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content import ContentError, ContentFile, Fault

# Any question may be left open: not known, or not to be told.
UNKNOWN, SKIP = "unknown", "skip"
OPEN = (UNKNOWN, SKIP)
# The topic that is the guide, and the one that gives the rules it goes through.
GUIDE_TOPIC, GUIDE_RULES = "eligibility_guide", "eligibility_general"
# The intent of a button of the guide.
GUIDE_ANSWER = "guide_answer"
# What else can be done at a question.
BACK, LEAVE = "back", "leave"
MOST_QUESTIONS = 7
# The answer to a question stands in Rasa's slot of this name and the question's.
GUIDE_SLOT = "guide_"

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Pointer:
    """Something that speaks against applying when these options are chosen, with the topic that gives the rule."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    topic: str
    instead: str | None
    ends: bool

    def holds(self, answers: Answers) -> bool:
        """Return whether the answers are those of this situation."""
        return all(answers.get(question) in options for question, options in self.when.items())


@dataclass(frozen=True)
class Outcome:
    """Where the answers point: what speaks against applying, and the questions that were left open."""

    against: tuple[Pointer, ...]
    left_open: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """Questions in order with their options, and the pointers."""

    questions: Mapping[str, tuple[str, ...]]
    pointers: tuple[Pointer, ...]

    def options(self, question: str) -> tuple[str, ...]:
        """Return everything that can be answered to a question."""
        return (*self.questions[question], *OPEN)

    def answers(self, slots: Mapping[str, object]) -> dict[str, str]:
        """Return the answers that stand in a conversation's slots, in the order of the questions."""
        found = {question: slots.get(f"{GUIDE_SLOT}{question}") for question in self.questions}
        return {question: str(option) for question, option in found.items() if option is not None}

    def complete(self, given: Mapping[str, object]) -> dict[str, str]:
        """Return an answer to every question: the one given, or left open where there is none."""
        return {
            question: option if isinstance(option := given.get(question), str) and option in options else UNKNOWN
            for question, options in self.questions.items()
        }

    def next_question(self, answers: Answers) -> str | None:
        """Return the first question without an answer; None when enough is known."""
        if any(pointer.ends and pointer.holds(answers) for pointer in self.pointers):
            return None
        return next((question for question in self.questions if question not in answers), None)

    def outcome(self, answers: Answers) -> Outcome:
        """Return where the answers point."""
        against = tuple(pointer for pointer in self.pointers if pointer.holds(answers))
        left_open = tuple(question for question in self.questions if answers.get(question) in OPEN)
        return Outcome(against, () if any(pointer.ends for pointer in against) else left_open)


_SHAPE = {
    "questions": {"*": [str]},
    "pointers": {"*": {"when": {"*": [str]}, "topic": str, "instead?": str, "ends?": bool}},
}


def load_guide(file: ContentFile) -> Guide:
    """Return the guide. Raises ContentError with every fault."""
    faults: list[Fault] = file.misfits(_SHAPE)
    if faults:
        raise ContentError(faults)
    questions = {id: tuple(options) for id, options in file.data["questions"].items()}
    if len(questions) > MOST_QUESTIONS:
        faults.append(file.fault(f"more than {MOST_QUESTIONS} questions", "questions"))
    pointers = []
    for id, entry in file.data["pointers"].items():
        for question, options in entry["when"].items():
            unknown = [option for option in options if option not in questions.get(question, ())]
            if unknown:
                message = f"{id}: {question} has no option {', '.join(unknown)}"
                faults.append(file.fault(message, "pointers", id, "when", question))
        if not all(entry["when"].values()) or not entry["when"]:
            faults.append(file.fault(f"{id}: needs the options that it follows from", "pointers", id, "when"))
        when = {question: tuple(options) for question, options in entry["when"].items()}
        pointers.append(Pointer(id, when, entry["topic"], entry.get("instead"), bool(entry.get("ends"))))
    if faults:
        raise ContentError(faults)
    return Guide(questions, tuple(pointers))
