// Drawing text: mrkdwn trees, text objects and mentions, with the names this member would read.
import { formatTokens, fullTime } from "./dates.js";
import { h } from "./dom.js";
import { emojiNode, textWithEmoji } from "./emoji.js";
import { decode, parseMrkdwn } from "./mrkdwn.js";
import { channelOf, channelTitle, state, userName, userOf } from "./store.js";

/** A link that cannot reach back into this page. Links to messages of this workspace stay inside the UI. */
export function link(url, children, attrs = {}) {
  const classes = attrs.class ? `link ${attrs.class}` : "link";
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", ...attrs, class: classes }, children);
}

export function userMention(id, label) {
  const known = userOf(id);
  const classes = id === state.member ? "mention-me" : "";
  return h("button.mention", { class: classes, data: { user: id } }, `@${known ? userName(id) : label || id}`);
}

export function channelMention(id, label) {
  const channel = channelOf(id);
  const name = channel ? channelTitle(channel) : label || state.names.get(id) || "private-channel";
  return h("button.mention", { data: { channelLink: id } }, `#${name}`);
}

export const broadcast = (word) => h("span.mention.mention-me", { data: { broadcast: word } }, `@${word}`);

export const groupMention = (id, label) =>
  h("span.mention", { data: { usergroup: id } }, (label || `group ${id}`).replace(/^@?/, "@"));

export function dateNode({ ts, format, url, fallback }) {
  const text = formatTokens(ts, format, fallback || "");
  const live = format?.includes("ago") || format?.includes("pretty");
  const date = new Date(Number(ts) * 1000);
  const title = Number.isNaN(date.getTime()) ? undefined : fullTime(date);
  const data = live ? { liveTs: ts, liveFormat: format } : {};
  const node = h("time.date", { title, data }, text);
  return url ? link(url, [node]) : node;
}

/** Times such as "3 minutes ago" grow old on screen; this renews them. */
export function renewTimes(root = document) {
  for (const node of root.querySelectorAll("[data-live-ts]")) {
    node.textContent = formatTokens(node.dataset.liveTs, node.dataset.liveFormat, node.textContent);
  }
}

const DRAW = {
  text: (n) => textWithEmoji(n.v),
  bold: (n) => h("strong", {}, draw(n.c)),
  italic: (n) => h("em", {}, draw(n.c)),
  strike: (n) => h("s", {}, draw(n.c)),
  code: (n) => h("code", {}, draw(n.c)),
  pre: (n) => h("pre", {}, draw(n.c)),
  quote: (n) => h("blockquote", {}, draw(n.c)),
  br: () => h("br"),
  item: (n) => h("span.item", { style: { marginLeft: `${n.indent * 20}px` } }, h("span.item-mark", {}, n.mark), h("span", {}, draw(n.c))),
  link: (n) => link(n.url, draw(n.c)),
  user: (n) => userMention(n.id, n.label),
  channel: (n) => channelMention(n.id, n.label),
  group: (n) => groupMention(n.id, n.label),
  broadcast: (n) => broadcast(n.v),
  date: (n) => dateNode(n),
  emoji: (n) => emojiNode(n.name, { raw: n.raw }),
};

export const draw = (nodes) => nodes.flatMap((node) => DRAW[node.t](node));

/** Nodes for mrkdwn text. */
export const mrkdwn = (text, options) => draw(parseMrkdwn(text, options));

/** Nodes for plain text in which only :shortcodes: mean something. */
export function plain(text, emoji = true) {
  const decoded = decode(String(text ?? ""));
  if (!emoji) return [document.createTextNode(decoded)];
  return decoded.split(/(:[a-z0-9_+'-]+:)/i).flatMap((part, index) =>
    index % 2 ? [emojiNode(part.slice(1, -1).toLowerCase(), { raw: part })] : textWithEmoji(part),
  );
}

/** Nodes for a Block Kit text object, or for a bare string (read as plain text). */
export function textObject(object) {
  if (!object) return [];
  if (typeof object === "string") return plain(object);
  return object.type === "mrkdwn"
    ? mrkdwn(object.text, { verbatim: object.verbatim })
    : plain(object.text, object.emoji !== false);
}

/** The same words without any markup, for titles, labels and notifications. */
export function wordsOf(object) {
  const holder = h("div", {}, textObject(object));
  return holder.textContent;
}
