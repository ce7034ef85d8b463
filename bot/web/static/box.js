// The conversation as people use it, on the page and in the widget: log, box, choices, faults, erasing.
import { aside, consent, element, turn } from "./nodes.js";
import { hasPersonal } from "./talk.js";

// From this share of the longest message on, what is left is counted.
const COUNT_FROM = 0.8;

export class Box {
  // `root` holds the elements with the ids of the page; `more()` gives the fields sent with every message.
  constructor({ root, form, talk, texts, maxChars, address, more }) {
    const find = (id) => root.getElementById(id);
    this.log = find("log");
    // The interface's words stand in answers of other languages too.
    const { lang, dir } = this.log.closest("[lang]");
    Object.assign(this, { root, form, talk, texts: { ...texts, lang, dir }, maxChars, address, more });
    this.text = find("text");
    // What is too long is explained; a limit of the field would cut it without a word.
    this.text.removeAttribute("maxlength");
    this.status = find("status");
    this.error = find("error");
    this.counter = find("counter");
    this.heading = find("conversation-heading");
    this.hearing = find("hearing");
    this.heard = false;
    form.addEventListener("submit", (event) => this.#submitted(event));
    this.log.addEventListener("click", (event) => this.#copied(event));
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit(form.querySelector(".primary"));
      }
    });
    addEventListener("offline", () => this.#tell(texts.error_offline));
    addEventListener("online", () => this.#tell(""));
  }

  // Shows again what was said in this tab. Returns whether there was anything.
  restore() {
    const turns = this.talk.restore();
    for (const one of turns) this.#show(turn(one, this.texts, this.address));
    return turns.length > 0;
  }

  async ask(message, words) {
    if (this.talk.busy) return;
    this.#fail("");
    this.#tell(this.texts.sending);
    try {
      const one = await this.talk.send(message, words, this.more());
      if (one) this.#show(turn(one, this.texts, this.address));
      // What was written meanwhile stays.
      if (this.text.value === message.text) this.text.value = "";
      this.#typed();
    } catch (fault) {
      // What was typed stays in the box, and can be changed before it is sent again; a press can be made again.
      this.#fail(fault.message, fault.passing && (() => (message.text ? this.#say() : this.ask(message, words))));
    } finally {
      this.#tell("");
    }
  }

  async erase() {
    this.text.value = "";
    this.#typed();
    this.#fail("");
    this.log.replaceChildren();
    this.text.focus();
    try {
      await this.talk.erase();
      this.#show([aside(this.texts.erased)]);
    } catch (fault) {
      this.#fail(fault.message, () => this.erase());
    }
  }

  #submitted(event) {
    const pressed = event.submitter;
    if (pressed?.name === "search") return;
    event.preventDefault();
    if (pressed?.name === "erase") {
      pressed.closest("details").open = false;
      this.erase();
    } else if (pressed?.name === "feedback") {
      this.#judge(pressed);
    } else if (pressed?.name === "keep") {
      this.#keep(pressed);
    } else if (pressed?.name === "button") {
      this.ask({ button: pressed.value }, pressed.textContent);
    } else {
      this.#say();
    }
  }

  #say() {
    const text = this.text.value;
    const fault = !text.trim() ? this.texts.error_empty : text.length > this.maxChars ? this.texts.error_too_long : "";
    if (!fault) {
      this.ask({ text }, text);
      return;
    }
    // Said once: what is too long is told below the box as well, until it is sent.
    this.counter.textContent = "";
    this.#fail(fault);
    this.text.focus();
  }

  async #judge(pressed) {
    const [topic, reason] = pressed.value.split(":");
    const { lang, dataset } = pressed.closest(".answer");
    const sent = await this.#sendOnce(() => this.talk.judge(topic, lang, reason), () => this.#judge(pressed));
    if (!sent) return;
    const offer = reason === "yes" ? [] : consent("div", dataset.asked, lang, reason, this.texts);
    this.#thank(pressed.closest(".feedback"), this.texts.feedback_thanks, offer);
  }

  async #keep(pressed) {
    const offer = pressed.closest(".consent");
    const asked = offer.querySelector("blockquote").textContent;
    const keep = () => this.talk.keep(asked, offer.dataset.language, pressed.value);
    const sent = await this.#sendOnce(keep, () => this.#keep(pressed));
    if (sent) this.#thank(offer, this.texts.consent_thanks, [], offer.localName === "li" ? "li" : "p");
  }

  // Carries out `send` unless the one before still goes on. Returns whether it went well; else a fault is told.
  async #sendOnce(send, again) {
    if (this.judging) return false;
    this.judging = true;
    try {
      await send();
      return true;
    } catch (fault) {
      this.#fail(fault.message, fault.passing && again);
      return false;
    } finally {
      this.judging = false;
    }
  }

  // Puts thanks where somebody pressed, and whatever follows.
  #thank(place, words, following, name = "p") {
    const thanks = element(name, { tabIndex: -1 }, words);
    place.replaceWith(thanks, ...following);
    thanks.focus();
  }

  async #copied({ target }) {
    if (target.name !== "copy") return;
    const answer = target.closest(".answer");
    const parts = [...answer.querySelectorAll("h3, :scope > p, :scope > ul:not(.choices) > li")].map((part) => part.textContent);
    const note = answer.querySelector(".sources summary > :last-child")?.textContent;
    await navigator.clipboard.writeText([...parts, note, new URL(target.value, document.baseURI).href].filter(Boolean).join("\n"));
    this.#tell(this.texts.copied);
  }

  #typed() {
    const { length } = this.text.value;
    const left = this.maxChars - length;
    const hint = hasPersonal(this.text.value) ? this.texts.personal_hint : left < 0 ? this.texts.error_too_long : "";
    const count = left >= 0 && length >= this.maxChars * COUNT_FROM ? this.texts.characters.replace("{count}", left) : "";
    this.counter.textContent = [hint, count].filter(Boolean).join(" ");
    // Heard once, not with every key.
    const kind = hint || Boolean(count);
    if (kind !== this.heard) this.hearing.textContent = hint || count;
    this.heard = kind;
  }

  #show(items) {
    this.log.append(...items);
    this.heading?.classList.remove("visually-hidden");
    items.at(-1).scrollIntoView({ block: "nearest" });
    items[0].scrollIntoView({ block: "start" });
  }

  #tell(words) {
    this.status.textContent = words;
  }

  #fail(words, again) {
    // Pressing "try again" takes that button away.
    if (this.error.contains(this.error.getRootNode().activeElement)) this.text.focus();
    this.error.replaceChildren(words);
    this.error.hidden = !words;
    // A network that fails is no fault of the text.
    if (words && !again) this.text.setAttribute("aria-invalid", "true");
    else this.text.removeAttribute("aria-invalid");
    if (words && again) {
      const retry = document.createElement("button");
      retry.type = "button";
      retry.textContent = this.texts.try_again;
      retry.setAttribute("aria-describedby", this.error.id);
      retry.addEventListener("click", again, { once: true });
      this.error.append(" ", retry);
    }
  }
}
