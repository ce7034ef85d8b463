from __future__ import annotations

import pytest

from bot.web.conversations import BUTTONS_KEPT, Conversations
from tests.conftest import Clock


@pytest.fixture
def conversations(clock: Clock) -> Conversations:
    return Conversations(idle=60, longest=300, at_most=3, clock=clock)


def test_a_conversation_is_found_by_its_token(conversations: Conversations) -> None:
    opened = conversations.open()

    assert conversations.find(opened.token) is opened
    assert opened.sender != opened.token


@pytest.mark.parametrize("token", [None, "", "unknown"])
def test_nothing_is_found_by_another_token(conversations: Conversations, token: str | None) -> None:
    conversations.open()

    assert conversations.find(token) is None


def test_a_conversation_ends_when_it_rests(conversations: Conversations, clock: Clock) -> None:
    token = conversations.open().token
    clock.now += 60
    assert conversations.find(token)

    clock.now += 61

    assert conversations.find(token) is None
    assert len(conversations) == 0


def test_use_keeps_a_conversation_alive_but_not_for_ever(conversations: Conversations, clock: Clock) -> None:
    token = conversations.open().token
    for _ in range(6):
        clock.now += 50
        assert conversations.find(token)

    clock.now += 1

    assert conversations.find(token) is None
    assert len(conversations) == 0


def test_resting_conversations_go_without_being_asked_for(conversations: Conversations, clock: Clock) -> None:
    conversations.open()
    conversations.open()
    clock.now += 61

    conversations.open()

    assert len(conversations) == 1


def test_the_least_recently_used_one_gives_way(conversations: Conversations) -> None:
    first, second, _ = (conversations.open() for _ in range(3))
    conversations.find(first.token)

    conversations.open()

    assert len(conversations) == 3
    assert conversations.find(first.token) is first
    assert conversations.find(second.token) is None


def test_an_erased_conversation_is_gone(conversations: Conversations) -> None:
    token = conversations.open().token

    assert conversations.erase(token)
    assert not conversations.erase(token)
    assert conversations.find(token) is None


def test_buttons_are_remembered_until_newer_ones_crowd_them_out(conversations: Conversations) -> None:
    conversation = conversations.open()
    ((first, _),) = conversation.offer(["greet"])
    offered = conversation.offer(["greet"] * BUTTONS_KEPT)

    assert first not in conversation.buttons
    assert {id for id, _ in offered} == set(conversation.buttons)
    assert len(set(conversation.buttons)) == BUTTONS_KEPT
