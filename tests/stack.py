"""The real thing for tests, evaluation and benchmarks: web, Rasa and actions on free ports."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "models" / "vagvisaren.tar.gz"
RASA_PYTHON = ROOT / ".venv/rasa/bin/python"
WEB_PYTHON = ROOT / ".venv/web/bin/python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}


def free_port() -> int:
    """Return a free port below the range from which the system takes ports for outgoing connections."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as `true()`; raise TimeoutError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)


class Stack:
    """Starts and stops the three processes. Everything they print is in `logs`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """`folder` takes logs and configuration; `settings` are settings of the gateway."""
        self.logs = folder
        self.web_port, self.rasa_port, self.actions_port = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.database_url = settings.get("DATABASE_URL", f"sqlite:///{folder / 'facts.db'}")
        self._settings = {"LIMITS": "off", "DATABASE_URL": self.database_url, **settings}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> Stack:
        self.start_inner()
        self.start_web()
        self.wait_ready()
        return self

    def wait_ready(self) -> None:
        """Wait until free text is answered."""
        wait_until(lambda: self._alive() and self.get("/readyz") == 200, 180, "Rasa did not become ready")

    def _alive(self) -> bool:
        dead = [name for name, process in self._processes.items() if process.poll() is not None]
        if dead:
            tail = (self.logs / f"{dead[0]}.log").read_text(encoding="utf-8", errors="replace")[-2000:]
            raise RuntimeError(f"{dead[0]} died:\n{tail}")
        return True

    def start_web(self) -> None:
        self._start("web", [str(WEB_PYTHON), "-m", "bot.web"])
        wait_until(lambda: self.get("/livez") == 200, 60, "the gateway did not start")

    def start_inner(self) -> None:
        """Start Rasa and the action server."""
        self.start_rasa()
        command = [str(RASA_PYTHON), "-m", "rasa_sdk", "--quiet", "--actions", "actions"]
        self._start("actions", [*command, "--port", str(self.actions_port)])

    def start_rasa(self) -> None:
        yaml = YAML()
        endpoints = yaml.load(ROOT / "endpoints.yml")
        endpoints["action_endpoint"]["url"] = f"http://127.0.0.1:{self.actions_port}/webhook"
        yaml.dump(endpoints, self.logs / "endpoints.yml")
        command = [str(RASA_PYTHON), "-m", "rasa", "run", "--quiet", "--model", str(MODEL)]
        command += ["--interface", "127.0.0.1", "--port", str(self.rasa_port)]
        self._start("rasa", [*command, "--endpoints", str(self.logs / "endpoints.yml")])

    def start_watcher(self) -> None:
        """Start the watcher, which reads no source: the real ones are not there in tests."""
        self._settings["WATCH"] = "off"
        self._start("watcher", [str(WEB_PYTHON), "-m", "bot.facts", "watch"])

    def kill(self, name: str) -> None:
        """Kill a process as a crash would."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()

    def get(self, path: str) -> int:
        """Return the status of a GET, or 0 when nobody answers."""
        try:
            return httpx.get(self.url + path, timeout=10, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def _start(self, name: str, command: list[str]) -> None:
        environment = {
            **os.environ,
            **QUIET,
            "WEB_PORT": str(self.web_port),
            "RASA_PORT": str(self.rasa_port),
            **self._settings,
        }
        with (self.logs / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
