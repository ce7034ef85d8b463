"""The public API's shapes. Stable: a field is added, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Token = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_-]*$")]
LanguageCode = Annotated[str, StringConstraints(max_length=35, pattern=r"^[A-Za-z0-9-]*$")]
TopicId = Annotated[str, StringConstraints(max_length=64, pattern=r"^[a-z_]+$")]
Direction = Literal["ltr", "rtl"]
FactStatus = Literal["confirmed", "unconfirmed", "withheld"]
Outcome = Literal["answered", "clarify", "not_understood", "guide", "unavailable"]
FeedbackReason = Literal["wrong", "not_my_question", "hard_to_understand", "out_of_date", "other"]
KeepReason = Literal["not_understood", FeedbackReason]
REASONS: tuple[FeedbackReason, ...] = get_args(FeedbackReason)


class Strict(BaseModel):
    """A request body: unknown fields and loose types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class MessageIn(Strict):
    """A message: free text, or the id of a button from this conversation."""

    text: str | None = Field(None, description="What the person wrote")
    button: Token | None = Field(None, description="The id of a button of this conversation")
    conversation: Token | None = Field(None, description="The token of an earlier reply; null starts one")
    language: LanguageCode | None = Field(None, description="BCP 47; null: detect")
    easy: bool = Field(False, description="Answers in easy words, wherever there are any")

    @model_validator(mode="after")
    def _one_of(self) -> MessageIn:
        if (self.text is None) == (self.button is None):
            raise ValueError("send text or button, not both")
        return self


class SourceOut(BaseModel):
    """Where an answer comes from. `note` says in words how old the evidence is."""

    title: str
    owner: str
    url: str
    lang: str
    checked: str
    status: Literal["confirmed", "unconfirmed"]
    note: str


class FactSourceOut(BaseModel):
    """The source of one fact."""

    title: str
    url: str
    lang: str


class FactOut(BaseModel):
    """A fact as it may be relied on today. `value` is null while it is withheld or not established."""

    id: str
    type: str
    value: str | None
    status: FactStatus
    checked: str | None
    confidence: Literal["H", "M", "L"]
    owner: str
    source: FactSourceOut


class ChangeOut(BaseModel):
    """A change of a fact's value or state. A value is null when there was none to show."""

    at: datetime
    old_value: str | None
    new_value: str | None
    old_status: FactStatus | None
    new_status: FactStatus
    source: FactSourceOut
    cause: str


class ReplyOut(BaseModel):
    """One reply. `blocks` is a small closed set: paragraph, list; in them text, value, strong, link."""

    topic: str | None
    lang: str
    dir: Direction
    title: str | None
    text: str
    blocks: list[dict[str, Any]]
    facts: list[FactOut]
    sources: list[SourceOut]


class ButtonOut(BaseModel):
    """A choice that continues this conversation."""

    id: str
    title: str
    topic: str


class SwitchOut(BaseModel):
    """The button that goes on in another language: `title` in the language spoken, `own_title` in that other one."""

    id: str
    title: str
    own_title: str
    lang: str
    dir: Direction


class AlternativeOut(BaseModel):
    """A topic that was perhaps meant."""

    topic: str
    title: str


class FoundOut(AlternativeOut):
    """A topic that was looked for. `button` shows its answer, in every conversation."""

    button: str


class MessageOut(BaseModel):
    """The turn: what was understood, and what is said."""

    conversation: str
    language: str
    outcome: Outcome
    replies: list[ReplyOut]
    buttons: list[ButtonOut]
    alternatives: list[AlternativeOut]
    switch: SwitchOut | None = Field(description="Offered when another language may be wanted")
    notice: str | None = Field(description="What stands in `notices`, in one line")
    notices: list[NoticeOut]


class TopicOut(BaseModel):
    """A topic in a list."""

    id: str
    group: str
    title: str
    menu: bool


class LanguageOut(BaseModel):
    """A language the assistant answers in; `reviewed`: read by a human translator."""

    code: str
    name: str
    dir: Direction
    reviewed: bool


class NoticeOut(BaseModel):
    """What is told on every page, as plain text."""

    text: str
    lang: str
    dir: Direction


class TextsOut(BaseModel):
    """What the widget needs before the first message. `human`: nodes, as in an answer; `texts`: key -> words."""

    language: str
    dir: Direction
    max_chars: int
    human: list[dict[str, Any]]
    texts: dict[str, str]


class FeedbackIn(Strict):
    """Whether an answer helped. There is no field for words: nothing written is kept."""

    topic: TopicId
    language: LanguageCode
    helpful: bool
    reason: FeedbackReason | None = None


class QuestionIn(Strict):
    """A question of a conversation that its author lets the City keep, and why it was asked in vain."""

    conversation: Token
    text: str
    language: LanguageCode
    reason: KeepReason


class Contact(BaseModel):
    """A way to a person, in every problem that stops the conversation."""

    text: str
    phone: str
    url: str


class Problem(BaseModel):
    """An error (RFC 9457). `type` is stable; title and detail are in the reader's language."""

    type: str
    title: str
    status: int
    detail: str
    lang: str
    contact: Contact
