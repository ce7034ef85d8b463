// The chat with JavaScript: the same form, answered without leaving the page.
// Nothing is stored: the conversation's token lives in the form, and what is typed is sent on Send only.
import { answer, aside, said } from "./nodes.js";

const form = document.getElementById("chat");
const { text: box, conversation } = form.elements;
const log = document.getElementById("log");
const status = document.getElementById("status");
const error = document.getElementById("error");
const texts = JSON.parse(form.dataset.texts);
let busy = false;

function show(...items) {
  log.append(...items);
  document.getElementById("conversation-heading").classList.remove("visually-hidden");
  items.at(-1).scrollIntoView({ block: "nearest" });
  items[0].scrollIntoView({ block: "start" });
}

function fail(message) {
  error.textContent = message;
  error.hidden = false;
  box.setAttribute("aria-invalid", "true");
}

function clearFault() {
  error.hidden = true;
  error.textContent = "";
  box.removeAttribute("aria-invalid");
}

async function send(body) {
  const response = await fetch("/api/v1/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ conversation: conversation.value || null, language: form.dataset.chosen || null, ...body }),
  });
  const result = await response.json();
  if (!response.ok) throw new Error(result.detail ?? texts.error_unknown);
  return result;
}

async function turn(body, spoken) {
  if (busy) return;
  busy = true;
  clearFault();
  status.textContent = texts.sending;
  try {
    const result = await send(body);
    conversation.value = result.conversation;
    // A language that was asked for in words is the chosen one from then on.
    if (form.dataset.chosen) form.dataset.chosen = result.language;
    const items = [said(spoken, texts)];
    if (result.notice) items.push(aside(result.notice));
    result.replies.forEach((reply, index) => {
      const last = index === result.replies.length - 1;
      items.push(answer(reply, last ? result.buttons : [], texts));
    });
    show(...items);
    if (body.text) box.value = "";
  } catch (fault) {
    // What was typed stays in the box.
    fail(fault instanceof TypeError ? texts.error_network : fault.message);
    box.focus();
  } finally {
    status.textContent = "";
    busy = false;
  }
}

async function erase() {
  if (conversation.value) {
    await fetch(`/api/v1/conversations/${conversation.value}`, { method: "DELETE" }).catch(() => {});
  }
  conversation.value = "";
  log.replaceChildren();
  box.value = "";
  show(aside(texts.erased));
  box.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const pressed = event.submitter;
  if (pressed?.name === "erase") {
    erase();
  } else if (pressed?.name === "button") {
    turn({ button: pressed.value }, pressed.textContent);
  } else if (box.value.trim()) {
    turn({ text: box.value }, box.value);
  } else {
    fail(texts.error_empty);
    box.focus();
  }
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit(form.querySelector(".primary"));
  }
});
