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
const talk = new Talk("", texts, form.dataset.language, sprak.value || null);
const box = new Box({
  root: document,
  form,
  talk,
  texts,
  maxChars: Number(form.dataset.maxChars),
  address: (topic, language) => `/amne/${topic}?sprak=${language}${lattlast.value && "&lattlast=1"}`,
  more: () => ({ easy: Boolean(lattlast.value) }),
});
// A page that came with an answer, to somebody without a script until now, is left as it is.
if (conversation.value) talk.resume(conversation.value);
else box.restore();

let waiting;

async function search() {
  clearTimeout(waiting);
  const words = sought.value;
  const query = new URLSearchParams({ q: words, language: form.dataset.language });
  const response = await fetch(`/api/v1/search?${query}`).catch(() => null);
  const topics = response?.ok ? await response.json() : null;
  // An answer that comes late is none to what is written now.
  if (words !== sought.value) return;
  const buttons = topics?.map(({ button, title }) => ({ id: button, title }));
  found.replaceChildren(buttons?.length ? choices(buttons) : element("p", {}, buttons ? texts.search_none : texts.error_network));
}

sought.addEventListener("input", () => {
  clearTimeout(waiting);
  if (sought.value.trim().length < LEAST) found.replaceChildren();
  else waiting = setTimeout(search, PAUSE);
});
form.addEventListener("submit", (event) => {
  if (event.submitter?.name !== "search") return;
  event.preventDefault();
  search();
});
