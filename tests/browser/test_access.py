"""Every state of every page, for everyone: axe and what axe cannot see, at every size, from either side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bot.catalog import Catalog
from bot.guide import GUIDE_TOPIC
from bot.markup import Text
from tests.browser.light import Light, mirrored
from tests.chromium import ask, open_all, outside_viewport, violations

# 320 x 256 is what 1280 x 1024 becomes at 400 %.
SIZES = [(320, 256), (360, 800), (1280, 900)]
# A way through the guide that passes every question.
CHOSEN = {"citizen": "no", "permit": "family", "granted": "in_time", "living": "yes", "destination": "home"}
CHOSEN |= {"family": "alone", "debts": "no"}
QUESTION = "Betalar kommunen återvandringsbidrag?"


class Visit:
    """Somebody who opens pages of the service in one language."""

    def __init__(self, light: Light, page: Page, language: str) -> None:
        self.light, self.rasa, self.page, self.language = light, light.rasa, page, language

    def open(self, path: str = "/", **more: str) -> Page:
        query = "".join(f"&{name}={value}" for name, value in more.items())
        self.page.goto(f"{self.light.url}{path}?sprak={self.language}{query}")
        return self.page

    def ask(self) -> Page:
        ask(self.open(), QUESTION)
        return self.page

    def search(self, words: str) -> None:
        self.open().locator("#sought").fill(words)
        expect(self.page.locator("#found > *")).to_be_visible()


def nothing_said(visit: Visit) -> None:
    open_all(visit.open())


def answered(visit: Visit) -> None:
    open_all(visit.ask())


def clarify(visit: Visit) -> None:
    visit.rasa.means("clarify", nearest=["grant_amount", "apply_how"])
    visit.ask()


def not_understood_twice(visit: Visit) -> None:
    visit.rasa.means("not_understood", nearest=["grant_amount"])
    ask(visit.ask(), QUESTION)


def guide_question(visit: Visit) -> None:
    visit.rasa.means("guide", question="permit")
    visit.ask()


def without_rasa(visit: Visit) -> None:
    visit.rasa.fails(lambda _: httpx.Response(503))
    visit.ask()


def offline(visit: Visit) -> None:
    visit.open().context.set_offline(True)
    visit.page.locator("#text").fill(QUESTION)
    visit.page.locator("button.primary").click()
    expect(visit.page.locator("#error button")).to_be_visible()


def too_much_written(visit: Visit) -> None:
    visit.open().locator("#text").fill("Jag är född 19121212-1212. " * 40)
    visit.page.locator("button.primary").click()
    expect(visit.page.locator("#error")).to_be_visible()


def found(visit: Visit) -> None:
    visit.search("pengar")


def nothing_found(visit: Visit) -> None:
    visit.search("qqqq")


def thanked(visit: Visit) -> None:
    visit.ask().locator(".feedback summary").click()
    visit.page.locator("[name=feedback]").first.click()
    expect(visit.page.locator(".tools > p")).to_be_visible()


def answered_without_a_script(visit: Visit) -> None:
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.open().locator("#text").fill(QUESTION)
    visit.page.locator("button.primary").click()
    expect(visit.page.locator(".answer")).to_be_visible()


def another_language_offered(visit: Visit) -> None:
    ask(visit.open(), "Does the municipality pay for the return?")
    expect(visit.page.locator("[name=button] [lang=en]")).to_be_visible()


def topic_page(visit: Visit) -> None:
    visit.open("/amne/city_grant")


def topic_page_in_easy_words(visit: Visit) -> None:
    visit.open("/amne/city_grant", lattlast="1")


def topic_page_of_the_guide(visit: Visit) -> None:
    visit.open(f"/amne/{GUIDE_TOPIC}")


def small_talk_page(visit: Visit) -> None:
    visit.open("/amne/greet")


def guide(visit: Visit) -> None:
    visit.open("/guide")


def guide_outcome(visit: Visit) -> None:
    visit.open("/guide").locator("input[name=debts][value=yes]").check()
    visit.page.locator("button.primary").click()
    expect(visit.page.locator(".answer")).to_be_visible()


def unknown_page(visit: Visit) -> None:
    visit.open("/amne/nonsense")


STATES = [nothing_said, answered, clarify, not_understood_twice, guide_question, too_much_written, without_rasa]
STATES += [offline, found, nothing_found, thanked, answered_without_a_script, topic_page, topic_page_in_easy_words]
STATES += [another_language_offered, topic_page_of_the_guide, small_talk_page, guide, guide_outcome, unknown_page]
# The rest is mirrored in place.
ARABIC = [answered, clarify, topic_page, guide]
SHOWN = [*((reach, "sv") for reach in STATES), *((reach, "ar") for reach in ARABIC)]


@pytest.fixture(scope="module")
def shared_light(light_catalog: Catalog) -> Iterator[Light]:
    """The service with Arabic, whose interface is Arabic through and through."""
    catalog = mirrored(light_catalog)
    arabic = replace(catalog.languages["ar"], ui={key: (Text(f"كلمات {key}"),) for key in catalog.languages["ar"].ui})
    running = Light(replace(catalog, languages={**catalog.languages, "ar": arabic}))
    yield running
    running.stop()


@pytest.fixture(scope="module", params=[pytest.param(one, id=f"{one[0].__name__}-{one[1]}") for one in SHOWN])
def state(request: pytest.FixtureRequest, browser: Browser, shared_light: Light) -> Iterator[Page]:
    """A page in one of the states; all tests of a state share it."""
    shared_light.reset()
    reach, language = request.param
    context = browser.new_context()
    reach(Visit(shared_light, context.new_page(), language))
    yield context.pages[0]
    context.close()


@pytest.fixture
def shown(state: Page) -> Page:
    """The page as it is first seen."""
    state.set_viewport_size({"width": 1280, "height": 900})
    state.emulate_media(color_scheme="light", reduced_motion="no-preference", forced_colors="none")
    state.evaluate("() => { document.adoptedStyleSheets = []; }")
    return state


def style(page: Page, rules: str) -> None:
    """Add the reader's own style; the page's policy allows no element for it."""
    page.evaluate(
        """(rules) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(rules);
          document.adoptedStyleSheets = [sheet];
        }""",
        rules,
    )


def mirror(page: Page) -> None:
    """Turn left and right."""
    page.evaluate(
        """() => document.querySelectorAll("[dir=ltr], [dir=rtl]")
          .forEach((e) => { e.dir = e.dir === "rtl" ? "ltr" : "rtl"; })"""
    )


def cut_off(page: Page) -> list[str]:
    """Return what does not show all that it holds."""
    return page.evaluate(
        """() => [...document.body.querySelectorAll(":not(.visually-hidden, textarea, input)")]
          .filter((e) => e.checkVisibility() && getComputedStyle(e).overflow !== "visible")
          .filter((e) => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
          .map((e) => e.outerHTML.slice(0, 80))"""
    )


def test_axe_finds_nothing_and_leaves_nothing_to_judge(shown: Page) -> None:
    faults = violations(shown)
    shown.emulate_media(color_scheme="dark")
    assert faults + violations(shown, "color-contrast") == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_nothing_reaches_over_the_edge_from_either_side(shown: Page, size: tuple[int, int]) -> None:
    shown.set_viewport_size({"width": size[0], "height": size[1]})
    faults = outside_viewport(shown)
    mirror(shown)
    faults += outside_viewport(shown)
    mirror(shown)
    assert faults == []


@pytest.mark.parametrize(
    "wanted",
    [
        "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }"
        "p { margin-block-end: 2em !important; }",
        ":root { font-size: 225% !important; }",
    ],
    ids=["spacing", "double size"],
)
def test_text_that_takes_more_room_is_not_cut_off(shown: Page, wanted: str) -> None:
    shown.set_viewport_size({"width": 360, "height": 800})
    style(shown, wanted)
    assert outside_viewport(shown) + cut_off(shown) == []


def test_targets_are_large_enough(shown: Page) -> None:
    small = shown.evaluate(
        """() => [...document.querySelectorAll("button, summary, label, textarea, header a, footer a, .choices a")]
          .filter((e) => e.checkVisibility() && !e.matches(".visually-hidden"))
          .filter((e) => { const r = e.getBoundingClientRect(); return r.width < 24 || r.height < 24; })
          .map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_every_field_has_a_visible_label_and_no_live_region_holds_another(shown: Page) -> None:
    unlabelled = shown.evaluate(
        """() => [...document.querySelectorAll("input:not([type=hidden]), textarea, select")]
          .filter((e) => ![...e.labels].some((label) => label.checkVisibility())).map((e) => e.name)"""
    )
    assert unlabelled == []
    live = "[aria-live], [role=log], [role=status], [role=alert]"
    assert shown.locator(live).locator(live).count() == 0


def unmarked(page: Page) -> list[str]:
    """Return words in Arabic letters that are not marked as such a language, or run the wrong way."""
    return page.evaluate(
        r"""() => {
          const found = [];
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode()); ) {
            const marked = node.parentElement.closest("[lang]").lang;
            const isMirrored = getComputedStyle(node.parentElement).direction === "rtl";
            const isRight = ["ar", "ckb", "fa", "ps"].includes(marked) && isMirrored;
            if (/\p{Script=Arabic}{3}/u.test(node.data) && !isRight) found.push(node.data);
          }
          return found;
        }"""
    )


def test_arabic_script_is_marked_with_its_language_and_direction(shown: Page) -> None:
    assert unmarked(shown) == []


def test_nothing_moves_and_bubbles_keep_their_edge_in_forced_colours(shown: Page) -> None:
    shown.emulate_media(reduced_motion="reduce", forced_colors="active")
    assert shown.evaluate("document.getAnimations().length") == 0
    edges = shown.locator(".said, .answer, .notice, .human, button:not(.visually-hidden)").evaluate_all(
        """(found) => found.filter((e) => e.checkVisibility()).filter((e) => {
          const { borderStyle, borderColor, borderWidth } = getComputedStyle(e);
          return borderStyle === "none" || parseFloat(borderWidth) < 1 || borderColor === "rgb(255, 255, 255)";
        }).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert edges == []


def test_tab_goes_through_everything_in_order_and_shows_where_it_is(shown: Page) -> None:
    # Where room is scarcest, something covers what has the focus most easily.
    shown.set_viewport_size({"width": 320, "height": 256})
    expected = shown.evaluate(
        """() => {
          window.stops = [...document.querySelectorAll("a[href], button, input, textarea, summary")]
            .filter((e) => e.tabIndex >= 0 && e.type !== "hidden" && e.checkVisibility())
            .filter((e) => e.type !== "radio" || e.checked);
          document.body.tabIndex = -1;
          document.body.focus();
          return window.stops.length;
        }"""
    )
    for number in range(expected):
        shown.keyboard.press("Tab")
        stop = shown.evaluate(
            """() => {
              const e = document.activeElement;
              const [{ x, width, top, bottom }] = e.getClientRects();
              const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
              const hit = document.elementFromPoint(x + width / 2, middle);
              const { outlineStyle, outlineWidth } = getComputedStyle(e);
              return {
                number: window.stops.indexOf(e),
                isSeen: e.contains(hit),
                isMarked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
                what: e.outerHTML.slice(0, 80),
              };
            }"""
        )
        assert stop == {"number": number, "isSeen": True, "isMarked": True, "what": stop["what"]}


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go on with the keyboard until `wanted` has the focus."""
    for _ in range(150):
        if wanted.evaluate("(e) => e === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("the keyboard does not reach it")


def press(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press a link or button by the keyboard."""
    tab_to(page, wanted, key)
    page.keyboard.press("Enter")


@pytest.fixture
def visit(light: Light, browser: Browser) -> Iterator[Visit]:
    context = browser.new_context()
    yield Visit(light, context.new_page(), "sv")
    context.close()


@pytest.fixture
def plain(light: Light, browser: Browser) -> Iterator[Visit]:
    """Somebody whose browser runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    yield Visit(light, context.new_page(), "sv")
    context.close()


@pytest.mark.parametrize("path", ["/", "/amne/city_grant"])
def test_by_keyboard_the_first_stop_leads_to_the_box(visit: Visit, path: str) -> None:
    page = visit.open(path)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()


def test_by_keyboard_a_question_is_asked_and_a_choice_made(visit: Visit) -> None:
    page = visit.open()
    tab_to(page, page.locator("#text"))
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_have_count(1)
    press(page, page.locator(".answer > .choices button").last, "Shift+Tab")
    expect(page.locator(".answer")).to_have_count(2)


def test_by_keyboard_a_topic_of_the_menu_is_chosen(visit: Visit) -> None:
    page = visit.open()
    group = page.locator(".menu > details").nth(1)
    press(page, group.locator("summary"))
    press(page, group.locator("button").last)
    expect(page.locator(".answer")).to_have_count(1)


def test_by_keyboard_a_topic_is_searched_and_chosen(visit: Visit) -> None:
    page = visit.open()
    tab_to(page, page.locator("#sought"))
    page.keyboard.type("pengar")
    expect(page.locator("#found button").first).to_be_visible()
    press(page, page.locator("#found button").first)
    expect(page.locator(".answer")).to_have_count(1)


def test_by_keyboard_an_answer_is_judged(visit: Visit) -> None:
    page = visit.ask()
    press(page, page.locator(".feedback summary"), "Shift+Tab")
    press(page, page.locator("[name=feedback]").last)
    expect(page.locator(".tools > p")).to_be_focused()


def test_by_keyboard_the_conversation_is_erased(visit: Visit) -> None:
    page = visit.ask()
    press(page, page.locator(".erase summary"))
    press(page, page.locator("[name=erase]"))
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.locator("#text")).to_be_focused()


def test_by_keyboard_the_language_is_changed(visit: Visit) -> None:
    page = visit.open()
    press(page, page.locator(".languages [lang=en]"))
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_by_keyboard_the_guide_is_gone_through(visit: Visit) -> None:
    page = visit.open("/guide")
    tab_to(page, page.locator("[name=debts]:checked"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".answer")).to_be_visible()


def submit(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.locator("button.primary").click()


def token(page: Page) -> str:
    return page.locator("[name=conversation]").input_value()


def test_without_a_script_a_choice_is_offered_and_taken(plain: Visit) -> None:
    plain.rasa.means("clarify", nearest=["grant_amount", "apply_how"])
    page = plain.open()
    submit(page, "pengar")
    conversation = token(page)
    page.locator(".answer > .choices button").first.click()
    expect(page.locator(".answer h3")).to_have_text(plain.light.title("grant_amount"))
    assert token(page) == conversation


def test_without_a_script_the_guide_in_the_chat_goes_to_its_end(plain: Visit) -> None:
    plain.rasa.means("answered", "eligibility_general")
    page = plain.open()
    submit(page, QUESTION)
    page.get_by_role("button", name=plain.light.title(GUIDE_TOPIC)).click()
    for question, words in plain.light.catalog.languages["sv"].guide.options.items():
        page.locator(".answer > .choices").get_by_role("button", name=words[CHOSEN[question]], exact=True).click()
    expect(page.locator(".answer")).to_have_count(1)
    expect(page.locator(".answer .sources")).to_be_visible()


def test_without_a_script_language_and_easy_words_are_chosen_and_stay(plain: Visit) -> None:
    page = plain.open()
    page.locator(".easy").click()
    submit(page, QUESTION)
    easy = page.locator(".answer > p").all_inner_texts()
    page.locator(".easy").click()
    submit(page, QUESTION)
    assert page.locator(".answer > p").all_inner_texts() != easy
    page.locator(".languages [lang=ar]").click()
    for _ in range(2):
        submit(page, QUESTION)
        expect(page.locator(".answer")).to_have_attribute("lang", "ar")


def test_without_a_script_a_topic_is_searched_and_chosen(plain: Visit) -> None:
    page = plain.open()
    page.locator("#text").fill("half a question")
    page.locator("#sought").fill("pengar")
    page.locator("#sought").press("Enter")
    expect(page.locator("#found button").first).to_be_visible()
    expect(page.locator("#text")).to_have_value("half a question")
    page.locator("#found button").first.click()
    expect(page.locator(".answer")).to_be_visible()


def test_without_a_script_an_answer_is_judged_and_stays(plain: Visit) -> None:
    page = plain.open()
    submit(page, QUESTION)
    conversation = token(page)
    page.locator(".feedback summary").click()
    page.locator("[name=feedback]").first.click()
    expect(page.locator("#log .aside")).to_have_text(plain.light.ui("feedback_thanks"))
    expect(page.locator(".answer")).to_be_visible()
    assert token(page) == conversation


def test_without_a_script_the_conversation_is_erased(plain: Visit) -> None:
    page = plain.open()
    submit(page, QUESTION)
    conversation = token(page)
    page.locator(".erase summary").click()
    page.locator("[name=erase]").click()
    expect(page.locator(".answer")).to_have_count(0)
    submit(page, QUESTION)
    assert token(page) != conversation


def test_without_a_script_a_topic_page_leads_to_a_conversation_about_it(plain: Visit) -> None:
    page = plain.open("/amne/grant_amount")
    submit(page, "varför?")
    conversation = token(page)
    submit(page, "och sedan?")
    assert token(page) == conversation
    assert [one["metadata"]["topic"] for one in plain.rasa.received] == ["grant_amount", "city_grant"]


def printed(page: Page, hidden: list[str], shown: list[str]) -> None:
    """Print, from a dark screen: on white paper, without what can only be pressed."""
    page.emulate_media(media="print", color_scheme="dark")
    for selector in ["header nav", "footer", ".choices", ".to-human", *hidden]:
        expect(page.locator(selector).first).to_be_hidden()
    for selector in ["#human", *shown]:
        expect(page.locator(selector).first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    for link in page.locator(".sources a").all():
        address = link.evaluate("(e) => getComputedStyle(e, '::after').content")
        assert str(link.get_attribute("href")) in address


def test_a_topic_page_is_printed_with_its_address_and_sources(visit: Visit) -> None:
    page = visit.open("/amne/city_grant")
    printed(page, [".easy", ".ask", "#print"], ["h1", ".answer", ".sources a", ".code img", ".code figcaption"])


def test_a_conversation_is_printed_with_its_sources(visit: Visit) -> None:
    printed(visit.ask(), [".easy", ".ask", ".menu", ".erase", ".notice", ".tools"], [".said", ".answer", ".sources a"])


def test_the_outcome_of_the_guide_is_printed_with_its_sources(visit: Visit) -> None:
    page = visit.open("/guide")
    page.locator("button.primary").click()
    printed(page, [], [".answer > p", ".sources a"])


def test_each_answer_keeps_its_own_language_in_a_mixed_conversation(visit: Visit) -> None:
    visit.ask()
    visit.language = "ar"
    page = visit.ask()
    read = page.locator(".answer").evaluate_all("(found) => found.map((e) => [e.lang, getComputedStyle(e).direction])")
    assert read == [["sv", "ltr"], ["ar", "rtl"]]
    assert unmarked(page) == []


def test_an_answer_in_another_language_than_the_page_is_marked_with_all_that_is_said_with_it(visit: Visit) -> None:
    visit.ask()
    visit.rasa.means("answered", "change_language")
    submit(visit.page, "Svara på arabiska till namn@example.se")
    expect(visit.page.locator(".answer[lang=ar]")).to_have_count(2)
    expect(visit.page.locator(".aside")).to_be_visible()
    assert unmarked(visit.page) == []


@pytest.mark.parametrize(
    "letters", ["ابتثجحخدذرزسش", "ሀለሐመሠረሰቀበተኀነ", "абвгґєжзиіїйщ"], ids=["Arabic", "Geez", "Cyrillic"]
)
def test_letters_of_every_script_are_drawn(visit: Visit, letters: str) -> None:
    drawn = (
        visit.open()
        .locator("#text")
        .evaluate(
            """(e, letters) => letters.map((letter) => {
              const canvas = document.createElement("canvas").getContext("2d");
              canvas.font = getComputedStyle(e).font;
              canvas.fillText(letter, 50, 50);
              return canvas.canvas.toDataURL();
            })""",
            # The first two are no letters: what is drawn for them is the box that stands for what cannot be drawn.
            ["\u0378", "\u0379", *letters],
        )
    )
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) == len(letters) + 1
