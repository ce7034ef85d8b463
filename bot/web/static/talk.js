// A conversation with the service, for the page and for the widget: sends, tries again, and remembers within the tab.
// Nothing is remembered before the first message, and nothing after the tab is closed or the conversation erased.
const KEY = "vagvisaren";
// The service forgets a conversation that nobody uses for this long.
const LIFE = 60 * 60 * 1000;
const TIMEOUT = 15_000;
const PAUSES = [1000, 3000];
// Personal identity numbers and telephone numbers. The service looks closer, but what is not sent cannot be read.
const PERSONAL =
  /(?<!\d)(?:(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[1-8]\d|9[01])[-+ ]?\d{4}|07[02369][- ]?\d{3}[- ]?\d{2}[- ]?\d{2})(?!\d)/g;

// `passing`: it may go better when it is tried again.
export class Fault extends Error {
  constructor(words, passing) {
    super(words);
    this.passing = passing;
  }
}

export function hasPersonal(text) {
  return text.search(PERSONAL) >= 0;
}

export class Talk {
  #service;
  #texts;
  #language;
  #token = null;
  #turns = [];
  #chosen;
  busy = false;

  // `service`: address of the service, empty on its own pages. `texts`: the interface's words, and `language` theirs:
  // it is answered in whenever nobody chose another, and what is written does not tell. `chosen`: the language that was.
  constructor(service, texts, language, chosen = null) {
    this.#service = service;
    this.#texts = texts;
    this.#language = language;
    this.#chosen = chosen;
  }

  // Returns the turns of this tab, [{ said, typed, kept, masked, result }], if the service still remembers them.
  restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEY));
      if (kept && Date.now() - kept.used < LIFE) {
        this.#token = kept.token;
        this.#turns = kept.turns;
      } else {
        sessionStorage.removeItem(KEY);
      }
    } catch {
      // A site may forbid storage: then nothing is remembered.
    }
    return this.#turns;
  }

  // Goes on with a conversation that began without a script.
  resume(token) {
    this.#token = token;
  }

  // Sends { text } or { button }, with `more` fields of the API. Returns { said, typed, masked, result }, or null when the
  // conversation was erased meanwhile; throws Fault with words for the reader.
  async send(message, said, more) {
    this.busy = true;
    const turns = this.#turns;
    try {
      const sent = message.text ? message.text.replace(PERSONAL, "…") : said;
      const body = { ...more, ...message, language: this.#chosen, conversation: this.#token };
      if (message.text) body.text = sent;
      const result = await this.#reach("POST", "/api/v1/messages", body);
      this.#token = result.conversation;
      // Whoever changes the language in the conversation chooses anew.
      if (this.#chosen) this.#chosen = result.language;
      if (turns !== this.#turns) {
        await this.erase();
        return null;
      }
      const turn = { said: sent, typed: Boolean(message.text), masked: Boolean(message.text) && sent !== message.text, result };
      this.#turns.push(turn);
      this.#keep();
      return turn;
    } finally {
      this.busy = false;
    }
  }

  async judge(topic, language, reason) {
    const helpful = reason === "yes";
    await this.#reach("POST", "/api/v1/feedback", { topic, language, helpful, reason: helpful ? null : reason });
  }

  // Lets the City keep one question.
  async keep(text, language, reason) {
    await this.#reach("POST", "/api/v1/questions", { conversation: this.#token, text, language, reason });
    for (const turn of this.#turns) if (turn.said === text) turn.kept = true;
    this.#keep();
  }

  // Forgets the conversation here at once, and at the service; throws Fault when that cannot be reached.
  async erase() {
    this.#turns = [];
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // Nothing was remembered.
    }
    const token = this.#token;
    if (token) await this.#reach("DELETE", `/api/v1/conversations/${token}`);
    if (this.#token === token) this.#token = null;
  }

  #keep() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ used: Date.now(), token: this.#token, turns: this.#turns }));
    } catch {
      // Full or forbidden: the conversation goes on without.
    }
  }

  async #reach(method, path, body) {
    for (let attempt = 0; ; attempt += 1) {
      if (navigator.onLine === false) throw new Fault(this.#texts.error_offline, true);
      const response = await this.#once(method, path, body);
      const passing = !response || [502, 503, 504].includes(response.status);
      if (!passing) return this.#read(response);
      if (attempt === PAUSES.length) {
        if (response) return this.#read(response);
        throw new Fault(this.#texts.error_network, true);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSES[attempt]));
    }
  }

  #once(method, path, body) {
    return fetch(this.#service + path, {
      method,
      headers: { "Content-Type": "application/json", "Accept-Language": this.#language },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT),
    }).catch(() => null);
  }

  async #read(response) {
    if (response.status === 204) return null;
    const result = await response.json().catch(() => ({}));
    // What was refused as it stands is refused again.
    if (!response.ok) throw new Fault(result.detail ?? this.#texts.error_unknown, response.status !== 422);
    return result;
  }
}
