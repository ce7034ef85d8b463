from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalog import Catalog
from bot.language import Decision, LanguageDecider
from tests.nlu.evaluate import SHORT, Item, load_items

CHROME_SV = "sv-SE,sv;q=0.9,en-US;q=0.8,en;q=0.7"
CHROME_AR = "ar,en-US;q=0.9,en;q=0.8,sv;q=0.7"
FIREFOX_SV = "sv-SE,sv;q=0.8,en-US;q=0.5,en;q=0.3"
SAFARI_EN = "en-GB,en;q=0.9"
SAFARI_SO = "so-SO,so;q=0.9"


@pytest.fixture(scope="module")
def decider(catalog: Catalog) -> LanguageDecider:
    return LanguageDecider(catalog.languages, lacking=catalog.lacking)


@pytest.fixture(scope="module")
def few(catalog: Catalog) -> LanguageDecider:
    """One that has Swedish and English only."""
    return LanguageDecider({code: catalog.languages[code] for code in ("sv", "en")})


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tack", "sv"),
        ("hur mycket?", "sv"),
        ("betalar kommunen", "sv"),
        ("jag undrar om jag kan få pengar av staden om jag flyttar hem till Somalia med mina barn", "sv"),
        ("hello", "en"),
        ("thanks", "en"),
        ("how much?", "en"),
        ("does the city pay", "en"),
        ("I would like to know if the city gives money when I move home to Somalia with my children", "en"),
    ],
)
def test_the_language_written_in_is_found(decider: LanguageDecider, text: str, language: str) -> None:
    other = {"sv": "en", "en": "sv"}[language]

    assert decider.decide(text, None, other, other) == Decision(language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Jag bor i Tensta sedan 2014 och har tre barn. Does the city pay if I go back?", "en"),
        ("I got a letter from them last week. Betalar kommunen om jag flyttar hem?", "sv"),
        ("Förlåt, min svenska är dålig. Maksaako kaupunki jos muutan takaisin?", "fi"),
        ("Hello, my name is Ali, I came in 2015! belediye para veriyor mu? Thank you very much for the help.", "tr"),
        ("Мой муж подал заявление.\nwhen do they pay the money?", "en"),
    ],
)
def test_a_message_in_two_languages_goes_by_its_question(decider: LanguageDecider, text: str, language: str) -> None:
    assert decider.decide(text, None, "uk", CHROME_AR) == Decision(language)


@pytest.mark.parametrize("text", ["12345", "???", "👍", "Migrationsverket", "", None])
def test_text_that_tells_nothing_keeps_the_conversations_language(decider: LanguageDecider, text: str | None) -> None:
    assert decider.decide(text, None, "en", "sv") == Decision("en")
    assert decider.decide(text, None, "sv", "en") == Decision("sv")


def test_a_word_of_two_languages_keeps_the_conversations(decider: LanguageDecider) -> None:
    assert decider.decide("ja", None, "sv", CHROME_AR) == Decision("sv")
    assert decider.decide("ja", None, "fi", CHROME_SV) == Decision("fi")


def test_an_explicit_choice_wins_over_everything(decider: LanguageDecider) -> None:
    assert decider.decide("betalar kommunen", "en", "sv", CHROME_SV) == Decision("en")
    assert decider.decide("هل تدفع البلدية المال للعودة", "en", "sv", CHROME_SV) == Decision("en")


@pytest.mark.parametrize("explicit", ["sv", "SV", "sv-SE"])
def test_a_choice_may_name_case_and_region(decider: LanguageDecider, explicit: str) -> None:
    assert decider.decide("does the city pay", explicit, "en", None) == Decision("sv")


@pytest.mark.parametrize("explicit", ["xx", "svx", "", None])
def test_a_choice_that_we_lack_counts_as_not_given(decider: LanguageDecider, explicit: str | None) -> None:
    assert decider.decide("does the city pay", explicit, "sv", None) == Decision("en")


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("هل تدفع البلدية المال للعودة", "ar"),
        ("می\u200cخواهم به کشورم برگردم", "fa"),
        ("Ich möchte wissen, ob die Stadt Geld für die Rückkehr bezahlt", "de"),
        ("¿Paga el ayuntamiento una ayuda para volver a mi país?", "es"),
        ("ma jiraa lacag dawladda hoose bixiso haddii aan dalka ku noqdo", "so"),
    ],
)
def test_a_language_that_we_lack_is_named(few: LanguageDecider, text: str, lacking: str) -> None:
    assert few.decide(text, None, None, SAFARI_EN) == Decision("en", lacking)


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Gelo dewlet alîkariya kesên ku diçin welatê xwe dike?", "ku"),
        ("Da li opština daje novac za povratak u Bosnu", {"sr", "hr", "bs"}),
        ("¿Quién paga la ayuda para regresar a mi país?", "es"),
        ("ከተማው ወደ አገሬ ለመመለስ ገንዘብ ይሰጣል ወይ ብዬ ልጠይቅ", "am"),
        ("Czy miasto płaci za powrót do kraju", "pl"),
    ],
)
def test_of_all_that_we_have_none_is_taken_for_another(
    decider: LanguageDecider, text: str, lacking: str | set[str]
) -> None:
    told = decider.decide(text, None, None, None)

    assert told.lacking in ({lacking} if isinstance(lacking, str) else lacking)


@pytest.mark.parametrize("text", ["Jeg vil gerne vite om kommunen betaler", "Vem kna få pegnarna?", "hvem betaler"])
def test_what_a_swede_reads_is_swedish(decider: LanguageDecider, text: str) -> None:
    assert decider.decide(text, None, None, None) == Decision("sv")


@pytest.mark.parametrize("text", ["ከተማው ገንዘብ ይከፍላል", "Здравствуйте, платит ли город", "مرحبا", "สวัสดี", "Հայաստան"])
def test_a_foreign_script_is_a_language_that_we_lack(few: LanguageDecider, text: str) -> None:
    assert few.decide(text, None, None, None).lacking


@pytest.mark.parametrize("text", ["Stockholm и я", "jag är från Сирия", "bidrag 中", "çok"])
def test_a_foreign_word_among_ours_is_no_foreign_language(few: LanguageDecider, text: str) -> None:
    assert few.decide(text, None, None, None).lacking is None


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (CHROME_SV, "sv"),
        (FIREFOX_SV, "sv"),
        (SAFARI_EN, "en"),
        ("en-US,en;q=0.9", "en"),
        ("en-US,en;q=0.9,sv-SE;q=0.8,sv;q=0.7", "en"),
        (CHROME_AR, "en"),
        (SAFARI_SO, "sv"),
        ("de-DE,de;q=0.9,sv;q=0.8,en;q=0.7", "sv"),
        ("sv;q=0.1, en;q=0.2", "en"),
        ("sv;q=0, en;q=0.1", "en"),
        ("EN-gb", "en"),
        ("english", "sv"),
        ("*", "sv"),
        ("", "sv"),
        (None, "sv"),
        ("en;q=much", "sv"),
        (",,;;q=,en", "en"),
    ],
)
def test_a_browsers_wish_decides_when_nothing_else_does(
    few: LanguageDecider, header: str | None, language: str
) -> None:
    assert few.decide(None, None, None, header) == Decision(language)


@given(text=st.text(), header=st.text())
def test_any_text_and_header_give_a_language_that_we_have(decider: LanguageDecider, text: str, header: str) -> None:
    assert decider.ours(decider.decide(text, None, None, header).language)


@pytest.mark.parametrize("char", ["\x00", "\ufffe", "\x1b", "\u202e"], ids=ascii)
def test_characters_that_a_detector_chokes_on_do_no_harm(decider: LanguageDecider, char: str) -> None:
    assert decider.decide(f"betalar kommunen {char}", None, None, None) == Decision("sv")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("svenska", "sv"),
        ("engelska", "en"),
        ("Swedish", "sv"),
        ("English", "en"),
        ("SVENSKA TACK!", "sv"),
        ("kan vi ta det på engelska?", "en"),
        ("could you please write in swedish, my English is bad", "sv"),
    ],
)
def test_our_languages_are_known_by_name_in_all_of_them(decider: LanguageDecider, text: str, language: str) -> None:
    assert decider.named(text) == language


@pytest.mark.parametrize(
    "text", ["", "?", "bosniska tack", "Spanish please", "hej", "Sverige", "Swedishness", "sv", "en"]
)
def test_text_that_calls_none_of_our_languages_names_none(decider: LanguageDecider, text: str) -> None:
    assert decider.named(text) is None


# No letters before it that could be a word of refusal.
@given(before=st.text(alphabet="xz .,!?\n"), after=st.text())
def test_a_language_is_named_wherever_its_name_stands(decider: LanguageDecider, before: str, after: str) -> None:
    assert decider.named(f"{before} English {after}") in ("sv", "en")


ARABIC = "هل تدفع البلدية المال للعودة"


@pytest.mark.parametrize(
    ("text", "language", "conversation", "wanted"),
    [
        # It is written in another language than the one that was chosen.
        (ARABIC, "sv", "sv", "ar"),
        ("betalar kommunen", "en", "en", "sv"),
        # It is answered in another one than what was spoken before.
        (ARABIC, "ar", "sv", "sv"),
        ("betalar kommunen", "sv", "fi", "fi"),
        # It tells too little to leave the language of the conversation.
        ("сколько", "uk", "uk", "ru"),
        # At the beginning, a greeting of several languages.
        ("سلام", "ar", None, "fa"),
    ],
)
def test_another_language_that_may_be_wanted_is_offered(
    decider: LanguageDecider, text: str, language: str, conversation: str | None, wanted: str
) -> None:
    assert decider.other(decider.hear(text), language, conversation) == wanted


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("betalar kommunen", "sv"),
        (ARABIC, "ar"),
        ("12345", "en"),
        ("ja", "sv"),
        ("Migrationsverket", "ar"),
        ("これは日本語の文章です。補助金について知りたいです。", "sv"),
    ],
)
def test_where_nothing_speaks_for_another_language_none_is_offered(
    decider: LanguageDecider, text: str, language: str
) -> None:
    assert decider.other(decider.hear(text), language, language) is None


@pytest.mark.parametrize(("text", "language"), [("betalar kommunen", "sv"), (ARABIC, "ar"), ("12345", "en")])
def test_at_the_beginning_no_other_language_is_offered_to_whoever_is_surely_answered_in_theirs(
    decider: LanguageDecider, text: str, language: str
) -> None:
    assert decider.other(decider.hear(text), language, None) is None


def test_a_language_that_is_switched_off_is_not_offered(catalog: Catalog) -> None:
    without = LanguageDecider(catalog.languages, lambda code: code == "ar", catalog.lacking)

    assert without.other(without.hear(ARABIC), "sv", "sv") is None


@pytest.mark.parametrize(
    "text",
    ["I do not speak Swedish", "no swedish please", "I don't understand Swedish, can you answer in English"],
)
def test_a_language_that_is_refused_is_not_the_one_named(decider: LanguageDecider, text: str) -> None:
    assert decider.named(text) != "sv"


@pytest.mark.parametrize("text", ["سلام", "خەڵک"])
def test_one_word_of_another_script_is_not_answered_in_swedish(decider: LanguageDecider, text: str) -> None:
    arabic_script = {"ar", "ckb", "fa", "ps"}

    assert decider.decide(text, None, "sv", CHROME_SV).language in arabic_script
    # A doubtful word is no reason to leave a language of its script.
    assert decider.decide("سلام", None, "fa", CHROME_SV).language == "fa"
    assert decider.decide("سلام", None, None, CHROME_AR).language == "ar"


@pytest.fixture(scope="module")
def judged() -> list[Item]:
    """What the languages are judged by; nothing was fitted to it but one number, `SAMPLE`."""
    return [item for item in load_items() if item.set in ("own", "dev")]


CODES = ["ar", "ckb", "en", "fa", "fi", "ps", "ru", "so", "sv", "ti", "tr", "uk"]


@pytest.mark.parametrize("language", CODES)
def test_the_language_of_three_words_is_told(decider: LanguageDecider, judged: list[Item], language: str) -> None:
    texts = [item.text for item in judged if item.language == language]
    told = [decider.decide(text, None, None, None).language for text in texts if len(text.split()) >= 3]

    assert told.count(language) >= 0.97 * len(told)


@pytest.mark.parametrize("language", CODES)
def test_another_language_is_seldom_told(decider: LanguageDecider, judged: list[Item], language: str) -> None:
    texts = [item.text for item in judged if item.language == language]
    told = [decider.decide(text, None, "xx", None).language for text in texts if len(text.split()) >= 3]

    # "xx" is the answer in doubt, in which the conversation's language stays.
    assert sum(code not in (language, "xx") for code in told) <= 0.02 * len(told)


@pytest.mark.parametrize("language", CODES)
def test_whoever_writes_the_language_of_the_conversation_is_seldom_offered_another(
    decider: LanguageDecider, judged: list[Item], language: str
) -> None:
    texts = [item.text for item in judged if item.language == language]
    answered_in_it = [text for text in texts if decider.decide(text, None, language, None).language == language]
    offered = [text for text in answered_in_it if decider.other(decider.hear(text), language, language)]

    assert len(offered) <= 0.03 * len(answered_in_it)


def test_the_language_of_a_word_or_two_in_a_script_of_its_own_is_told(
    decider: LanguageDecider, judged: list[Item]
) -> None:
    short = [
        (item.text, item.language)
        for item in judged
        if len(item.text.split()) < 3
        and unicodedata.name(item.text[0], "").startswith(("ARABIC", "CYRILLIC", "ETHIOPIC"))
    ]
    right = sum(decider.decide(text, None, None, None).language == language for text, language in short)

    assert right >= 0.9 * len(short)


@pytest.mark.parametrize("language", sorted(path.stem for path in SHORT.glob("*.txt")))
def test_a_word_or_two_tell_each_language_with_a_script_of_its_own(decider: LanguageDecider, language: str) -> None:
    texts = (SHORT / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    told = [decider.decide(text, None, None, None).language for text in texts]

    assert len(told) >= 40
    assert told.count(language) >= 0.9 * len(told)
