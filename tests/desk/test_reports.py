from __future__ import annotations

import pytest
from sqlalchemy.engine import Engine

from bot.desk.audit import Audit
from bot.desk.reports import Answer, Reports
from tests.desk.conftest import person
from tests.facts.conftest import NOW

ANSWER = Answer("grant_amount", "so", "0123456789ab", "the answer as it was shown")
READER, EDITOR = person("reader"), person("editor")


@pytest.fixture
def audit(engine: Engine) -> Audit:
    return Audit(engine)


@pytest.fixture
def reports(engine: Engine, audit: Audit) -> Reports:
    return Reports(engine, audit)


def test_a_report_waits_with_exactly_what_was_said(reports: Reports) -> None:
    id = reports.add(ANSWER, "wrong", " Beloppet ", READER, NOW)

    (report,) = reports.waiting()
    assert (report.id, report.answer, report.kind, report.words) == (id, ANSWER, "wrong", "Beloppet")
    assert (report.at, report.name) == (NOW, READER.name)


def test_a_report_that_was_dealt_with_waits_no_more(reports: Reports, audit: Audit) -> None:
    id = reports.add(ANSWER, "wrong", "Beloppet", READER, NOW)

    assert reports.close(id, EDITOR, "Rättat", NOW)

    assert reports.waiting() == []
    assert not reports.close(id, EDITOR, "En gång till", NOW)
    assert [(row["action"], row["person"], row["reason"]) for row in audit.latest(5)] == [
        ("answer.close", EDITOR.subject, "Rättat"),
        ("answer.report", READER.subject, "Beloppet"),
    ]


def test_nothing_is_done_without_words(reports: Reports) -> None:
    with pytest.raises(ValueError, match="reason"):
        reports.add(ANSWER, "wrong", " ", READER, NOW)
    assert reports.waiting() == []

    id = reports.add(ANSWER, "wrong", "Beloppet", READER, NOW)
    with pytest.raises(ValueError, match="reason"):
        reports.close(id, EDITOR, "", NOW)
    assert [report.id for report in reports.waiting()] == [id]
