// Builds what the conversation shows from the API's closed set of nodes. No markup is ever parsed.

function element(name, properties = {}, ...children) {
  const node = Object.assign(document.createElement(name), properties);
  node.append(...children);
  return node;
}

function inline(piece) {
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

function hidden(text) {
  return element("span", { className: "visually-hidden" }, text);
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
  return element(
    "details",
    { className: "sources" },
    element(
      "summary",
      {},
      `${texts.sources_heading} (${list.length}). `,
      element("span", { className: list[0].status }, list[0].note),
    ),
    element("ul", {}, ...items),
  );
}

function choices(buttons) {
  const items = buttons.map(({ id, title }) =>
    element("li", {}, element("button", { name: "button", value: id }, title)),
  );
  return element("ul", { className: "choices" }, ...items);
}

export function said(text, texts) {
  return element("li", { className: "said" }, hidden(`${texts.you}: `), element("bdi", { dir: "auto" }, text));
}

export function aside(text) {
  return element("li", { className: "aside" }, text);
}

export function answer(reply, buttons, texts) {
  const node = element("li", { className: "answer", lang: reply.lang, dir: reply.dir }, hidden(`${texts.assistant}: `));
  // Small talk has titles for buttons ("I am angry"); as a heading they would be the assistant's words.
  if (reply.title && reply.sources.length) node.append(element("h3", {}, reply.title));
  node.append(...reply.blocks.map(block));
  if (reply.sources.length) node.append(sources(reply.sources, texts));
  if (buttons.length) node.append(choices(buttons));
  return node;
}
