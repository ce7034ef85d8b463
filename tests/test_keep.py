"""The keeper of Rasa and the action server: says that a process died, starts it again, stops when told."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

KEEP = Path(__file__).parent.parent / "deploy/keep.sh"


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    """A program that writes a line to a file each time it is started, and dies."""
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho started >> "{tmp_path}/starts"\nexit 3\n', encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.fixture
def kept(counter: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([KEEP, "demo", counter], stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def test_a_dead_process_is_told_and_started_again(kept: subprocess.Popen[str], counter: Path) -> None:
    assert kept.stderr is not None
    told = [kept.stderr.readline() for _ in range(2)]
    assert all(line.startswith("demo ended with code 3") for line in told)
    assert (counter.parent / "starts").read_text(encoding="utf-8").count("started") >= 2


def test_it_stops_when_told(kept: subprocess.Popen[str]) -> None:
    assert kept.stderr is not None
    kept.stderr.readline()
    kept.terminate()
    assert kept.wait(10) == 0
