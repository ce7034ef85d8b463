// The chat on another site: <script src="https://…/static/widget.js" data-language="sv" async></script>
// It asks nothing and stores nothing before somebody opens it, and leaves the page alone when the service is down.
(() => {
  const script = document.currentScript;
  const service = new URL(script.src).origin;
  const language = script.dataset.language ?? document.documentElement.lang.split("-")[0] ?? "sv";
  const NAMES = { sv: "Chattrobot", en: "Chatbot" };

  function element(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  async function load(path) {
    const response = await fetch(service + path);
    if (!response.ok) throw new Error(path);
    return response;
  }

  class Vagvisaren extends HTMLElement {
    #root = this.attachShadow({ mode: "open" });
    #launcher = element("button", { className: "launcher", type: "button" }, script.dataset.label ?? NAMES[language] ?? NAMES.sv);
    #panel = null;

    connectedCallback() {
      const sheet = new CSSStyleSheet();
      // Only what the launcher needs: the rest comes when it is opened.
      sheet.replaceSync(`
        :host { all: initial; position: fixed; inset-block-end: 1rem; inset-inline-end: 1rem; z-index: 2147483000; }
        .launcher { font: 600 1.0625rem/1.3 system-ui, sans-serif; color: #fff; background: #14425f; border: 2px solid #fff;
          border-radius: 2rem; min-block-size: 3rem; padding: .6rem 1.3rem; cursor: pointer; }
        .launcher:focus-visible { outline: 3px solid #b25600; outline-offset: 2px; }
        .launcher[hidden] { display: none; }`);
      this.#root.adoptedStyleSheets = [sheet];
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#launcher.addEventListener("click", () => this.open());
      this.#root.append(this.#launcher);
    }

    async open() {
      this.#launcher.disabled = true;
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
        this.#launcher.disabled = false;
      }
    }

    close() {
      this.#panel.hidden = true;
      this.#launcher.hidden = false;
      this.#launcher.setAttribute("aria-expanded", "false");
      this.#launcher.focus();
    }

    async #build() {
      const [about, style, { inline }, { Talk }, { Box }] = await Promise.all([
        load(`/api/v1/texts?language=${language}`).then((response) => response.json()),
        load("/static/chat.css").then((response) => response.text()),
        import(`${service}/static/nodes.js`),
        import(`${service}/static/talk.js`),
        import(`${service}/static/box.js`),
      ]);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      this.#root.adoptedStyleSheets = [...this.#root.adoptedStyleSheets, sheet];
      const panel = this.#panelOf(about, inline);
      this.#root.append(panel);
      const talk = new Talk(service, about.texts);
      const box = new Box({
        root: this.#root,
        form: panel.querySelector("form"),
        talk,
        texts: about.texts,
        maxChars: about.max_chars,
        address: (topic, code) => `${service}/amne/${topic}?sprak=${code}`,
        more: () => ({ language: about.language }),
      });
      box.restore();
      return panel;
    }

    #panelOf({ texts, language: code, dir, human }, inline) {
      const form = element("form", { id: "chat", noValidate: true });
      const log = element("div", {}, element("ol", { id: "log" }));
      log.setAttribute("role", "log");
      log.setAttribute("aria-labelledby", "conversation-heading");
      const box = element("textarea", { id: "text", name: "text", rows: 2, maxLength: 4000, dir: "auto", autocomplete: "off" });
      box.setAttribute("aria-describedby", "hint error");
      const status = element("p", { id: "status" });
      const counter = element("p", { id: "counter", className: "hint" });
      for (const live of [status, counter]) live.setAttribute("role", "status");
      form.append(
        element("p", { className: "notice" }, texts.notice),
        element("h3", { id: "conversation-heading", className: "visually-hidden" }, texts.conversation_heading),
        log,
        status,
        element("label", { htmlFor: "text" }, texts.input_label),
        element("p", { id: "hint", className: "hint" }, texts.input_hint),
        element("p", { id: "error", className: "error", hidden: true }),
        box,
        counter,
        element("p", { className: "send" }, element("button", { className: "primary", type: "submit" }, texts.send)),
        element("p", { className: "human" }, element("strong", {}, texts.human_heading), ". ", ...human.map(inline)),
        element(
          "details",
          { className: "erase" },
          element("summary", {}, texts.erase),
          element("p", {}, texts.erase_sure),
          element("p", {}, element("button", { name: "erase", value: "1" }, texts.erase_yes)),
        ),
      );
      const close = element("button", { type: "button" }, texts.chat_close);
      close.addEventListener("click", () => this.close());
      const page = element("a", { href: `${service}/?sprak=${code}` }, texts.chat_open_page);
      const heading = element("h2", { id: "panel-heading" }, texts.chat_robot);
      const panel = element("section", { className: "panel", lang: code, dir }, element("div", { className: "bar" }, heading, page, close), form);
      panel.setAttribute("aria-labelledby", "panel-heading");
      panel.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        this.close();
      });
      return panel;
    }
  }

  if (customElements.get("vagvisaren-chat")) return;
  customElements.define("vagvisaren-chat", Vagvisaren);
  const chat = document.createElement("vagvisaren-chat");
  const place = () => document.body.append(chat);
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place, { once: true });
})();
