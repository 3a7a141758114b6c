// Pictures of members: initials on the member's colour; apps get a rounder tile of their own.
import { h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { userName, userOf } from "./store.js";

const COLOURS = ["#2f7d5b", "#b4453f", "#3567a8", "#a9741b", "#7a4aa5", "#2e8697", "#a83f73", "#5d6b2f", "#4b5a9c"];

function colourOf(id, user) {
  const given = user?.profile?.image_color || user?.color || "";
  if (isStrong(given)) return `#${given.replace("#", "")}`;
  const sum = [...String(id)].reduce((total, char) => (total * 31 + char.charCodeAt(0)) >>> 0, 7);
  return COLOURS[sum % COLOURS.length];
}

/** A colour that white initials can be read on: neither greyish nor light. */
function isStrong(given) {
  if (!/^#?[0-9a-f]{6}$/i.test(given)) return false;
  const parts = given.replace("#", "").match(/../g).map((two) => Number.parseInt(two, 16));
  const light = parts[0] * 0.3 + parts[1] * 0.59 + parts[2] * 0.11;
  return Math.max(...parts) - Math.min(...parts) > 60 && light < 140;
}

function initials(name) {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, " ").trim().split(/\s+/);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0].slice(0, 1)).toUpperCase();
}

/** A square picture, `size` px wide, for a member id; `name` and `emoji` override (messages may carry their own). */
export function avatar(id, size = 36, { name, emoji } = {}) {
  const user = userOf(id);
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.42)}px`, background: colourOf(id, user) };
  const inner = emoji ? emojiNode(emoji.replaceAll(":", "")) : initials(name || userName(id) || "?");
  return h("span.avatar", { style, class: user?.is_bot ? "bot" : "", "aria-hidden": "true" }, inner);
}
