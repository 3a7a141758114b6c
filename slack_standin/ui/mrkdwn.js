// Slack's mrkdwn, text → a tree of plain values. Pure: names, dates and emoji are resolved when drawn.
//
// Nodes: {t: "text", v} · {t: "bold"|"italic"|"strike"|"code"|"pre"|"quote", c: [...]} · {t: "br"} ·
// {t: "item", mark, c} · {t: "link", url, c} · {t: "user"|"channel"|"group", id, label} ·
// {t: "broadcast", v} · {t: "date", ts, format, url, fallback} · {t: "emoji", name}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const STYLES = { "*": "bold", _: "italic", "~": "strike" };
const WORD = /[\p{L}\p{N}_]/u;
const EMOJI = /:([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:/iy;
const URL_RUN = /https?:\/\/[^\s<>|`]+/iy;

export function decode(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** Only web and mail addresses become links; `javascript:` and friends stay text. null when unsafe. */
export function safeUrl(url) {
  return /^(https?:\/\/|mailto:|tel:)/i.test(url) ? url : null;
}

export function parseMrkdwn(text, { verbatim = false } = {}) {
  const nodes = [];
  const parts = String(text ?? "").split(/```\n?([\s\S]+?)\n?```\n?/);
  parts.forEach((part, index) => {
    if (index % 2) nodes.push({ t: "pre", c: inline(part, { angleOnly: true }) });
    else if (part) nodes.push(...lines(part.replace(/\n$/, index < parts.length - 1 ? "" : "\n"), verbatim));
  });
  return nodes;
}

function lines(text, verbatim) {
  const nodes = [];
  let quote = null;
  const all = text.split("\n");
  for (let index = 0; index < all.length; index += 1) {
    const quoted = all[index].match(/^(?:&gt;|>)(?!(?:&gt;|>)) ?(.*)$/);
    const rest = all[index].match(/^(?:&gt;|>){3} ?(.*)$/);
    if (rest) {
      nodes.push({ t: "quote", c: lines([rest[1], ...all.slice(index + 1)].join("\n"), verbatim) });
      return nodes;
    }
    if (quoted) {
      if (quote) quote.c.push({ t: "br" });
      else nodes.push((quote = { t: "quote", c: [] }));
      quote.c.push(...inline(quoted[1], { verbatim }));
      continue;
    }
    if (nodes.length && !quote && !isBlock(nodes.at(-1))) nodes.push({ t: "br" });
    quote = null;
    nodes.push(...line(all[index], verbatim));
  }
  return nodes;
}

const isBlock = (node) => node.t === "quote" || node.t === "pre" || node.t === "item";

function line(text, verbatim) {
  const item = text.match(/^( *)([•◦▪‣–-]|\d{1,3}[.)]) +(.*)$/);
  if (!item) return text ? inline(text, { verbatim }) : [{ t: "text", v: "" }];
  return [{ t: "item", indent: Math.floor(item[1].length / 2), mark: item[2], c: inline(item[3], { verbatim }) }];
}

/** The inline part of the language. `angleOnly`: inside code, only <…> tokens keep their meaning. */
export function inline(text, options = {}) {
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const hit = tokenAt(text, at, options);
    if (!hit) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) nodes.push({ t: "text", v: decode(plain) });
    plain = "";
    nodes.push(hit.node);
    at = hit.end;
  }
  if (plain) nodes.push({ t: "text", v: decode(plain) });
  return nodes;
}

function tokenAt(text, at, options) {
  const char = text[at];
  if (char === "<") return angleAt(text, at);
  if (options.angleOnly) return null;
  if (char === "`") return codeAt(text, at);
  if (char === ":") return emojiAt(text, at);
  if (STYLES[char]) return styleAt(text, at, options);
  if (char === "h" && !options.verbatim) return urlAt(text, at);
  return null;
}

function angleAt(text, at) {
  const end = text.indexOf(">", at);
  if (end < 0) return null;
  const inner = text.slice(at + 1, end);
  if (inner.includes("<")) return null;
  const node = angle(inner);
  return node && { node, end: end + 1 };
}

function angle(inner) {
  const bar = inner.indexOf("|");
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? "" : decode(inner.slice(bar + 1));
  if (/^@[UW][A-Z0-9]*$/i.test(target)) return { t: "user", id: target.slice(1), label };
  if (/^#[CGD][A-Z0-9]*$/i.test(target)) return { t: "channel", id: target.slice(1), label };
  if (target.startsWith("!subteam^")) return { t: "group", id: target.slice(9), label };
  if (target.startsWith("!date^")) return dateNode(target, label);
  if (/^!(here|channel|everyone|group)$/.test(target)) return { t: "broadcast", v: target.slice(1) };
  const url = safeUrl(decode(target));
  if (!url) return null;
  return { t: "link", url, c: label ? [{ t: "text", v: label }] : [{ t: "text", v: url.replace(/^mailto:/, "") }] };
}

function dateNode(target, fallback) {
  const [, ts, format, url] = target.split("^");
  return { t: "date", ts, format: decode(format || ""), url: url ? safeUrl(decode(url)) : null, fallback };
}

function codeAt(text, at) {
  const end = text.indexOf("`", at + 1);
  if (end <= at + 1 || text.slice(at, end).includes("\n")) return null;
  return { node: { t: "code", c: inline(text.slice(at + 1, end), { angleOnly: true }) }, end: end + 1 };
}

function emojiAt(text, at) {
  EMOJI.lastIndex = at;
  const hit = EMOJI.exec(text);
  return hit && { node: { t: "emoji", name: hit[1].toLowerCase(), raw: hit[0] }, end: at + hit[0].length };
}

function urlAt(text, at) {
  URL_RUN.lastIndex = at;
  const hit = URL_RUN.exec(text);
  if (!hit || (at > 0 && WORD.test(text[at - 1]))) return null;
  const raw = hit[0].replace(/(?:[.,;:!?'"*_~)\]]|&gt;)+$/, "");
  const url = decode(raw);
  return { node: { t: "link", url, c: [{ t: "text", v: url }] }, end: at + raw.length };
}

function styleAt(text, at, options) {
  const char = text[at];
  const before = at > 0 ? text[at - 1] : " ";
  const after = text[at + 1] ?? " ";
  if (WORD.test(before) || /\s/.test(after) || after === char) return null;
  const end = closing(text, at, char);
  if (end < 0) return null;
  return { node: { t: STYLES[char], c: inline(text.slice(at + 1, end), options) }, end: end + 1 };
}

function closing(text, at, char) {
  for (let index = at + 1; index < text.length && text[index] !== "\n"; index += 1) {
    const skip = text[index] === "<" ? angleAt(text, index) : text[index] === "`" ? codeAt(text, index) : null;
    if (skip) {
      index = skip.end - 1;
      continue;
    }
    const ends = text[index] === char && !/\s/.test(text[index - 1]) && index > at + 1;
    if (ends && !WORD.test(text[index + 1]?.replace("_", " ") ?? " ")) return index;
  }
  return -1;
}
