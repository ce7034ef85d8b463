from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_faulty_settings_stop_the_start_with_clear_lines(tmp_path: Path) -> None:
    environment = {"WEB_PORT": "http", "LIMIT_CLIENT": "many", "PYTHONPATH": str(ROOT)}

    ended = subprocess.run(
        [sys.executable, "-m", "bot.web"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )

    assert ended.returncode == 2
    assert ended.stdout == ""
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == ["setting WEB_PORT", "setting LIMIT_CLIENT"]
