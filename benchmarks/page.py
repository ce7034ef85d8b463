"""What the page weighs, and how soon it can be used on a slow phone: `make bench`, or `python -m benchmarks.page`.

Slow 4G as Lighthouse has it: 150 ms there and back, 1.6 Mbit/s down, 0.75 up; the processor four times slower.
Usable: the box takes text and the form can be sent, with or without the script.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from tests.chromium import CHROMIUM, FLAGS
from tests.stack import Stack

RUNS = 5
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}


def visit(browser: Browser, url: str) -> tuple[float, float, dict[str, int]]:
    """Return milliseconds until the form is there and until the script runs, and bytes on the wire by kind."""
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    kinds: dict[str, str] = {}
    weight: dict[str, int] = {}
    wire.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))

    def arrived(event: dict[str, object]) -> None:
        kind = kinds.get(str(event["requestId"]), "Other")
        weight[kind] = weight.get(kind, 0) + int(str(event["encodedDataLength"]).split(".")[0])

    wire.on("Network.loadingFinished", arrived)
    page.goto(url, wait_until="networkidle")
    timing = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
    context.close()
    return float(timing["domInteractive"]), float(timing["domContentLoadedEventEnd"]), weight


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder))
        stack.start_web()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for name, path in (("chat", "/?sprak=sv"), ("topic", "/amne/grant_amount?sprak=sv")):
                visits = [visit(browser, stack.url + path) for _ in range(RUNS)]
                form, script = (median(one[index] for one in visits) for index in (0, 1))
                weight = visits[-1][2]
                kinds = ", ".join(f"{kind.lower()} {size / 1000:.1f}" for kind, size in sorted(weight.items()))
                print(f"{name}: usable after {form:.0f} ms, script runs after {script:.0f} ms (slow 4G)")
                print(f"    {sum(weight.values()) / 1000:.1f} kB on the wire: {kinds}")
        finally:
            browser.close()
            stack.stop()


if __name__ == "__main__":
    main()
