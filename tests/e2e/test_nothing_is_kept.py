"""What people write must be nowhere on disk afterwards: canaries through every path, then a search."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.stack import ROOT, Stack

CANARY = "kanariefågelzq"


def test_no_text_is_left_on_disk(tmp_path: Path) -> None:
    began = time.time()
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    stack = Stack(tmp_path, TMPDIR=str(temporary), LOG_LEVEL="DEBUG")
    try:
        stack.start()
        send_canaries(stack)
        stack.kill("rasa")
        httpx.post(f"{stack.url}/api/v1/messages", json={"text": f"{CANARY} utan rasa"}, timeout=30, trust_env=False)
    finally:
        stack.stop()

    assert (tmp_path / "web.log").stat().st_size > 0
    left = [str(path) for path in files_written(began, tmp_path) if CANARY.encode() in path.read_bytes()]
    assert left == []


def send_canaries(stack: Stack) -> None:
    with httpx.Client(base_url=stack.url, timeout=30, trust_env=False) as client:
        token = None
        for text in (
            f"betalar kommunen {CANARY}?",
            f"/{CANARY}",
            f"/restart {CANARY}",
            f"{CANARY}\nINFO forged",
            CANARY * 200,
        ):
            answer = client.post("/api/v1/messages", json={"text": text, "conversation": token})
            token = answer.json().get("conversation", token)
        client.post("/api/v1/messages", content=f'{{"text": "{CANARY}"'.encode())
        client.post("/api/v1/messages", json={"text": 1, "conversation": CANARY})
        client.post("/", data={"text": CANARY})
        client.get("/api/v1/search", params={"q": CANARY})
        client.get(f"/amne/{CANARY}")
        client.get("/", params={CANARY: CANARY})
        client.delete(f"/api/v1/conversations/{CANARY}")


def files_written(began: float, logs: Path) -> Iterator[Path]:
    """Yield what the processes wrote: logs, temporary files, and anything new in the repository."""
    for folder in (logs, *(path for path in ROOT.iterdir() if path.name not in (".venv", ".git", "tests"))):
        for path in [folder] if folder.is_file() else folder.rglob("*"):
            if path.is_file() and path.stat().st_mtime >= began - 1:
                yield path
