// The chat on another site: <script src="https://…/static/widget.js" data-language="sv" async></script>
// It asks nothing and stores nothing before somebody opens it, and leaves the page alone when the service is down.
(() => {
  const TAG = "vagvisaren-chat";
  if (customElements.get(TAG)) return;
  const script = document.currentScript;
  const service = new URL(script.src).origin;
  const language = (script.dataset.language ?? document.documentElement.lang).split("-")[0];
  const NAMES = { sv: "Chattrobot", en: "Chatbot" };
  // Browsers let a press open a window for five seconds.
  const PATIENCE = 4000;

  function element(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  async function load(path) {
    const response = await fetch(service + path, { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) throw new Error(path);
    return response;
  }

  class Vagvisaren extends HTMLElement {
    #root = this.attachShadow({ mode: "open" });
    #launcher = element("button", { className: "launcher", type: "button" });
    #panel = null;
    #opens = false;

    constructor() {
      super();
      const sheet = new CSSStyleSheet();
      // Only what the launcher needs: the rest comes when it is opened. No rule of the site is stronger than these.
      sheet.replaceSync(`
        :host { all: initial !important; position: fixed !important; inset-block-end: 1em !important; inset-inline-end: 1em !important;
          z-index: 2147483000 !important; }
        .launcher { font: 600 1.0625em/1.3 system-ui, sans-serif; color: #fff; background: #14425f; border: 2px solid #fff;
          border-radius: 2em; min-block-size: 3em; padding: .6em 1.3em; cursor: pointer; }
        .launcher:focus-visible { outline: 3px solid #b25600; outline-offset: 2px; }
        .launcher[hidden] { display: none; }
        @media print { :host { display: none !important; } }`);
      this.#root.adoptedStyleSheets = [sheet];
      const named = language in NAMES ? language : "sv";
      this.#launcher.append(script.dataset.label ?? NAMES[named]);
      this.#launcher.lang = script.dataset.label ? language : named;
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#launcher.addEventListener("click", () => this.open());
      this.#root.append(this.#launcher);
    }

    async open() {
      if (this.#opens) return;
      this.#opens = true;
      try {
        this.#panel ??= await this.#build();
        this.#panel.hidden = false;
        this.#launcher.hidden = true;
        this.#launcher.setAttribute("aria-expanded", "true");
        this.#root.getElementById("text").focus();
      } catch {
        // The service is down: its page says what can be done, or the browser says that nothing answers.
        open(`${service}/?sprak=${language}`, "_blank", "noopener");
      } finally {
        this.#opens = false;
      }
    }

    close() {
      this.#panel.hidden = true;
      this.#launcher.hidden = false;
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#launcher.focus();
    }

    async #build() {
      const [about, told, style, { inline }, { Talk }, { Box }] = await Promise.all([
        load(`/api/v1/texts?language=${language}`).then((response) => response.json()),
        load(`/api/v1/notice?language=${language}`).then((response) => response.json()),
        load("/static/chat.css").then((response) => response.text()),
        import(`${service}/static/nodes.js`),
        import(`${service}/static/talk.js`),
        import(`${service}/static/box.js`),
      ]);
      const sheet = new CSSStyleSheet();
      // A site may have another rem than the one that this style is made for, but not another text size of the reader's.
      const rem = parseFloat(getComputedStyle(this).fontSize);
      sheet.replaceSync(style.replace(/([\d.]+)rem/g, (_, many) => `${many * rem}px`));
      this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, sheet];
      const panel = this.#panelOf(about, told, inline);
      this.#root.append(panel);
      const talk = new Talk(service, about.texts, about.language);
      const box = new Box({
        root: this.#root,
        form: panel.querySelector("form"),
        talk,
        texts: about.texts,
        maxChars: about.max_chars,
        address: (topic, code) => `${service}/amne/${topic}?sprak=${code}`,
        more: () => ({}),
      });
      box.restore();
      return panel;
    }

    #panelOf({ texts, language: code, dir, human }, told, inline) {
      const form = element("form", { id: "chat", noValidate: true });
      const log = element("div", {}, element("ol", { id: "log" }));
      log.setAttribute("role", "log");
      log.setAttribute("aria-labelledby", "conversation-heading");
      const box = element("textarea", { id: "text", name: "text", rows: 2, maxLength: 4000, dir: "auto", autocomplete: "off" });
      box.setAttribute("aria-describedby", "hint counter error");
      const status = element("p", { id: "status" });
      const counter = element("p", { id: "counter", className: "hint" });
      const hearing = element("p", { id: "hearing", className: "visually-hidden" });
      const error = element("p", { id: "error", className: "error", hidden: true });
      error.setAttribute("role", "alert");
      for (const live of [status, hearing]) live.setAttribute("role", "status");
      form.append(
        ...told.map(({ text, lang, dir }) => element("p", { className: "notice told", lang, dir }, text)),
        element("p", { className: "notice" }, texts.notice),
        element("p", {}, element("a", { href: `${service}/?sprak=${code}` }, texts.chat_open_page)),
        element("h3", { id: "conversation-heading", className: "visually-hidden" }, texts.conversation_heading),
        log,
        status,
        element("p", { className: "human" }, element("strong", {}, texts.human_heading), ". ", ...human.map(inline)),
        element(
          "details",
          { className: "erase" },
          element("summary", {}, texts.erase),
          element("p", {}, texts.erase_sure),
          element("p", {}, element("button", { name: "erase", value: "1" }, texts.erase_yes)),
        ),
        element(
          "section",
          { className: "ask" },
          element("label", { htmlFor: "text" }, texts.input_label),
          element("p", { id: "hint", className: "hint" }, texts.input_hint),
          error,
          box,
          counter,
          hearing,
          element("p", { className: "send" }, element("button", { className: "primary", type: "submit" }, texts.send)),
        ),
      );
      const close = element("button", { type: "button" }, texts.chat_close);
      close.addEventListener("click", () => this.close());
      const heading = element("h2", { id: "panel-heading" }, texts.chat_robot);
      const panel = element("section", { className: "panel", lang: code, dir }, element("div", { className: "bar" }, heading, close), form);
      panel.setAttribute("aria-labelledby", "panel-heading");
      panel.addEventListener("keydown", (event) => {
        // The site's own keys are not meant for what is typed here.
        event.stopPropagation();
        if (event.key === "Escape") this.close();
      });
      return panel;
    }
  }

  customElements.define(TAG, Vagvisaren);
  const place = () => document.body.append(document.createElement(TAG));
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place, { once: true });
})();
