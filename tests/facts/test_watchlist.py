from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.catalog import DATA
from bot.content import ContentError, ContentFile, Fault
from bot.facts.ledger import Ledger, load_ledger
from bot.facts.page import Page, read_page
from bot.facts.reading import read_facts
from bot.facts.standing import Reading, Verdict
from bot.facts.watchlist import Recogniser, Watch, load_watchlist
from bot.facts.wiring import open_ledger
from tests.facts.standin import FILES, GRANT, MV, OLD_GRANT, as_html, page_text

FACTS = """\
amount: {type: money, value: 350000, source: agency, checked: 2026-01-01, max_age: 7, confidence: H, owner: Agency}
form: {type: url, source: agency, max_age: 7, confidence: L, owner: Agency}
rule: {type: statement, value: En regel., source: agency, checked: 2026-01-01, max_age: 7, confidence: H, owner: Agency}
page:
  {type: url, value: "https://agency.example/en", source: agency, owner: A,
   checked: 2026-01-01, max_age: 7, confidence: M}
amount_before: {type: money, value: 10000, source: agency, checked: 2025-01-01, confidence: H, owner: Agency}
year_before: {type: date, value: 2025-01-01, source: agency, checked: 2025-01-01, confidence: H, owner: Agency}
elsewhere: {type: money, value: 5, source: other, checked: 2026-01-01, max_age: 7, confidence: H, owner: Other}
"""
SOURCES = """\
agency:
  title: The grant
  owner: Agency
  url: https://www.agency.example/en
  language: en
  watch:
    every: 6
    hosts: [www.agency.example, agency.example]
    addresses: ["https://www.agency.example/en", "https://agency.example/en"]
    languages: [en, sv]
    expects: [The Grant, Bidraget]
    finds:
      amount: {text: ["{} per adult", "adult … {}"], between: [100000, 900000], old: amount_before}
      form: {links: [apply for, e-service]}
      rule: {says: ["Only  ONCE", the same person]}
      page: {address: true}
other:
  title: Other
  owner: Other
  url: https://other.example/
  language: sv
  watch: {every: 24, hosts: [other.example], expects: [other]}
unwatched:
  title: Unwatched
  owner: Other
  url: https://unwatched.example/
  language: sv
"""
AMOUNT = SOURCES[SOURCES.index("{text: [") : SOURCES.index("\n      form:")]
HOSTS = frozenset({"agency.example"})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facts.yml").write_text(FACTS, encoding="utf-8")
    (tmp_path / "sources.yml").write_text(SOURCES, encoding="utf-8")
    return tmp_path


def load(folder: Path, *edits: tuple[str, str]) -> dict[str, Watch]:
    text = SOURCES
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (folder / "sources.yml").write_text(text, encoding="utf-8")
    sources = ContentFile(folder / "sources.yml")
    return load_watchlist(sources, load_ledger(ContentFile(folder / "facts.yml"), sources))


def faults(folder: Path, *edits: tuple[str, str]) -> list[Fault]:
    with pytest.raises(ContentError) as error:
        load(folder, *edits)
    return error.value.faults


def line(of: str) -> int:
    """Return the line of SOURCES that has these words."""
    return SOURCES[: SOURCES.index(of)].count("\n") + 1


def shown(markup: str) -> Page:
    return read_page(markup.encode(), None, "https://agency.example/en/")


def test_only_watched_sources_are_on_the_list(folder: Path) -> None:
    assert list(load(folder)) == ["agency", "other"]


def test_a_watch_knows_what_the_file_says(folder: Path) -> None:
    watch = load(folder)["agency"]

    assert watch.source.id == "agency"
    assert watch.addresses == ("https://www.agency.example/en", "https://agency.example/en")
    assert watch.hosts == {"www.agency.example", "agency.example"}
    assert watch.every == timedelta(hours=6)
    assert watch.languages == {"en", "sv"}
    assert watch.expects == ("the grant", "bidraget")
    assert watch.site == "agency.example"


def test_a_watch_that_says_little_takes_the_rest_from_its_source(folder: Path) -> None:
    watch = load(folder)["other"]

    assert watch.addresses == ("https://other.example/",)
    assert watch.languages == {"sv"}
    assert watch.recognisers == {}
    assert watch.site == "other.example"


def test_a_recogniser_knows_its_fact_its_bounds_and_the_value_before(folder: Path) -> None:
    recogniser = load(folder)["agency"].recognisers["amount"]

    assert recogniser.fact.id == "amount"
    assert recogniser.between == (100_000, 900_000)
    assert recogniser.old == 10_000


# What is written for the recogniser of `amount`, each with one fault.
MISTAKEN = [
    "{text: ['per adult']}",
    "{text: ['{} or {}']}",
    "{text: ['{} per adult'], address: true}",
    "{text: ['{} per adult'], says: [once]}",
    "{links: [apply], says: [once]}",
    "{between: [1, 2]}",
    "{}",
    "{text: ['{} per adult'], between: [2, 1]}",
    "{text: ['{} per adult'], between: [1]}",
    "{text: ['{} per adult'], between: [1, 2, 3]}",
    "{text: ['{} per adult'], between: [one, two]}",
    "{text: ['{} per adult'], between: [1, 2.5]}",
    "{text: ['{} per adult'], old: nothing}",
    "{text: ['{} per adult'], old: year_before}",
]


@pytest.mark.parametrize("entry", MISTAKEN)
def test_a_mistaken_recogniser_is_a_fault_on_its_line(folder: Path, entry: str) -> None:
    (fault,) = faults(folder, (AMOUNT, entry))

    assert (fault.file, fault.line) == ("sources.yml", line("amount: {text"))
    assert "amount" in fault.message


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("nothing", "{address: true}"),
        ("elsewhere", "{text: ['{} kr']}"),
        ("amount_before", "{text: ['{} kr']}"),
        ("form", "{address: true}"),
        ("form", "{says: [a form]}"),
        ("form", "{text: ['form {}']}"),
        ("page", "{text: ['page {}']}"),
    ],
    ids=[
        "not in the ledger",
        "of another source",
        "cannot grow old",
        "no value for the address",
        "no value for phrases",
        "a kind without patterns",
        "a kind without patterns, with a value",
    ],
)
def test_a_fact_that_cannot_be_watched_is_a_fault_on_its_line(folder: Path, name: str, entry: str) -> None:
    edits = [("form: {links: [apply for, e-service]}", f"{name}: {entry}")]
    if name == "page":
        edits.append(("      page: {address: true}\n", ""))

    (fault,) = faults(folder, *edits)

    assert (fault.file, fault.line) == ("sources.yml", line("form: {links"))
    assert name in fault.message


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ('https://agency.example/en"]', 'http://agency.example/en"]', "  watch:\n"),
        ('https://agency.example/en"]', 'https://evil.example/en"]', "  watch:\n"),
        ('https://agency.example/en"]', 'https://agency.example@evil.example/"]', "  watch:\n"),
        ('https://agency.example/en"]', 'https://agency.example.evil.example/"]', "  watch:\n"),
        ("hosts: [other.example]", "hosts: []", "  watch: {"),
        ("hosts: [other.example]", "hosts: [www.other.example]", "  watch: {"),
        ("every: 6", "every: often", "every: 6"),
        ("every: 6", "every: '6'", "every: 6"),
        ("every: 6", "every: 6.5", "every: 6"),
        ("    every: 6\n", "", "  watch:\n"),
        ("    hosts: [www.agency.example, agency.example]\n", "", "  watch:\n"),
        ("    expects: [The Grant, Bidraget]\n", "", "  watch:\n"),
        ("expects: [The Grant, Bidraget]", "expects: the grant", "expects: [The"),
        ("languages: [en, sv]", "languages: [en, no, 1]", "languages: [en"),
        ("languages: [en, sv]", "tongues: [en, sv]", "languages: [en"),
        ("form: {links: [apply for, e-service]}", "form: {link: [apply for]}", "form: {links"),
        ("form: {links: [apply for, e-service]}", "form: {links: apply for}", "form: {links"),
        ("form: {links: [apply for, e-service]}", "form: [apply for]", "form: {links"),
        ("page: {address: true}", "page: {address: 'yes'}", "page: {address"),
        ("watch: {every: 24, hosts: [other.example], expects: [other]}", "watch: true", "  watch: {"),
    ],
)
def test_a_mistaken_watch_is_a_fault_on_its_line(folder: Path, old: str, new: str, at: str) -> None:
    assert {(fault.file, fault.line) for fault in faults(folder, (old, new))} == {("sources.yml", line(at))}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("every: 6", "every: 0"),
        ("every: 6", "every: -6"),
        ('addresses: ["https://www.agency.example/en", "https://agency.example/en"]', "addresses: []"),
        ("expects: [The Grant, Bidraget]", "expects: []"),
        ("languages: [en, sv]", "languages: []"),
        (AMOUNT, "{text: []}"),
        ("{links: [apply for, e-service]}", "{links: []}"),
        ('{says: ["Only  ONCE", the same person]}', "{says: []}"),
        ("{address: true}", "{address: false}"),
    ],
)
def test_what_can_never_work_is_a_fault(folder: Path, old: str, new: str) -> None:
    assert faults(folder, (old, new))


def test_every_fault_is_told_at_once(folder: Path) -> None:
    found = faults(
        folder,
        (AMOUNT, "{}"),
        ("{address: true}", "{text: ['{}']}"),
        ("hosts: [other.example]", "hosts: [else.example]"),
        ('https://agency.example/en"]', 'http://agency.example/en"]'),
    )

    assert [fault.line for fault in found] == [
        line("  watch:\n"),
        line("amount: {text"),
        line("page: {address"),
        line("  watch: {"),
    ]


def recogniser(folder: Path, name: str) -> Recogniser:
    return load(folder)["agency"].recognisers[name]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("350,000 SEK per adult", (350_000,)),
        ("350,000 SEK per adult. Again: 350 000 kr per adult.", (350_000,)),
        ("400,000 SEK per adult, an adult gets 350,000 SEK, 400,000 SEK per adult", (400_000, 350_000)),
        ("100,000 SEK per adult, 900,000 SEK per adult", (100_000, 900_000)),
        ("99,999 SEK per adult, 900,001 SEK per adult", ()),
        ("10,000 SEK per adult", (10_000,)),
        ("10,001 SEK per adult", ()),
        ("", ()),
    ],
)
def test_plausible_values_are_found_once_and_the_value_before_too(
    folder: Path, text: str, values: tuple[int, ...]
) -> None:
    assert recogniser(folder, "amount").find(shown(f"<p>{text}</p>"), HOSTS) == values


@pytest.mark.parametrize(
    ("link", "addresses"),
    [
        ("<a href='/x'>Apply for the grant</a>", ("https://agency.example/x",)),
        ("<a href='/x'>APPLY\n<b>FOR</b></a>", ("https://agency.example/x",)),
        ("<a href='/e-service/1'>here</a>", ("https://agency.example/e-service/1",)),
        ("<a href='/x'>Apply for it</a> <a href='/x'>Apply for her</a>", ("https://agency.example/x",)),
        ("<a href='/x'>here</a>", ()),
        ("<a href='/x?back=e-service'>here</a>", ()),
        ("<a href='https://evil.example/x'>Apply for the grant</a>", ()),
        ("<a href='https://agency.example.evil.example/x'>Apply for the grant</a>", ()),
        ("<a href='https://agency.example@evil.example/x'>Apply for the grant</a>", ()),
        ("<a href='//evil.example/e-service'>here</a>", ()),
        ("<a href='http://agency.example/x'>Apply for the grant</a>", ()),
        ("<a href='javascript:apply()'>Apply for the grant</a>", ()),
        ("<a href='mailto:a@agency.example'>Apply for the grant</a>", ()),
        ("<nav><a href='/x'>Apply for the grant</a></nav>", ()),
    ],
)
def test_only_a_safe_link_of_the_source_is_found(folder: Path, link: str, addresses: tuple[str, ...]) -> None:
    assert recogniser(folder, "form").find(shown(f"<p>words</p>{link}"), HOSTS) == addresses


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It is given <b>only once</b> to <i>the\nsame</i>&nbsp;person.", True),
        ("THE SAME PERSON gets it only once", True),
        ("It is given only once", False),
        ("It is given to the same person", False),
        ("", False),
    ],
)
def test_a_statement_holds_while_all_its_phrases_are_said(folder: Path, text: str, said: bool) -> None:
    assert recogniser(folder, "rule").find(shown(f"<p>{text}</p>"), HOSTS) == (("En regel.",) if said else ())


def test_an_address_holds_while_its_page_is_there(folder: Path) -> None:
    assert recogniser(folder, "page").find(shown("<p>whatever</p>"), HOSTS) == ("https://agency.example/en",)


AMOUNTS = ("grant_adult", "grant_child", "grant_couple", "grant_household")
RECOGNISED = {*AMOUNTS, "permit_cutoff", "adult_age", "mv_grant_page"}
MUNICIPAL = "mv_sv_kommuner_frivillig-atervandring_old"
SWEDISH = """\
Du har tillstånd i Sverige – Asyl. Återvandringsbidrag

Om du har bestämt dig för att flytta från Sverige kan du ansöka om ett ekonomiskt bidrag, återvandringsbidrag.

Vem kan få återvandringsbidrag?

Du kan ansöka om du är bosatt i Sverige och fick ditt uppehållstillstånd den 12 september 2024 eller tidigare
- som flykting eller alternativt skyddsbehövande
- som kvotflykting.

Så mycket kan du få

Hur mycket du kan få beror på om du ansöker som ensam vuxen, som par eller som barnfamilj. Från 1 januari 2026 är det
- 350\u00a0000 kronor per vuxen (personer över 18 år)
- 25\u00a0000 kronor per barn
- högst 500\u00a0000 kronor för makar eller sambor tillsammans
- högst 600\u00a0000 kronor för ett hushåll.

Du kan ansöka för dig själv, din make, maka eller sambo och för barn under 18 år.
"""
REDESIGNED = """\
<!doctype html><html lang="en"><head><title>Grant</title></head><body><header>SEK 10,000 per adult</header>
<div role="main"><h1>Repatriation grant</h1><section><h2>The amounts</h2>
<table><thead><tr><th>Amount</th><th>For whom</th></tr></thead><tbody>
{rows}
</tbody></table></section>
<section><h2>Who can apply?</h2><div><p>You got your <a href="/x">residence permit</a>
on <time>September 12, 2024</time>&nbsp;or earlier.</p></div></section></div><footer>SEK 5,000 per child</footer>
"""
ROWS = (
    "<tr><td>{} 25&#8239;000 <abbr>SEK</abbr></td><td>per child</td></tr>",
    "<tr><td>{} <strong>SEK&nbsp;350,000</strong></td><td>per adult (persons over 18 years)</td></tr>",
    "<tr><td>{} 500 000 SEK</td><td>spouses, that is married or cohabiting partners, together</td></tr>",
    "<tr><td>{} 600.000 kr</td><td>for the household as a whole</td></tr>",
)


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return open_ledger()


@pytest.fixture(scope="module")
def watchlist(ledger: Ledger) -> dict[str, Watch]:
    return load_watchlist(ContentFile(DATA / "sources.yml"), ledger)


def read(ledger: Ledger, watch: Watch, body: bytes) -> dict[str, Reading]:
    facts = [fact for fact in ledger.facts.values() if fact.source.id == watch.source.id]
    return read_facts(read_page(body, "utf-8", watch.addresses[0]), watch, facts, {})


def verdicts(readings: Mapping[str, Reading], verdict: Verdict) -> set[str]:
    return {id for id, reading in readings.items() if reading.verdict is verdict}


@pytest.fixture
def grant(ledger: Ledger, watchlist: dict[str, Watch]) -> Any:
    """Read what is given as if it were the agency's page about the grant."""
    return lambda body: read(ledger, watchlist["mv_grant"], body if isinstance(body, bytes) else as_html(body))


def test_every_recogniser_of_the_watchlist_belongs_to_a_fact_that_counts_as_watched(
    ledger: Ledger, watchlist: dict[str, Watch]
) -> None:
    recognised = {id for watch in watchlist.values() for id in watch.recognisers}

    assert recognised == {fact.id for fact in ledger.facts.values() if fact.watched}
    assert recognised >= RECOGNISED


def test_the_page_of_2026_agrees_on_every_amount_and_the_cutoff(grant: Any) -> None:
    readings = grant(page_text(FILES[GRANT]))

    assert verdicts(readings, Verdict.AGREES) == RECOGNISED
    assert {reading.verdict for reading in readings.values()} == {Verdict.AGREES, Verdict.SILENT}
    assert readings["permit_cutoff"].values == (date(2024, 9, 12),)


@pytest.mark.parametrize(
    "name",
    [
        OLD_GRANT,
        MUNICIPAL,
    ],
)
def test_a_page_of_the_rules_before_is_old_as_a_whole(grant: Any, name: str) -> None:
    assert {reading.verdict for reading in grant(page_text(name)).values()} == {Verdict.OLD}


@pytest.mark.parametrize("name", [OLD_GRANT, MUNICIPAL])
def test_a_page_of_the_rules_before_moves_no_amount(grant: Any, name: str) -> None:
    readings = grant(page_text(name))

    assert {readings[id].verdict for id in AMOUNTS} <= {Verdict.OLD, Verdict.SILENT}


@pytest.mark.parametrize(
    ("id", "old", "new", "value"),
    [
        ("grant_adult", "350,000", "400,000", 400_000),
        ("grant_child", "25,000", "30,000", 30_000),
        ("grant_couple", "500,000", "550,000", 550_000),
        ("grant_household", "600,000", "700,000", 700_000),
        ("permit_cutoff", "12 September 2024", "24 September 2024", date(2024, 9, 24)),
        ("adult_age", "18 years", "20 years", 20),
    ],
)
def test_a_page_with_another_value_differs_there_and_nowhere_else(
    grant: Any, id: str, old: str, new: str, value: Any
) -> None:
    readings = grant(page_text(FILES[GRANT]).replace(old, new))

    assert verdicts(readings, Verdict.DIFFERS) == {id}
    assert readings[id].values == (value,)
    assert verdicts(readings, Verdict.AGREES) == RECOGNISED - {id}


@pytest.mark.parametrize("more", ["400,000 SEK per adult", "A single adult can get at most SEK 400,000."])
def test_a_page_with_two_values_is_unclear(grant: Any, more: str) -> None:
    readings = grant(f"{page_text(FILES[GRANT])}\n- {more}")

    assert verdicts(readings, Verdict.UNCLEAR) == {"grant_adult"}
    assert readings["grant_adult"].values == (350_000, 400_000)


def test_a_page_that_recalls_the_amounts_before_agrees(grant: Any) -> None:
    readings = grant(f"{page_text(FILES[GRANT])}\nUntil 2025 it was SEK 10,000 per adult and SEK 5,000 per child.")

    assert verdicts(readings, Verdict.AGREES) == RECOGNISED
    assert readings["grant_adult"].values == (350_000,)


def test_a_new_amount_next_to_an_old_one_is_not_hidden_by_it(grant: Any) -> None:
    readings = grant("You can get 400,000 SEK per adult and 5,000 SEK per child.")

    assert verdicts(readings, Verdict.DIFFERS) == {"grant_adult"}
    assert verdicts(readings, Verdict.OLD) == {"grant_child"}


def test_amounts_around_the_page_are_not_read(grant: Any) -> None:
    assert b"10,000 SEK per adult" in as_html("")
    assert not verdicts(grant("Repatriation grant"), Verdict.OLD)


def test_a_swedish_page_agrees(grant: Any) -> None:
    readings = grant(as_html(SWEDISH, "sv"))

    assert verdicts(readings, Verdict.AGREES) == RECOGNISED
    assert {reading.verdict for reading in readings.values()} == {Verdict.AGREES, Verdict.SILENT}


@pytest.mark.parametrize(("old", "new", "id"), [("350", "400", "grant_adult"), ("600", "650", "grant_household")])
def test_a_swedish_page_with_another_amount_differs(grant: Any, old: str, new: str, id: str) -> None:
    assert verdicts(grant(SWEDISH.replace(f"{old}\u00a0000", f"{new} 000")), Verdict.DIFFERS) == {id}


@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]], ids=["the household last", "the household first"])
@pytest.mark.parametrize("lead", ["At most", ""])
def test_a_page_that_is_built_anew_agrees(grant: Any, lead: str, rows: tuple[str, ...]) -> None:
    readings = grant(REDESIGNED.format(rows="\n".join(rows).format(*[lead] * len(rows))).encode())

    assert verdicts(readings, Verdict.AGREES) == RECOGNISED
    assert {reading.verdict for reading in readings.values()} == {Verdict.AGREES, Verdict.SILENT}


def test_a_page_that_names_each_case_before_its_amount_is_not_misread(grant: Any) -> None:
    cases = (
        "Single adult 350,000 SEK",
        "Child 25,000 SEK",
        "Married or cohabiting 500,000 SEK",
        "Household 600,000 SEK",
    )

    assert not verdicts(grant("\n".join(cases)), Verdict.UNCLEAR) | verdicts(grant("\n".join(cases)), Verdict.DIFFERS)


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("<a href='/e-tjanst'>Apply for the repatriation grant</a>", (f"https://{MV}/e-tjanst",)),
        ("<a href='https://elsewhere.example/'>Apply for the repatriation grant</a>", ()),
    ],
)
def test_the_link_to_the_form_is_found_on_the_agencys_own_site_only(
    grant: Any, link: str, found: tuple[str, ...]
) -> None:
    reading = grant(as_html(page_text(FILES[GRANT])).replace(b"</main>", f"{link}</main>".encode()))["mv_form_link"]

    assert reading.values == found
    assert reading.verdict is (Verdict.DIFFERS if found else Verdict.SILENT)


@pytest.mark.parametrize(
    ("name", "source", "agreeing"),
    [
        ("mv_en_news_2025-10-31", "mv_news_2025_10_31", set()),
        ("mv_en_news_2026-01-01", "mv_news_2026_01_01", {"amounts_are_maximums"}),
        ("mv_en_answers_2026-01-19", "mv_answers_2026_01_19", {"grant_voluntary"}),
        ("mv_en_book-appointment_2025", "mv_book", {"mv_book_page", "mv_booking"}),
        ("mv_sv_ring-oss_2021", "mv_contact", {"mv_phone", "mv_phone_abroad", "mv_phone_hours"}),
        (
            "mv_en_reestablishment-support_2025",
            "mv_reestablishment",
            {"mv_reestablishment_page", "reestablishment_rules", "reestablishment_countries", "reintegration_support"},
        ),
        (
            "mv_en_keep-permanent-permit_187011",
            "mv_keep_permit",
            {
                *("mv_keep_permit_page", "away_permanent", "away_notified"),
                *("away_notify_before", "report_move_from", "mv_post"),
            },
        ),
        ("mv_en_leaving-sweden_new-structure", "mv_leaving", {"mv_leaving_page"}),
        ("mv_en_you-want-to-move-from-sweden", "mv_want_to_move", {"permit_not_valid_in_eu"}),
    ],
)
def test_every_stored_page_agrees_with_the_facts_that_are_watched_on_it(
    ledger: Ledger, watchlist: dict[str, Watch], name: str, source: str, agreeing: set[str]
) -> None:
    watch = watchlist[source]
    readings = read(ledger, watch, as_html(page_text(name)))

    assert set(watch.recognisers) == agreeing
    assert verdicts(readings, Verdict.AGREES) == agreeing
    assert {reading.verdict for reading in readings.values()} <= {Verdict.AGREES, Verdict.SILENT}


@pytest.mark.parametrize(("source", "file"), [("mv_grant", FILES[GRANT]), ("mv_contact", "mv_sv_ring-oss_2021")])
def test_a_stored_page_passes_for_the_page_that_is_expected(
    watchlist: dict[str, Watch], source: str, file: str
) -> None:
    watch = watchlist[source]
    page = read_page(as_html(page_text(file)), "utf-8", watch.addresses[0])

    assert page.language in watch.languages
    assert any(word in page.text.casefold() for word in watch.expects)


@pytest.mark.parametrize(
    ("old", "new", "id", "values"),
    [
        ("0771-235 235", "0771-999 999", "mv_phone", ("0771-999 999",)),
        ("09.00–15.00", "10.00–14.00", "mv_phone_hours", None),
    ],
)
def test_a_changed_contact_page_differs(
    ledger: Ledger, watchlist: dict[str, Watch], old: str, new: str, id: str, values: Any
) -> None:
    text = page_text("mv_sv_ring-oss_2021").replace(old, new)
    readings = read(ledger, watchlist["mv_contact"], as_html(text))

    assert verdicts(readings, Verdict.DIFFERS) == {id}
    assert values in (None, readings[id].values)
