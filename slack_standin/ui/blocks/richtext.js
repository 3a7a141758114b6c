// rich_text: sections, lists, quotes and preformatted text, with every inline element. Its text is never parsed.
import { h } from "../dom.js";
import { emojiNode, textWithEmoji } from "../emoji.js";
import { safeUrl } from "../mrkdwn.js";
import { broadcast, channelMention, dateNode, groupMention, link, userMention } from "../text.js";

const MARKS = ["Circle", "Square"];

export function richText(elements) {
  return gathered(elements || []).map((part) => PARTS[part.type]?.(part) || null);
}

/** Neighbouring lists with deeper indents belong to one list on screen; only their numbering needs care. */
function gathered(elements) {
  const counts = new Map();
  return elements.map((part) => {
    if (part.type !== "rich_text_list") {
      counts.clear();
      return part;
    }
    const indent = part.indent || 0;
    for (const deeper of [...counts.keys()].filter((level) => level > indent)) counts.delete(deeper);
    const from = (part.offset || 0) + (counts.get(indent) || 0);
    counts.set(indent, (counts.get(indent) || 0) + part.elements.length);
    return { ...part, from };
  });
}

const PARTS = {
  rich_text_section: (part) => h("div.rich-section", {}, inline(part.elements)),
  rich_text_quote: (part) => h("blockquote", {}, inline(part.elements)),
  rich_text_preformatted: (part) => h("pre", {}, inline(part.elements)),
  rich_text_list: list,
};

function list(part) {
  const ordered = part.style === "ordered";
  const items = part.elements.map((item) =>
    h("li", {}, item.type === "rich_text_section" ? inline(item.elements) : PARTS[item.type]?.(item)),
  );
  const indent = part.indent || 0;
  const marks = ordered ? ["decimal", "lower-alpha", "lower-roman"][indent % 3] : ["disc", ...MARKS.map((m) => m.toLowerCase())][indent % 3];
  const style = { marginLeft: `${indent * 26}px`, listStyleType: marks };
  return h(ordered ? "ol" : "ul", { style, class: part.border ? "bordered" : "", start: ordered ? part.from + 1 : undefined }, items);
}

export const inline = (elements) => (elements || []).flatMap((part) => styled(part.style, (INLINE[part.type] || unknown)(part)));

const unknown = (part) => [part.fallback || part.text || ""];

const INLINE = {
  text: (part) => textWithEmoji(part.text || ""),
  link: richLink,
  emoji: (part) => [emojiNode(part.name, { unicode: part.unicode })],
  user: (part) => [userMention(part.user_id)],
  channel: (part) => [channelMention(part.channel_id)],
  usergroup: (part) => [groupMention(part.usergroup_id)],
  team: (part) => [groupMention(part.team_id)],
  broadcast: (part) => [broadcast(part.range)],
  color: (part) => [h("span.colour", { style: { background: colour(part.value) } }), part.value],
  date: (part) => [
    dateNode({
      ts: part.timestamp,
      format: part.format,
      url: part.url ? safeUrl(part.url) : null,
      fallback: part.fallback,
    }),
  ],
};

function richLink(part) {
  const url = safeUrl(part.url || "");
  const words = textWithEmoji(part.text || part.url || "");
  return url ? [link(url, words)] : words;
}

const colour = (value) => (/^#[0-9a-f]{3,8}$/i.test(value) ? value : "transparent");

const TAGS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code", client_highlight: "mark" };

function styled(style, nodes) {
  return Object.entries(TAGS).reduce((inner, [name, tag]) => (style?.[name] ? [h(tag, {}, inner)] : inner), nodes);
}
