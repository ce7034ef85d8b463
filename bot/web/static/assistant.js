// The assistant of the desk: suggestions while typing, shortcuts, copying. All else works without.

const SHORTEST = 3;
const PAUSE = 150;
// Milliseconds before the service is asked again that cannot search yet.
const AGAIN = 1000;
const STORE = "desk-shortcuts";

const form = document.getElementById("ask");
const box = document.getElementById("question");
const suggestions = document.getElementById("suggestions");
const list = suggestions.querySelector("ol");
const suggested = document.getElementById("suggested");
const copied = document.getElementById("copied");

for (const hidden of document.querySelectorAll(".script-only")) hidden.hidden = false;

// Suggestions

let asked = 0;
let timer = 0;

async function suggest() {
  const turn = ++asked;
  const typed = box.value.trim();
  const found = typed.length < SHORTEST ? [] : await search(typed);
  // What was typed later is answered by a later call.
  if (turn !== asked) return;
  if (!found) {
    timer = setTimeout(suggest, AGAIN);
    return;
  }
  list.replaceChildren(...found.map(choice));
  suggestions.hidden = found.length === 0;
  suggested.textContent = typed.length < SHORTEST ? "" : `${found.length} förslag`;
}

// Null: the service cannot search yet.
async function search(typed) {
  const body = new FormData();
  body.set("csrf", form.elements.csrf.value);
  body.set("question", typed);
  try {
    const response = await fetch("/desk/suggest", { method: "POST", body });
    if (response.status === 202) return null;
    return response.ok ? await response.json() : [];
  } catch {
    return [];
  }
}

function choice(found, place) {
  const button = document.createElement("button");
  Object.assign(button, { name: "amne", value: found.topic });
  button.setAttribute("form", "ask");
  button.dataset.key = place + 1;
  const key = document.createElement("kbd");
  key.textContent = place + 1;
  const text = document.createElement("span");
  Object.assign(text, { className: "hint", lang: found.language, dir: "auto", textContent: found.text });
  button.append(key, ` ${found.title} `, text);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(suggest, PAUSE);
});

// Shortcuts

const use = document.getElementById("use-shortcuts");
use.checked = localStorage.getItem(STORE) !== "off";
use.addEventListener("change", () => localStorage.setItem(STORE, use.checked ? "on" : "off"));

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (!use.checked || event.ctrlKey || event.metaKey || (typing && !event.altKey)) return;
  // With Alt some keyboards write other characters: the key itself counts. With Shift 7 is / in Sweden.
  const digit = !event.shiftKey && /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const act = digit ? pressed(digit) : keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});

const keys = {
  "/": () => box.select(),
  // The Swedish answer stands first, the caller's last.
  k: () => [...document.querySelectorAll("[data-copy]")].at(-1)?.click(),
  s: () => document.querySelector("[data-copy]")?.click(),
};

function pressed(digit) {
  const place = suggestions.hidden ? document : suggestions;
  const button = place.querySelector(`[data-key="${digit}"]`);
  return button && (() => button.click());
}

// Copying and printing

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.value);
      copied.textContent = "Kopierat.";
    } catch {
      // The browser does not let us: the text is marked, to be copied by hand.
      text.closest("details").open = true;
      text.select();
    }
  });
}

document.getElementById("print")?.addEventListener("click", () => print());
