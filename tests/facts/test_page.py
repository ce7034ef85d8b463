from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.facts.page import Page, load_page, read_page
from tests.facts.standin import ARABIC, FILES, GRANT, as_html, page_text

URL = "https://agency.example/en/grant.html"
SWEDISH = "Den som har bestämt sig för att flytta från Sverige kan ansöka om bidrag hos myndigheten."
ENGLISH = "Whoever has decided to move from Sweden can apply for a grant from the agency in their own town."
WORDS = st.lists(st.text(st.sampled_from("abcåäö123"), min_size=1, max_size=8), min_size=1, max_size=12)
PIECES = (
    *("<p>", "</p>", "<div>", "<li>", "<table><td>", "<main>", "</main>", "<nav>", "</nav>", "<script>", "</script>"),
    *(
        "<style>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<?xml version='1.0' encoding='utf-16'?>",
        "<!DOCTYPE html>",
        "<frameset>",
    ),
    *("<a href=x>", "<a href='//'>", "<a href='javascript:x'>", "</a>", "<svg/onload=x>", "<template>", "<b", "&#0;"),
    *(
        "&#xd800;",
        "&amp",
        "\x00",
        "\x0b",
        "\ufeff",
        "words",
        " ",
        "\n",
        "å",
        "العودة",
        "<html lang='",
        "'>",
        "<base href='x'>",
    ),
)


def page(markup: str | bytes, charset: str | None = None) -> Page:
    return read_page(markup if isinstance(markup, bytes) else markup.encode(), charset, URL)


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>unseen</script>",
        "<style>unseen</style>",
        "<noscript>unseen</noscript>",
        "<template><p>unseen</p></template>",
        "<svg><text>unseen</text></svg>",
        "<iframe>unseen</iframe>",
        "<nav><a href='/'>unseen</a></nav>",
        "<header>unseen</header>",
        "<footer>unseen</footer>",
        ("<!-- unseen -->"),
        "<img alt='unseen'>",
        "<input value='unseen'>",
    ],
)
@pytest.mark.parametrize("shell", ["{}", "<main>{}</main>"])
def test_only_what_a_reader_sees_is_text(unseen: str, shell: str) -> None:
    assert page(shell.format(f"<p>before</p>{unseen}tail<p>after</p>")).text.split() == ["before", "tail", "after"]


def test_links_around_the_page_are_not_its_links() -> None:
    markup = "<nav><a href=/a>a</a></nav><main><footer><a href=/b>b</a></footer><a href=/c>c</a></main><a href=/d>d</a>"

    assert page(markup).links == (("c", "https://agency.example/c"),)


@pytest.mark.parametrize(
    "main", ["<main>inside</main>", "<div role='main'>inside</div>", "<nav><main>inside</main></nav>"]
)
def test_only_the_main_part_is_text_if_there_is_one(main: str) -> None:
    assert page(f"<p>outside</p>{main}<p>outside</p>").text == "inside"


def test_a_page_without_a_main_part_is_text_as_a_whole() -> None:
    assert page("<p>one</p><div>two</div>").text.split() == ["one", "two"]


def test_blocks_stand_on_lines_of_their_own_and_words_within_them_do_not() -> None:
    markup = (
        "<h1>Title</h1><p>one <b>two</b>\n three<br>four</p><ul><li>five<li>six</ul>"
        "<table><tr><td>seven<td>eight</tr><tr><td>nine</tr></table>"
    )
    lines = [line for line in page(markup).text.splitlines() if line]

    assert lines == ["Title", "one two three", "four", "five", "six", "seven eight", "nine"]


def test_blanks_are_single_and_ordinary() -> None:
    text = page("<p> a&nbsp;\u202f\u2009 b\t c </p><div></div><div></div><p>d</p>").text

    assert text.splitlines()[0] == "a b c"
    assert "\n\n\n" not in text


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/x", "https://agency.example/x"),
        ("form.html?a=1&amp;b=2#c", "https://agency.example/en/form.html?a=1&b=2#c"),
        ("//other.example/x", "https://other.example/x"),
        (" https://other.example/ ", "https://other.example/"),
        ("", URL),
        ("mailto:a@agency.example", "mailto:a@agency.example"),
    ],
)
def test_links_lead_to_absolute_addresses(href: str, address: str) -> None:
    assert page(f"<main><a href='{href}'>the\n <b>form</b> </a> tail</main>").links == (("the form", address),)


def test_a_link_to_what_is_no_address_is_left_out() -> None:
    assert page("<main><a href='http://[::1'>x</a><a href='/y'>y</a></main>").links == (
        ("y", "https://agency.example/y"),
    )


def test_links_start_from_the_base_that_a_page_names() -> None:
    assert (
        page("<base href='https://agency.example/sv/'><a href='x'>x</a>").links[0][1] == "https://agency.example/sv/x"
    )


def test_links_keep_their_order_and_anchors_are_no_links() -> None:
    assert [words for words, _ in page("<a href=b>1</a><a name=x>2</a><a href=a>3</a><a href=b>1</a>").links] == [
        "1",
        "3",
        "1",
    ]


@pytest.mark.parametrize(
    ("markup", "language"),
    [
        ("<html lang='sv'><p>12345</p>", "sv"),
        ("<html lang='en-GB'><p>12345</p>", "en-GB"),
        ("<html xml:lang='en-GB'><p>12345</p>", "en-GB"),
        ("<p>12345</p>", None),
        (f"<p>{SWEDISH}</p>", "sv"),
        (f"<p>{ENGLISH}</p>", "en"),
        (f"<html lang='en'><p>{SWEDISH}</p>", "sv"),
        (f"<html lang='sv'><p>{ENGLISH}</p>", "en"),
        (f"<html lang='sv'><nav>{ENGLISH}</nav><main>{SWEDISH}</main><footer>{ENGLISH}</footer>", "sv"),
    ],
)
def test_the_language_is_that_of_the_words_or_else_the_declared_one(markup: str, language: str | None) -> None:
    assert page(markup).language == language


@pytest.mark.parametrize(
    ("name", "language"),
    [
        (FILES[GRANT], "en"),
        (ARABIC, "ar"),
        ("mv_sv_kommuner_frivillig-atervandring_old", "sv"),
        ("mv_sv_ring-oss_2021", "sv"),
    ],
)
def test_the_language_of_the_agencys_pages_is_told_whatever_they_declare(name: str, language: str) -> None:
    assert page(as_html(page_text(name), "fi")).language == language


@pytest.mark.parametrize(
    ("markup", "charset"),
    [
        ("<p>Å är ö</p>".encode(), None),
        ("<p>Å är ö</p>".encode(), "utf-8"),
        ("<p>Å är ö</p>".encode(), "UTF8"),
        ("<p>Å är ö</p>".encode(), "no-such-charset"),
        ("<p>Å är ö</p>".encode(), ""),
        ("<p>Å är ö</p>".encode("latin-1"), "iso-8859-1"),
        ("<p>Å är ö</p>".encode("cp1252"), "windows-1252"),
        ("<p>Å är ö</p>".encode("utf-16"), "utf-16"),
        ("<meta charset='iso-8859-1'><p>Å är ö</p>".encode(), "utf-8"),
        ("\ufeff<p>Å är ö</p>".encode(), "utf-8"),
        ("<meta charset='iso-8859-1'><p>Å är ö</p>".encode("latin-1"), None),
        *[("<p>Å är ö</p>".encode(), charset) for charset in ("hex", "rot13", "idna", "undefined", "utf-8-sig")],
    ],
)
def test_letters_are_read_in_the_charset_of_the_answer(markup: bytes, charset: str | None) -> None:
    assert page(markup, charset).text == "Å är ö"


@pytest.mark.parametrize(
    ("markup", "asks"),
    [
        ("<main><form><input type='password'></form></main>", True),
        ("<header><input type=password></header><main>words</main>", True),
        ("<main>words</main><input class=x type='password'>", True),
        ("<main><input type='search'> password</main>", False),
        ("<!-- <input type='password'> --><p>words</p>", False),
        ("<main><input type='PASSWORD'></main>", True),
    ],
)
def test_a_box_for_a_password_is_seen_anywhere(markup: str, asks: bool) -> None:
    assert page(markup).asks_to_sign_in is asks


@pytest.mark.parametrize("body", [b"", b" \n\t", b"<!-- nothing -->", b"<!doctype html>", b"<html></html>", b"<?pi ?>"])
def test_a_body_without_content_is_a_page_without_text(body: bytes) -> None:
    assert page(body) == Page(URL, "", (), None, False)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>one<p>two", "one two"),
        ("<p>one <b>two <i>three</b> four</i>", "one two three four"),
        ("<main><div>one </span>two", "one two"),
        ("plain words", "plain words"),
        ("<p>1 < 2 & 3 > 2</p>", "1 < 2 & 3 > 2"),
        ("<table><p>one<td>two", "one two"),
        ("<p title='a>b\"c>one</p>' x>two", "two"),
    ],
)
def test_broken_markup_is_read_as_far_as_it_goes(markup: str, words: str) -> None:
    assert " ".join(page(markup).text.split()) == words


@given(st.binary(), st.sampled_from([None, "utf-8", "iso-8859-1", "utf-16", "shift_jis", "no-such-charset"]))
@example(b"\xff\xfe", None)
@example(b"\xed\xa0\x80", None)
@example(b"<p>\x00", "utf-8")
@example(b"\xd8\x00<", "utf-16")
def test_no_bytes_stop_the_reading(body: bytes, charset: str | None) -> None:
    read = page(body, charset)

    assert load_page(URL, read.dump()).hash == read.hash


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.sampled_from([None, "iso-8859-1"]))
def test_no_markup_stops_the_reading(markup: str, charset: str | None) -> None:
    read = page(markup.encode("utf-8", "surrogatepass"), charset)

    assert load_page(URL, read.dump()).hash == read.hash
    assert read.text == read.text.strip()


@given(WORDS)
def test_the_hash_is_of_the_words_whatever_the_markup_and_the_space(words: list[str]) -> None:
    plain = page(" ".join(words))
    others = (
        f"<html><head><title>t</title></head><nav>n</nav><main class='x'>{' '.join(words)}</main><footer>f</footer>",
        f"<main>{''.join(f'<p id=a>{word}</p>' for word in words)}</main>",
        f"<main><ul>{''.join(f'<li><b>{word}</b>' for word in words)}</ul><script>1</script></main>",
        f"<main><p>{'&nbsp; '.join(words)}\n\n\t</p></main>",
    )

    assert {page(markup).hash for markup in others} == {plain.hash}


@pytest.mark.parametrize(
    "other", ["350,001 SEK per adult", "per adult 350,000 SEK", "350,000 SEK per Adult", "", "350,000"]
)
def test_other_words_have_another_hash(other: str) -> None:
    assert page(f"<p>{other}</p>").hash != page("<p>350,000 SEK per adult</p>").hash


def test_a_page_that_is_dumped_is_loaded_with_its_words_and_links() -> None:
    read = page("<p>Å ”är” 1</p><p>two</p><a href='/x'>ö</a><a href='y'>y</a>")
    loaded = load_page("https://agency.example/again", read.dump())

    assert (loaded.url, loaded.text, loaded.links) == ("https://agency.example/again", read.text, read.links)
    assert loaded.hash == read.hash
