// The chat page with JavaScript: the same form, answered without leaving the page.
import { Box } from "./box.js";
import { choices, element } from "./nodes.js";
import { Talk } from "./talk.js";

// Searching begins with so many letters, after so many milliseconds without another one.
const LEAST = 3;
const PAUSE = 200;

const form = document.getElementById("chat");
const { conversation, sprak, lattlast, sought } = form.elements;
const texts = JSON.parse(form.dataset.texts);
const found = document.getElementById("found");
const talk = new Talk("", texts);
const box = new Box({
  root: document,
  form,
  talk,
  texts,
  maxChars: Number(form.dataset.maxChars),
  address: (topic, language) => `/amne/${topic}?sprak=${language}${lattlast.value && "&lattlast=1"}`,
  more: () => ({ language: sprak.value || null, easy: Boolean(lattlast.value) }),
});
// A page that came with an answer, to somebody without a script until now, is left as it is.
if (!conversation.value) box.restore();

const titles = new Map([...form.querySelectorAll(".menu details button")].map((one) => [one.textContent, one.value]));
let waiting;

async function search() {
  if (sought.value.trim().length < LEAST) {
    found.replaceChildren();
    return;
  }
  const query = new URLSearchParams({ q: sought.value, language: form.dataset.language });
  const response = await fetch(`/api/v1/search?${query}`).catch(() => null);
  if (!response?.ok) return;
  const fitting = (await response.json()).filter(({ title }) => titles.has(title));
  const buttons = fitting.map(({ title }) => ({ id: titles.get(title), title }));
  found.replaceChildren(buttons.length ? choices(buttons) : element("p", {}, texts.search_none));
}

sought.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(search, PAUSE);
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "search") return;
  event.preventDefault();
  search();
});
