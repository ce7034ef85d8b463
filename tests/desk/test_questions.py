from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine, make_url

from bot.database import reading, writing
from bot.desk import questions
from bot.desk.questions import QUESTIONS, Question, QuestionStore, QueueFullError, clusters, proposals
from bot.migrations import migrate
from tests.facts.conftest import NOW, MakeEngine

DAYS = 30
LATER = NOW + timedelta(days=DAYS)


@pytest.fixture
def store(engine: Engine) -> QuestionStore:
    return QuestionStore(engine, DAYS)


def ids_in(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.execute(select(QUESTIONS.c.id)).scalars())


def keep(store: QuestionStore, text: str = "vem betalar", language: str = "sv", now: datetime = NOW) -> str:
    return store.keep(text, language, "not_understood", now)


def question(text: str, language: str = "sv", **more: str) -> Question:
    return Question(text, NOW, language, "not_understood", text, **more)  # type: ignore[arg-type]


def test_a_kept_question_waits(store: QuestionStore) -> None:
    id = store.keep("vem betalar •••", "sv", "wrong", NOW + timedelta(minutes=40))

    # To the hour, whatever the minute.
    assert store.waiting(NOW) == [Question(id, NOW, "sv", "wrong", "vem betalar •••")]
    assert store.decided(NOW) == []


def test_a_question_past_its_time_is_not_shown_and_then_deleted(store: QuestionStore, engine: Engine) -> None:
    old, young = keep(store), keep(store, now=NOW + timedelta(hours=1))

    assert [one.id for one in store.waiting(LATER)] == [young]
    assert ids_in(engine) == {old, young}
    store.delete_old(LATER)
    assert ids_in(engine) == {young}


def test_a_decided_question_ages_too(store: QuestionStore, engine: Engine) -> None:
    id = keep(store)
    with writing(engine) as connection:
        store.decide(connection, [id], "topic", "city_grant")

    assert store.decided(LATER) == []
    store.delete_old(LATER)
    assert ids_in(engine) == set()


def test_keeping_deletes_what_is_past_its_time(store: QuestionStore, engine: Engine) -> None:
    keep(store)
    young = keep(store, now=LATER)

    assert ids_in(engine) == {young}


def test_an_erased_question_is_gone(store: QuestionStore, engine: Engine) -> None:
    mine, other = keep(store), keep(store)
    store.erase([mine])

    assert ids_in(engine) == {other}


def test_a_full_queue_keeps_no_more(store: QuestionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "AT_MOST", 1)
    keep(store)

    with pytest.raises(QueueFullError):
        keep(store)


def test_what_is_decided_fills_the_queue_no_longer(
    store: QuestionStore, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "AT_MOST", 1)
    id = keep(store)
    with writing(engine) as connection:
        store.decide(connection, [id], "outside", None)

    assert keep(store)


def test_the_newest_wait_first_and_all_are_counted(store: QuestionStore) -> None:
    keep(store)
    newest = [keep(store, now=NOW + timedelta(hours=hour)) for hour in (2, 1)]

    assert [one.id for one in store.waiting(NOW, 2)] == newest
    assert store.count_waiting(NOW) == 3
    # The oldest is past its time.
    assert store.count_waiting(LATER) == 2


@pytest.mark.parametrize("way", ["erase", "delete_old"])
def test_what_is_deleted_stands_in_none_of_the_files_of_the_database(
    way: str, make_engine: MakeEngine, sqlite_url: str
) -> None:
    engine = make_engine(sqlite_url)
    migrate(engine)
    store, file = QuestionStore(engine, DAYS), Path(str(make_url(sqlite_url).database))
    words = "får min moster flyttkartonger"
    ids = [keep(store, f"{words} {number}") for number in range(50)]

    def files_that_hold_it() -> list[str]:
        return [path.name for path in file.parent.glob(f"{file.name}*") if words.encode() in path.read_bytes()]

    assert files_that_hold_it()
    if way == "erase":
        store.erase(ids)
    else:
        store.delete_old(LATER)
    assert files_that_hold_it() == []


def test_what_is_decided_waits_no_longer(store: QuestionStore, engine: Engine) -> None:
    mine, other = keep(store), keep(store)
    with writing(engine) as connection:
        assert store.decide(connection, [mine], "topic", "city_grant") == 1

    assert [one.id for one in store.waiting(NOW)] == [other]
    assert [(one.id, one.decision, one.topic) for one in store.decided(NOW)] == [(mine, "topic", "city_grant")]


def test_a_second_decision_changes_nothing(store: QuestionStore, engine: Engine) -> None:
    id = keep(store)
    with writing(engine) as connection:
        store.decide(connection, [id], "outside", None)
        assert store.decide(connection, [id], "topic", "city_grant") == 0
        assert store.discard(connection, [id]) == 0

    assert [one.decision for one in store.decided(NOW)] == ["outside"]


def test_a_discarded_question_is_gone(store: QuestionStore, engine: Engine) -> None:
    mine, other = keep(store), keep(store)
    with writing(engine) as connection:
        assert store.discard(connection, [mine]) == 1

    assert ids_in(engine) == {other}


def test_questions_alike_stand_together_in_each_language() -> None:
    alike = [question("Hur mycket får barnen?"), question("hur mycket far barnen"), question("hur mycket får barnet")]
    apart = [question("Var ligger kontoret?"), question("hur mycket får barnen", "fi")]

    found = clusters([apart[0], *alike, apart[1]])

    assert [set(cluster.questions) for cluster in found] == [set(alike), {apart[0]}, {apart[1]}]


def test_only_how_a_question_begins_is_compared() -> None:
    # To compare thousands of letters with thousands takes minutes.
    same = "Jag undrar hur mycket pengar barnen kan få om hela familjen flyttar tillbaka till mormor i Bosnien nu. "
    long = [question(same + end * 200) for end in ("abc ", "xyz ")]

    assert [len(cluster.questions) for cluster in clusters(long)] == [2]


def test_the_order_of_words_tells_nothing_apart() -> None:
    alike = [question("pengar till barnen hur mycket"), question("hur mycket pengar till barnen")]

    assert [len(cluster.questions) for cluster in clusters(alike)] == [2]


def test_every_question_stands_in_one_cluster() -> None:
    many = [question(f"{word} {number}") for word in ("bidrag", "kontor", "resa", "???") for number in range(5)]

    assert sorted(one.id for cluster in clusters(many) for one in cluster.questions) == sorted(one.id for one in many)


def test_proposals_are_by_language_and_topic_each_text_once() -> None:
    decided = [
        question("vem betalar", decision="topic", topic="city_grant"),
        question("vem betalar", decision="topic", topic="city_grant"),
        question("kuka maksaa", "fi", decision="topic", topic="city_grant"),
        question("vad blir det för väder", decision="outside"),
        question("finns det tolk på plats", decision="wanted"),
    ]

    assert proposals(decided, "out_of_scope") == {
        ("sv", "city_grant"): ["vem betalar"],
        ("fi", "city_grant"): ["kuka maksaa"],
        ("sv", "out_of_scope"): ["vad blir det för väder"],
    }
