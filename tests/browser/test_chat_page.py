"""The chat page with JavaScript: what it keeps, how a conversation goes on, and what happens when something fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from bot.catalog import Catalog
from tests.browser.light import Light
from tests.chromium import ask

QUESTION = "Betalar kommunen återvandringsbidrag?"
MESSAGES = "**/api/v1/messages"
NEAREST = ("grant_amount", "payment", "processing_time", "repayment", "city_grant")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE")
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, light: Light) -> Page:
    opened = context.new_page()
    opened.goto(light.url)
    return opened


def press(page: Page, locator: str) -> None:
    """Press a button after opening whatever it is folded into."""
    button = page.locator(locator).last
    button.evaluate("e => { const fold = e.closest('details'); if (fold) fold.open = true; }")
    button.click()


def follow(page: Page, link: str) -> None:
    """Click on what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        page.locator(link).click()


def stored(page: Page) -> list[str]:
    """Return the name of everything that the browser keeps."""
    names: list[str] = page.evaluate(
        """async () => [
          ...Object.keys(localStorage).map((key) => `localStorage ${key}`),
          ...Object.keys(sessionStorage).map((key) => `sessionStorage ${key}`),
          ...await caches.keys(),
          ...(await indexedDB.databases()).map((one) => one.name),
        ]"""
    )
    return names


def requests_to(page: Page, path: str) -> list[Request]:
    """Return a list that fills with the requests to `path`."""
    made: list[Request] = []
    page.on("request", lambda request: made.append(request) if path in request.url else None)
    return made


def hold(page: Page, url: str) -> list[Route]:
    """Keep requests from leaving. They are in the list, to be let go."""
    held: list[Route] = []
    page.route(url, lambda route: held.append(route))
    return held


def until(page: Page, true: Callable[[], bool], milliseconds: int = 0) -> None:
    """Wait until something is so; a stopped clock goes on by so many milliseconds at a time."""
    for _ in range(500):
        if true():
            return
        page.clock.run_for(milliseconds) if milliseconds else page.evaluate("new Promise(requestAnimationFrame)")
    raise AssertionError("it did not happen")


def stop_clock(page: Page) -> None:
    """Let time stand still, and note in `window.times` when each request is made."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    page.evaluate(
        """() => { const real = fetch; window.times = [];
          window.fetch = (...all) => { times.push(Date.now()); return real(...all); }; }"""
    )


def pauses(page: Page) -> list[int]:
    """Return the milliseconds between requests."""
    times: list[int] = page.evaluate("times")
    return [later - earlier for earlier, later in pairwise(times)]


def senders(light: Light) -> int:
    """Return how many conversations Rasa has heard from."""
    return len({message["sender"] for message in light.rasa.received})


def test_nothing_is_kept_before_the_first_message_nor_after_erasing(page: Page) -> None:
    page.locator("#text").fill(QUESTION)
    assert stored(page) == []
    ask(page, QUESTION)
    assert stored(page) == ["sessionStorage vagvisaren"]
    press(page, "[name=erase]")
    expect(page.locator(".answer")).to_have_count(0)
    assert stored(page) == []


def test_no_other_site_is_asked_and_no_cookie_set(page: Page, context: BrowserContext, light: Light) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    ask(page, QUESTION)
    press(page, "[name=feedback]")
    page.locator("#sought").fill("pengar")
    page.locator("#found button").first.click()
    expect(page.locator(".answer")).to_have_count(2)
    follow(page, ".answer >> nth=0 >> .tools > a")
    follow(page, ".languages a[hreflang=en]")
    assert [url for url in asked if not url.startswith(f"{light.url}/")] == []
    assert len(asked) > 10
    assert context.cookies() == []


def test_erasing_is_confirmed_first_and_empties_the_log_and_the_server(page: Page, light: Light) -> None:
    ask(page, QUESTION)
    button = page.locator("[name=erase]")
    expect(button).to_be_hidden()
    page.locator(".erase summary").click()
    expect(page.locator(".answer")).to_have_count(1)
    with page.expect_response(lambda response: response.request.method == "DELETE") as erased:
        button.click()
    expect(page.locator("#log > li")).to_have_text([light.ui("erased")])
    expect(page.locator("#text")).to_be_focused()
    expect(button).to_be_hidden()
    token = erased.value.url.rpartition("/")[2]
    answer = page.request.post(f"{light.url}/api/v1/messages", data={"text": "hej", "conversation": token})
    assert answer.json()["conversation"] != token
    ask(page, QUESTION)
    assert senders(light) == 3


def test_what_cannot_be_erased_at_the_service_yet_is_said_and_can_be_tried_again(
    page: Page, context: BrowserContext, light: Light
) -> None:
    ask(page, QUESTION)
    context.set_offline(True)
    press(page, "[name=erase]")
    expect(page.locator("#error")).to_be_visible()
    expect(page.locator("#log > li")).to_have_count(0)
    assert stored(page) == []
    context.set_offline(False)
    with page.expect_response(lambda response: response.request.method == "DELETE" and response.status == 204):
        page.locator("#error button").click()
    expect(page.locator("#log > li")).to_have_text([light.ui("erased")])


def test_an_answer_that_comes_after_erasing_is_not_shown_and_not_kept(page: Page) -> None:
    held = hold(page, MESSAGES)
    page.locator("#text").fill(QUESTION)
    page.locator("#text").press("Enter")
    until(page, lambda: len(held) == 1)
    press(page, "[name=erase]")
    expect(page.locator("#log .aside")).to_have_count(1)
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        held[0].continue_()
    expect(page.locator("#status")).to_be_empty()
    expect(page.locator(".answer")).to_have_count(0)
    assert stored(page) == []


def test_reloading_shows_the_conversation_again_and_it_goes_on(page: Page, light: Light) -> None:
    ask(page, QUESTION)
    ask(page, "varför?")
    before = page.locator("#log").inner_html()
    page.reload()
    expect(page.locator(".answer")).to_have_count(2)
    assert page.locator("#log").inner_html() == before
    press(page, ".answer > .choices button")
    expect(page.locator(".answer")).to_have_count(3)
    assert senders(light) == 1


@pytest.mark.parametrize(("seconds", "shown"), [(3590, 1), (3600, 0)])
def test_a_conversation_is_shown_again_only_within_its_life(page: Page, seconds: int, shown: int) -> None:
    ask(page, QUESTION)
    page.evaluate(
        """(seconds) => { const kept = JSON.parse(sessionStorage.vagvisaren);
          sessionStorage.vagvisaren = JSON.stringify({...kept, used: kept.used - seconds * 1000}); }""",
        seconds,
    )
    page.reload()
    expect(page.locator(".answer")).to_have_count(shown)
    assert len(stored(page)) == shown


def test_two_tabs_have_two_conversations(page: Page, context: BrowserContext, light: Light) -> None:
    other = context.new_page()
    other.goto(light.url)
    for tab in (page, other, page):
        ask(tab, QUESTION)
    other.reload()
    expect(other.locator(".answer")).to_have_count(1)
    expect(page.locator(".answer")).to_have_count(2)
    assert senders(light) == 2


def test_easy_words_stay_on_until_they_are_switched_off(page: Page, light: Light) -> None:
    def line(language: str, easy: bool) -> str:
        return light.renderer.answer("city_grant", light.catalog.language(language), easy=easy).text.splitlines()[0]

    answer = page.locator(".answer").last
    ask(page, QUESTION)
    expect(answer).to_contain_text(line("sv", easy=False))
    follow(page, ".easy")
    ask(page, QUESTION)
    expect(answer).to_contain_text(line("sv", easy=True))
    page.reload()
    ask(page, QUESTION)
    expect(answer).to_contain_text(line("sv", easy=True))
    follow(page, ".languages a[hreflang=en]")
    ask(page, QUESTION)
    expect(answer).to_contain_text(line("en", easy=True))
    follow(page, ".easy")
    ask(page, QUESTION)
    expect(answer).to_contain_text(line("en", easy=False))
    assert line("sv", easy=True) != line("sv", easy=False)
    assert line("en", easy=True) != line("en", easy=False)


def test_another_language_is_answered_in_and_the_conversation_goes_on(page: Page, light: Light) -> None:
    ask(page, QUESTION)
    follow(page, ".languages a[hreflang=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ask(page, QUESTION)
    assert [answer.get_attribute("lang") for answer in page.locator(".answer").all()] == ["sv", "en"]
    assert senders(light) == 1


def test_whoever_chose_one_language_and_writes_another_switches_to_it_and_stays(page: Page, light: Light) -> None:
    page.goto(f"{light.url}/?sprak=sv")
    ask(page, "Does the municipality pay for the return?")
    offered = page.locator("[name=button]", has=page.locator("[lang=en]"))
    expect(offered).to_contain_text(light.title("change_language", "en"))
    expect(offered).to_contain_text(light.title("change_language", "sv"))
    offered.click()
    expect(page.locator(".answer")).to_have_count(2)
    ask(page, "?!")
    assert [answer.get_attribute("lang") for answer in page.locator(".answer").all()] == ["sv", "en", "en"]


@pytest.mark.parametrize(("pressed", "helpful", "reason"), [("yes", True, None), ("out_of_date", False, "out_of_date")])
def test_feedback_is_sent_without_words_and_thanked_for(
    page: Page, light: Light, pressed: str, helpful: bool, reason: str | None
) -> None:
    sent = requests_to(page, "/api/v1/feedback")
    ask(page, QUESTION)
    page.locator(".feedback summary").click()
    page.locator(f".feedback button[value$=':{pressed}']").dblclick()
    expect(page.get_by_text(light.ui("feedback_thanks"))).to_be_focused()
    expect(page.locator(".feedback")).to_have_count(0)
    assert [request.post_data_json for request in sent] == [
        {"topic": "city_grant", "language": "sv", "helpful": helpful, "reason": reason}
    ]
    response = sent[0].response()
    assert response
    assert response.status == 204


def test_feedback_that_did_not_arrive_is_said_and_can_be_given_again(page: Page, context: BrowserContext) -> None:
    ask(page, QUESTION)
    context.set_offline(True)
    press(page, "[name=feedback]")
    expect(page.locator("#error")).to_be_visible()
    context.set_offline(False)
    press(page, "[name=feedback]")
    expect(page.locator(".feedback")).to_have_count(0)


def test_an_answer_is_copied_with_its_note_and_address(page: Page, context: BrowserContext, light: Light) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    note = page.locator(".answer .sources summary span").inner_text()
    page.locator("[name=copy]").click()
    expect(page.locator("#status")).to_have_text(light.ui("copied"))
    title, first, *_, last_but_one, address = page.evaluate("navigator.clipboard.readText()").splitlines()
    said = light.renderer.answer("city_grant", light.catalog.language("sv")).text.splitlines()
    assert (title, first, last_but_one) == (light.title("city_grant"), said[0], note)
    page.goto(address)
    expect(page.locator("h1")).to_have_text(title)


def test_an_answer_leads_to_its_page_and_back_to_the_conversation(page: Page, light: Light) -> None:
    ask(page, QUESTION)
    follow(page, ".tools > a")
    expect(page.locator("h1")).to_have_text(light.title("city_grant"))
    page.go_back()
    expect(page.locator(".answer")).to_have_count(1)


def test_searching_begins_with_the_third_letter_and_waits_for_the_last(page: Page) -> None:
    stop_clock(page)
    searches = requests_to(page, "/api/v1/search")
    sought = page.locator("#sought")
    sought.press_sequentially("öv")
    page.clock.run_for(1000)
    sought.press_sequentially("er")
    page.clock.run_for(150)
    sought.press_sequentially("klaga")
    page.clock.run_for(199)
    assert searches == []
    with page.expect_request("**/api/v1/search?*") as search:
        page.clock.run_for(1)
    assert "q=%C3%B6verklaga" in search.value.url
    expect(page.locator("#found button").first).to_be_visible()
    sought.fill("öv")
    expect(page.locator("#found")).to_be_empty()
    assert len(searches) == 1


@pytest.mark.parametrize("topic", ["grant_amount", "crisis"])
def test_what_is_found_is_answered_whether_it_is_in_the_menu_or_not(page: Page, light: Light, topic: str) -> None:
    page.locator("#sought").fill(light.title(topic))
    page.locator("#found").get_by_role("button", name=light.title(topic), exact=True).click()
    expect(page.locator(".answer h3")).to_have_text(light.title(topic))


def test_a_search_that_finds_nothing_says_so(page: Page, light: Light) -> None:
    page.locator("#sought").fill("xyzzyq")
    expect(page.locator("#found")).to_have_text(light.ui("search_none"))


def test_a_search_that_fails_says_so(page: Page, light: Light) -> None:
    light.stop()
    page.locator("#sought").fill("pengar")
    expect(page.locator("#found")).to_have_text(light.ui("error_network"))


def test_an_answer_to_an_earlier_search_is_not_shown(page: Page, light: Light) -> None:
    held = hold(page, "**/api/v1/search?*")
    for count, words in enumerate(("överklaga", "xyzzyq"), 1):
        page.locator("#sought").fill(words)
        until(page, lambda count=count: len(held) == count)  # type: ignore[misc]
    held[1].continue_()
    expect(page.locator("#found")).to_have_text(light.ui("search_none"))
    with page.expect_response("**/api/v1/search?*"):
        held[0].continue_()
    expect(page.locator("#found")).to_have_text(light.ui("search_none"))


def test_enter_in_the_search_field_searches_at_once_and_asks_nothing(page: Page, light: Light) -> None:
    stop_clock(page)
    page.locator("#text").fill(QUESTION)
    page.locator("#sought").fill("id")
    page.locator("#sought").press("Enter")
    expect(page.locator("#found > *")).to_have_count(1)
    expect(page.locator("#text")).to_have_value(QUESTION)
    assert light.rasa.received == []


def test_enter_sends_and_shift_with_enter_makes_a_line(page: Page, light: Light) -> None:
    box = page.locator("#text")
    box.press_sequentially("Betalar kommunen")
    box.press("Shift+Enter")
    box.press_sequentially("bidraget?")
    expect(box).to_have_value("Betalar kommunen\nbidraget?")
    assert light.rasa.received == []
    box.press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    expect(box).to_have_value("")
    expect(box).to_be_focused()


def test_what_is_left_is_counted_from_four_fifths_of_the_longest_question(page: Page, light: Light) -> None:
    counter = page.locator("#counter")
    page.locator("#text").fill("a" * 799)
    expect(counter).to_be_empty()
    page.locator("#text").press("a")
    expect(counter).to_have_text(light.ui("characters", count="200"))


def test_a_long_paste_is_kept_whole_and_explained_before_it_is_sent(
    page: Page, context: BrowserContext, light: Light
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    sent = requests_to(page, "/api/v1/messages")
    box = page.locator("#text")
    page.evaluate("navigator.clipboard.writeText('bidrag '.repeat(1429).slice(0, 10000))")
    box.press("ControlOrMeta+V")
    page.locator("button.primary").click()
    expect(page.locator("#error")).to_have_text(light.ui("error_too_long", limit="1000"))
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    assert len(box.input_value()) == 10_000
    assert sent == []
    box.fill("a" * 1000)
    box.press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator("#error")).to_be_hidden()
    assert box.get_attribute("aria-invalid") is None


def test_personal_numbers_are_warned_of_and_leave_the_browser_nowhere(page: Page, light: Light) -> None:
    numbers = ["811218-9876", "19811218-9876", "198112189876", "811218+9876", "811278-9873", "070-123 45 67"]
    page.locator("#text").fill(f"Jag är {', '.join(numbers)}. Får jag bidrag?")
    expect(page.locator("#counter")).to_have_text(light.ui("personal_hint"))
    with page.expect_request(MESSAGES) as request:
        page.locator("#text").press("Enter")
    expect(page.locator("#log .aside")).to_have_text(light.ui("masked"))
    expect(page.locator("#counter")).to_be_empty()
    sent, shown, kept = (
        request.value.post_data or "",
        page.locator("#log").inner_text(),
        page.evaluate("sessionStorage.vagvisaren"),
    )
    assert [number for number in numbers if number in sent or number in shown or number in kept] == []
    assert "Får jag bidrag?" in light.rasa.messages[0]


def test_numbers_that_are_nobodys_are_sent_as_they_are(page: Page) -> None:
    text = "Vad är 0771235235, 0771-235 235, 350 000, 2026-01-31, 200000 1200 och 1234567890?"
    page.locator("#text").fill(text)
    expect(page.locator("#counter")).to_be_empty()
    with page.expect_request(MESSAGES) as request:
        page.locator("#text").press("Enter")
    assert request.value.post_data_json["text"] == text


def test_one_question_is_sent_at_a_time_and_what_is_written_meanwhile_stays(page: Page, light: Light) -> None:
    sent = requests_to(page, "/api/v1/messages")
    held = hold(page, MESSAGES)
    page.locator("#text").fill(QUESTION)
    page.locator("#text").press("Enter")
    page.locator("#text").press("Enter")
    page.locator("button.primary").dblclick()
    page.locator("#text").fill("Och sedan?")
    page.locator("#text").press("Enter")
    expect(page.locator("#status")).to_have_text(light.ui("sending"))
    until(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator(".said bdi")).to_have_text([QUESTION])
    expect(page.locator("#text")).to_have_value("Och sedan?")
    assert len(sent) == 1
    assert light.rasa.messages == [QUESTION]


@pytest.mark.parametrize("width", [320, 1280])
def test_while_it_waits_the_page_says_so_and_nothing_moves(page: Page, light: Light, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    held = hold(page, MESSAGES)
    box = page.locator("#text")
    box.fill(QUESTION)
    still = box.bounding_box()
    box.press("Enter")
    expect(page.locator("#status")).to_have_text(light.ui("sending"))
    expect(box).to_be_focused()
    assert box.bounding_box() == still
    until(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator("#status")).to_be_empty()
    expect(box).to_be_focused()


def test_without_a_network_it_is_said_at_once_and_the_question_can_be_sent_later(
    page: Page, context: BrowserContext, light: Light
) -> None:
    sent = requests_to(page, "/api/v1/messages")
    page.locator("#text").fill(QUESTION)
    context.set_offline(True)
    expect(page.locator("#status")).to_have_text(light.ui("error_offline"))
    page.locator("#text").press("Enter")
    retry = page.locator("#error button")
    expect(retry).to_have_text(light.ui("try_again"))
    expect(page.locator("#text")).to_have_value(QUESTION)
    expect(page.locator("#text")).to_be_focused()
    # The network is at fault, not the text.
    assert page.locator("#text").get_attribute("aria-invalid") is None
    assert sent == []
    context.set_offline(False)
    expect(page.locator("#status")).to_be_empty()
    page.locator("#text").press("End")
    page.locator("#text").press_sequentially(" Och när?")
    retry.click()
    expect(page.locator(".said bdi")).to_have_text([f"{QUESTION} Och när?"])
    expect(page.locator("#error")).to_be_hidden()
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()


def test_a_server_that_is_killed_is_asked_again_later_and_then_only_when_wanted(page: Page, light: Light) -> None:
    ask(page, QUESTION)
    stop_clock(page)
    light.stop()
    page.locator("#text").fill("varför?")
    page.locator("#text").press("Enter")
    retry = page.locator("#error button")
    until(page, retry.is_visible, 100)
    page.clock.run_for(60_000)
    first, second = pauses(page)
    assert first >= 1000
    assert second >= 3000
    expect(page.locator("#error")).to_contain_text(light.ui("error_network"))
    expect(page.locator("#text")).to_have_value("varför?")
    expect(page.locator(".answer")).to_have_count(1)
    light.start()
    retry.press("Enter")
    expect(page.locator(".answer")).to_have_count(2)
    expect(page.locator("#log .aside")).to_have_text(light.ui("expired"))
    expect(page.locator("#text")).to_have_value("")
    ask(page, "hur?")
    assert light.rasa.messages == [QUESTION, "varför?", "hur?"]
    assert senders(light) == 2


def test_a_server_that_is_back_soon_is_not_noticed(page: Page, light: Light) -> None:
    stop_clock(page)
    light.stop()
    page.locator("#text").fill(QUESTION)
    with page.expect_event("requestfailed"):
        page.locator("#text").press("Enter")
    light.start()
    until(page, page.locator(".answer").is_visible, 100)
    expect(page.locator("#error")).to_be_hidden()
    assert light.rasa.messages == [QUESTION]


@pytest.mark.parametrize("faults", [(502, 503), (504,)])
def test_a_fault_that_passes_is_not_noticed(page: Page, light: Light, faults: tuple[int, ...]) -> None:
    stop_clock(page)
    left = iter(faults)
    page.route(MESSAGES, lambda route: route.fulfill(status=next(left)), times=len(faults))
    page.locator("#text").fill(QUESTION)
    page.locator("#text").press("Enter")
    until(page, page.locator(".answer").is_visible, 100)
    assert len(pauses(page)) == len(faults)
    expect(page.locator("#error")).to_be_hidden()


def test_a_question_that_is_refused_is_explained_and_not_sent_again(page: Page, light: Light) -> None:
    sent = requests_to(page, "/api/v1/messages")
    page.locator("#text").fill("\u200b")
    page.locator("#text").press("Enter")
    expect(page.locator("#error")).to_contain_text(light.ui("error_empty"))
    assert len(sent) == 1


def test_too_many_questions_are_explained_and_not_sent_again(context: BrowserContext, light_catalog: Catalog) -> None:
    limited = Light(light_catalog, limits="on", limit_client="1/minute")
    page = context.new_page()
    sent = requests_to(page, "/api/v1/messages")
    page.goto(limited.url)
    ask(page, QUESTION)
    page.locator("#text").fill("varför?")
    page.locator("#text").press("Enter")
    expect(page.locator("#error")).to_contain_text(limited.ui("error_rate_limited"))
    expect(page.locator("#text")).to_have_value("varför?")
    expect(page.locator(".said")).to_have_count(1)
    assert len(sent) == 2
    limited.stop()


@pytest.mark.parametrize(
    ("outcome", "topics", "offered"), [("clarify", (), NEAREST[3:]), ("answered", ("grant_amount",), NEAREST[1:4])]
)
def test_whoever_meant_something_else_is_offered_what_is_near(
    page: Page, light: Light, outcome: str, topics: tuple[str, ...], offered: tuple[str, ...]
) -> None:
    light.rasa.means(outcome, *topics, nearest=NEAREST)
    ask(page, "pengarna")
    page.locator(".answer").last.get_by_role("button", name=light.title("not_what_i_meant")).click()
    expect(page.locator(".answer")).to_have_count(2)
    buttons = page.locator(".answer").last.locator("[name=button]")
    expect(buttons).to_have_text([light.title(topic) for topic in offered])
    buttons.first.click()
    expect(page.locator(".answer h3").last).to_have_text(light.title(offered[0]))


def test_before_the_script_has_come_the_form_is_sent_and_then_the_script_goes_on(page: Page, light: Light) -> None:
    page.route("**/static/chat.js", lambda route: route.abort(), times=1)
    page.reload()
    page.locator("#text").fill(QUESTION)
    follow(page, "button.primary")
    with page.expect_request(MESSAGES):
        press(page, ".answer > .choices button")
    expect(page.locator(".answer")).to_have_count(2)
    assert senders(light) == 1


def test_a_question_asked_on_a_topics_page_is_gone_on_from(page: Page, light: Light) -> None:
    page.goto(f"{light.url}/amne/city_grant?sprak=sv")
    page.locator("#text").fill(QUESTION)
    follow(page, "button.primary")
    press(page, ".answer > .choices button")
    expect(page.locator(".answer")).to_have_count(2)
    press(page, "[name=erase]")
    expect(page.locator("#log > li")).to_have_text([light.ui("erased")])
    assert senders(light) == 1
