// Tells of what others change while a page is open. The desk works without this file.

// Milliseconds before the line is tried again when the service did not answer.
const AGAIN = 10_000;
const live = document.getElementById("live");
let line, waiting, isTold = false;

function close() {
  clearTimeout(waiting);
  line?.close();
}

function listen() {
  close();
  // Browsers keep few lines to one service: only pages that are looked at have one. Its address holds what the page
  // shows, so that nothing is missed meanwhile.
  if (isTold || document.visibilityState === "hidden") return;
  line = new EventSource(live.dataset.events);
  line.addEventListener("change", tell);
  line.addEventListener("error", ({ target }) => {
    // The browser comes back by itself to a line that was cut, but not after an error such as 503.
    if (target.readyState === EventSource.CLOSED && target === line) waiting = setTimeout(listen, AGAIN);
  });
}

function tell() {
  isTold = true;
  close();
  const again = document.createElement("a");
  again.href = location.pathname + location.search;
  again.textContent = "Visa det nya";
  live.replaceChildren("Något har ändrats sedan sidan visades. ", again);
}

if (live.dataset.events) {
  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", close);
  addEventListener("pageshow", ({ persisted }) => persisted && listen());
}
