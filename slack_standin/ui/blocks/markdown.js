// The markdown block: the everyday part of standard Markdown, as text nodes and elements, never as HTML.
import { h } from "../dom.js";
import { emojiNode, textWithEmoji } from "../emoji.js";
import { inline as slackInline, safeUrl } from "../mrkdwn.js";
import { draw, link } from "../text.js";

export function markdown(text) {
  const lines = String(text ?? "").replace(/\r/g, "").split("\n");
  const nodes = [];
  let at = 0;
  while (at < lines.length) {
    const kind = KINDS.find((one) => one.test(lines[at], lines[at + 1]));
    let end = at + 1;
    while (end < lines.length && kind.more(lines[end], lines, at, end)) end += 1;
    const node = kind.build(lines.slice(at, end));
    if (node) nodes.push(node);
    at = end;
  }
  return nodes;
}

const FENCE = /^ {0,3}(```|~~~)/;
const HEAD = /^(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}>\s?/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const starts = (text) => [FENCE, HEAD, ITEM, QUOTE, RULE].some((shape) => shape.test(text));

const never = () => false;

const KINDS = [
  {
    test: (line) => FENCE.test(line),
    more: (line, lines, from, at) => at === from + 1 || !FENCE.test(lines[at - 1]),
    build: (lines) => h("pre", {}, lines.slice(1, FENCE.test(lines.at(-1)) ? -1 : undefined).join("\n")),
  },
  { test: (line) => !line.trim(), more: never, build: () => null },
  { test: (line) => RULE.test(line), more: never, build: () => h("hr") },
  { test: (line) => HEAD.test(line), more: never, build: ([line]) => heading(line) },
  {
    test: (line) => QUOTE.test(line),
    more: (line) => QUOTE.test(line),
    build: (lines) => h("blockquote", {}, markdown(lines.map((l) => l.replace(QUOTE, "")).join("\n"))),
  },
  {
    test: (line, next) => line.includes("|") && TABLE_RULE.test(next || "") && (next || "").includes("-"),
    more: (line) => line.includes("|"),
    build: tableOf,
  },
  { test: (line) => ITEM.test(line), more: (line) => ITEM.test(line) || /^\s{2,}\S/.test(line), build: listOf },
  {
    test: () => true,
    more: (line) => line.trim() && !starts(line),
    build: (lines) => h("p", {}, lines.flatMap((l, index) => [index ? h("br") : null, ...spans(l)])),
  },
];

function heading(line) {
  const [, marks, words] = line.match(HEAD);
  return h("div.md-head", { role: "heading", "aria-level": marks.length + 1, class: `md-h${marks.length}` }, spans(words));
}

function listOf(lines) {
  const [, margin, mark] = lines[0].match(ITEM);
  const items = [];
  for (const line of lines) {
    const item = line.match(ITEM);
    if (item && item[1].length <= margin.length) items.push({ words: item[3], inner: [] });
    else items.at(-1).inner.push(line.slice(Math.min(line.search(/\S/), margin.length + 2)));
  }
  const ordered = /\d/.test(mark);
  const rows = items.map(({ words, inner }) => {
    const task = words.match(/^\[([ xX])\]\s+(.*)$/);
    const box = task && h("input", { type: "checkbox", disabled: true, checked: task[1] !== " " });
    return h("li", { class: task ? "task" : "" }, box, spans(task ? task[2] : words), inner.length > 0 && markdown(inner.join("\n")));
  });
  return h(ordered ? "ol" : "ul", { start: ordered ? Number.parseInt(mark, 10) : undefined }, rows);
}

function tableOf([head, , ...rows]) {
  const cells = (line) => line.trim().replace(/^\||\|$/g, "").split("|").map((cell) => spans(cell.trim()));
  return h("div.table-holder", { tabindex: "0" }, h("table", {},
    h("thead", {}, h("tr", {}, cells(head).map((cell) => h("th", {}, cell)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, cells(row).map((cell) => h("td", {}, cell)))))));
}

const SPAN =
  /\\([\\`*_{}[\]()#+.!|~>-])|(`+)(.+?)\2|!?\[([^\]]*)\]\(([^\s)]+)(?:\s+"[^"]*")?\)|(\*\*|__)(?=\S)(.+?)\6|(\*|_)(?=\S)(.+?)\8(?!\w)|~~(?=\S)(.+?)~~|(<[@#!][^<>]+>)|<(https?:[^<>\s]+)>|(https?:\/\/[^\s<>]+[^\s<>.,;:!?)])|:([a-z0-9_+'-]+):/gi;

/** Inline Markdown: emphasis, code, links, Slack mentions and :emoji:. */
function spans(text) {
  const nodes = [];
  let from = 0;
  for (const hit of text.matchAll(SPAN)) {
    nodes.push(...textWithEmoji(text.slice(from, hit.index)), ...span(hit));
    from = hit.index + hit[0].length;
  }
  return [...nodes, ...textWithEmoji(text.slice(from))];
}

function span(hit) {
  const [raw, escaped, , code, label, target, , bold, , italic, strike, slack, angle, bare, emoji] = hit;
  if (escaped) return [escaped];
  if (code) return [h("code", {}, code)];
  if (target) return safeUrl(target) ? [link(target, spans(label || target))] : [raw];
  if (bold) return [h("strong", {}, spans(bold))];
  if (italic) return [h("em", {}, spans(italic))];
  if (strike) return [h("s", {}, spans(strike))];
  if (slack) return draw(slackInline(slack));
  if (angle || bare) return [link(angle || bare, [angle || bare])];
  return [emojiNode(emoji.toLowerCase(), { raw })];
}
