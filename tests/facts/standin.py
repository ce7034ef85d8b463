"""A stand-in for the outside sources: a real HTTPS server on this machine, with a switch for each kind of failure."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import html
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

from bot.facts.fetch import PublicAddresses

PAGES = Path(__file__).parent / "pages"
MV = "www.migrationsverket.se"
GRANT = "/en/you-have-a-permit-in-sweden/asylum/repatriation-grant.html"
# Address on the stand-in -> file in pages/.
FILES = {
    GRANT: "mv_en_repatriation-grant_2026-version",
    "/nyheter/news-archive/2025-10-31-the-repatriation-grant-will-be-increased.html": "mv_en_news_2025-10-31",
    "/nyheter/news-archive/2026-01-01-now-you-can-apply-for-the-increased-repatriation-grant.html": (
        "mv_en_news_2026-01-01"
    ),
    "/en/about-the-swedish-migration-agency/the-swedish-migration-agency-answers/2026/"
    "2026-01-19-voluntary-repatriation-and-repatriation-grants---what-are-they.html": "mv_en_answers_2026-01-19",
    "/en/contact-us/book-an-appointment.html": "mv_en_book-appointment_2025",
    "/Kontakta-oss/Ring-oss.html": "mv_sv_ring-oss_2021",
    "/en/you-have-received-a-decision/asylum/reestablishment-support.html": "mv_en_reestablishment-support_2025",
    "/en/you-have-a-permit-in-sweden/study/you-plan-to-travel-abroad.html": "mv_en_keep-permanent-permit_187011",
    "/en/other/leaving-sweden.html": "mv_en_leaving-sweden_new-structure",
    "/en/you-have-a-permit-in-sweden/asylum/you-want-to-move-from-sweden.html": "mv_en_you-want-to-move-from-sweden",
}
OLD_GRANT = "mv_en_repatriation-grant_2025-version"
ARABIC = "mv_ar_frivillig-atervandring_old"
LARGE = 20_000_000


def page_text(name: str) -> str:
    """Return the text of a page, without the two lines that tell its address and age."""
    lines = (PAGES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("URL", "NOTE")))


def as_html(text: str, language: str | None = None) -> bytes:
    """Return text as a page of a site: navigation around it, lists as lists."""
    blocks = []
    for line in text.splitlines():
        words = html.escape(line.strip())
        if line.lstrip().startswith(("- ", "•")):
            blocks.append(f"<li>{words.lstrip('-• ')}</li>")
        elif words:
            blocks.append(f"<p>{words}</p>")
    lang = f' lang="{language}"' if language else ""
    navigation = "<nav><a href='/'>Start</a></nav><header>10,000 SEK per adult</header>"
    body = "\n".join(blocks)
    return f"<!doctype html><html{lang}><body>{navigation}<main>{body}</main></body></html>".encode()


class StandIn:
    """Serves the pages. `behave` switches to a failure; `texts` replaces pages; `requests` holds what was asked.

    `most_at_once` is the highest number of answers that one site had under way.
    """

    def __init__(self) -> None:
        self.authority = trustme.CA()
        self.behave = "well"
        self.texts: dict[str, str] = {path: page_text(name) for path, name in FILES.items()}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.most_at_once = self.sent = 0
        self._busy: dict[BaseHTTPRequestHandler, str] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        hosts = (MV, "migrationsverket.se", "start.stockholm", "www.statenssc.se")
        self.authority.issue_cert(*hosts).configure_cert(context)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def context(self) -> ssl.SSLContext:
        """Return a TLS context that trusts this stand-in; one that does not, when TLS is to be broken."""
        context = ssl.create_default_context()
        if self.behave != "broken_tls":
            self.authority.configure_trust(context)
        return context

    def addresses(self) -> PublicAddresses:
        """Return addresses that lead the sources' names here, and refuse everything that the real ones refuse."""
        return lead_to(self.port)

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                with standin._lock:
                    standin.requests.append((self.path, {key.lower(): value for key, value in self.headers.items()}))
                    standin._busy[self] = site = self.headers["host"].removeprefix("www.")
                    standin.most_at_once = max(standin.most_at_once, list(standin._busy.values()).count(site))
                try:
                    with contextlib.suppress(OSError):
                        standin._answer(self)
                finally:
                    standin._busy.pop(self, None)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def _answer(self, to: BaseHTTPRequestHandler) -> None:
        redirects = {
            "redirect_loop": to.path,
            "redirect_private": "https://169.254.169.254/latest/meta-data/",
            "redirect_loopback": "https://127.0.0.1/",
            "redirect_ipv6": "https://[::1]/",
            "redirect_decimal": "https://2130706433/",
            "redirect_user": f"https://user:secret@{MV}/",
            "redirect_port": f"https://{MV}:8443/",
            "redirect_http": f"http://{MV}{GRANT}",
            "redirect_file": "file:///etc/passwd",
            "wrong_host": "https://example.com/",
        }
        texts: dict[str, Callable[[str], str]] = {
            "changed_amount": lambda text: text.replace("350,000", "400,000"),
            "old_page": lambda _: page_text(OLD_GRANT),
            "moved_label": lambda text: text.replace("350,000 SEK per adult", "What one adult gets: see 350,000 SEK"),
            "other_language": lambda _: page_text(ARABIC),
            "login": lambda _: "Log in to read about the repatriation grant",
            "another_page": lambda _: "Welcome to our new website about something else entirely, in plain English.",
            "empty": lambda _: "",
        }
        behave = self.behave
        if behave in ("404", "403", "500", "503", "429"):
            self._send(to, int(behave), b"<p>repatriation grant</p>")
        elif behave in redirects:
            self._send(to, 302, b"", location=redirects[behave])
        elif behave == "timeout":
            self._over.wait(30)
        elif behave == "slow_drip":
            self._drip(to)
        elif behave == "large":
            self._send(to, 200, b"x" * LARGE)
        elif behave == "gzip_bomb":
            self._send(to, 200, gzip.compress(b"<p>repatriation grant</p>" * 400_000), content_encoding="gzip")
        elif behave == "pdf":
            self._send(to, 200, b"%PDF", content_type="application/pdf")
        elif behave == "hang_up":
            to.connection.close()
        elif to.path not in self.texts:
            self._send(to, 404, b"<p>not here</p>")
        else:
            text = texts.get(behave, lambda text: text)(self.texts[to.path])
            body = b"" if behave == "empty" else as_html(text)
            if behave == "login":
                body = body.replace(b"</main>", b"<input type='password'></main>")
            self._send_page(to, body)

    def _send_page(self, to: BaseHTTPRequestHandler, body: bytes) -> None:
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if to.headers.get("if-none-match") == etag:
            self._send(to, 304, b"", etag=etag)
        else:
            self._send(to, 200, body, etag=etag)

    def _send(self, to: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
        to.send_response(status)
        named = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body)), **headers}
        for name, value in named.items():
            to.send_header(name.replace("_", "-"), value)
        pieces = [body[start : start + 65_536] for start in range(0, len(body), 65_536)]
        if len(pieces) < 2:
            # Who has read the whole answer may ask again before this thread goes on.
            self._busy.pop(to, None)
        to.end_headers()
        for piece in pieces:
            to.wfile.write(piece)
            self.sent += len(piece)

    def _drip(self, to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("content-type", "text/html")
        to.end_headers()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not self._over.wait(0.1):
            to.wfile.write(b" ")
            to.wfile.flush()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients hang up on purpose here."""


class _LeadHere(PublicAddresses):
    def __init__(self, port: int) -> None:
        self._port = port

    async def find(self, host: str, port: int) -> tuple[str, int]:
        if host in (MV, "migrationsverket.se", "start.stockholm", "www.statenssc.se"):
            return "127.0.0.1", self._port
        return await super().find(host, port)


def lead_to(port: int) -> PublicAddresses:
    """Return addresses that lead the sources' names to a stand-in on `port`."""
    return _LeadHere(port)
