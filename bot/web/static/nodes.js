// Builds what the conversation shows from the API's closed set of nodes. No markup is ever parsed.

export function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

export function inline(piece) {
  switch (piece.type) {
    case "strong":
      return element("strong", {}, ...piece.content.map(inline));
    case "link":
      return element("a", { href: piece.href, ...(piece.lang && { lang: piece.lang }) }, element("bdi", {}, piece.text));
    case "value":
      return element("bdi", { className: "value" }, piece.text);
    default:
      return document.createTextNode(piece.text);
  }
}

function block(part) {
  if (part.type === "list") {
    return element("ul", {}, ...part.items.map((item) => element("li", {}, ...item.map(inline))));
  }
  return element("p", {}, ...part.content.map(inline));
}

function hidden(text, { lang, dir }) {
  return element("span", { className: "visually-hidden", lang, dir }, text);
}

function fold(className, summary, ...children) {
  return element("details", { className }, element("summary", {}, ...summary), ...children);
}

function sources(list, texts) {
  const items = list.map((source) =>
    element(
      "li",
      {},
      element("a", { href: source.url, lang: source.lang, hreflang: source.lang }, element("bdi", {}, source.title)),
      " ",
      element("span", { className: "owner" }, source.owner),
      ". ",
      element("span", { className: source.status }, source.note),
    ),
  );
  const heading = element("bdi", { lang: texts.lang, dir: texts.dir }, `${texts.sources_heading} (${list.length}).`);
  const summary = [heading, " ", element("span", { className: list[0].status }, list[0].note)];
  return fold("sources", summary, element("ul", {}, ...items));
}

// The words of a button. One that goes on in another language says so in that language first.
function label({ title, own_title: own, lang, dir }) {
  return own ? [element("bdi", { lang, dir }, own), " · ", element("bdi", {}, title)] : [title];
}

// Buttons in a list; `name` tells the form, or whoever listens, what a press means.
export function choices(buttons, name = "button") {
  const items = buttons.map((one) => element("li", {}, element("button", { name, value: one.id }, ...label(one))));
  return element("ul", { className: "choices" }, ...items);
}

function tools(reply, texts, page) {
  const reasons = Object.keys(texts).filter((key) => /^feedback_(?!question|thanks)/.test(key));
  const judgements = reasons.map((key) => ({ id: `${reply.topic}:${key.replace("feedback_", "")}`, title: texts[key] }));
  const copy = element("button", { type: "button", name: "copy", value: page }, texts.copy);
  return element(
    "div",
    { className: "tools", lang: texts.lang, dir: texts.dir },
    element("a", { href: page }, texts.as_page),
    ...(navigator.clipboard ? [copy] : []),
    fold("feedback", [texts.feedback_question], choices(judgements, "feedback")),
  );
}

export function said(text, texts) {
  return element("li", { className: "said" }, hidden(`${texts.you}: `, texts), element("bdi", { dir: "auto" }, text));
}

export function aside(text, language = {}) {
  return element("li", { className: "aside", ...language }, text);
}

// Asks whether a question may be kept, as the form without a script does; nothing where nobody is asked.
export function consent(name, asked, language, reason, texts) {
  if (!asked || !texts.consent_question) return [];
  const node = element(
    name,
    { className: "consent", lang: texts.lang, dir: texts.dir },
    element("p", {}, texts.consent_question),
    element("blockquote", { dir: "auto" }, asked),
    element("p", {}, element("button", { name: "keep", value: reason }, texts.consent_yes)),
  );
  node.dataset.language = language;
  return [node];
}

// `address(topic, language)` is where a topic has its page.
function answer(reply, buttons, texts, address) {
  const node = element("li", { className: "answer", lang: reply.lang, dir: reply.dir }, hidden(`${texts.assistant}: `, texts));
  // Small talk has titles for buttons ("I am angry"); as a heading they would be the assistant's words.
  if (reply.title && reply.sources.length) node.append(element("h3", {}, reply.title));
  node.append(...reply.blocks.map(block));
  if (reply.sources.length) {
    node.append(sources(reply.sources, texts), tools(reply, texts, address(reply.topic, reply.lang)));
  }
  if (buttons.length) node.append(choices(buttons));
  return node;
}

// What one turn adds to the log. `typed`: it was written, not pressed; `kept`: it may be kept already.
export function turn({ said: words, typed, kept, masked, result }, texts, address) {
  const items = [said(words, texts)];
  if (masked) items.push(aside(texts.masked));
  for (const { text, lang, dir } of result.notices) items.push(aside(text, { lang, dir }));
  result.replies.forEach((reply, index) => {
    const isLast = index === result.replies.length - 1;
    const buttons = isLast ? [...result.buttons, ...(result.switch ? [result.switch] : [])] : [];
    const node = answer(reply, buttons, texts, address);
    if (typed) node.dataset.asked = words;
    items.push(node);
  });
  if (typed && !kept && result.outcome === "not_understood") {
    items.push(...consent("li", words, result.language, "not_understood", texts));
  }
  return items;
}
