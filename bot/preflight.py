"""`python -m bot.preflight`: before a start, are the settings right and the ports free?"""

from __future__ import annotations

import socket
import sys

from bot.web.settings import Settings, SettingsError, load_settings

# Fixed in endpoints.yml and the Procfile: only Rasa speaks with the action server.
ACTIONS_PORT = 5055


def taken_ports(settings: Settings) -> list[str]:
    """Return one line for each port that another process holds."""
    wanted = (
        (settings.web_host, settings.web_port, "Set WEB_PORT in .env, or stop the other program."),
        (settings.rasa_host, settings.rasa_port, "Set RASA_PORT in .env, or stop the other program."),
        ("127.0.0.1", ACTIONS_PORT, "Stop the other program; perhaps Vägvisaren runs already."),
    )
    return [f"Port {port} is taken. {advice}" for host, port, advice in wanted if not _is_free(host, port)]


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def main() -> int:
    """Print what stands in the way of a start, or where the page will be. Returns 1 in the first case."""
    try:
        settings = load_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    taken = taken_ports(settings)
    for line in taken:
        print(line, file=sys.stderr)
    if not taken:
        print(f"The page: http://localhost:{settings.web_port} (free text is answered some 20 seconds later).")
        print("Stop with Ctrl-C.")
    return 1 if taken else 0


if __name__ == "__main__":
    sys.exit(main())
