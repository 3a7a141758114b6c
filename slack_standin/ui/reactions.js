// Reactions under a message, and the emoji picker.
import { post } from "./api.js";
import { attempt } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { emojiNode, findEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { closePopover, openPopover } from "./popover.js";
import { state, userName } from "./store.js";

const OFTEN = "white_check_mark eyes raised_hands +1 tada rotating_light warning pray fire rocket wrench heart".split(" ");

export function react(channel, message, name) {
  const mine = message.reactions?.find((one) => one.name === name)?.users.includes(state.member);
  return attempt(() => post("react", { channel, ts: message.ts, name, add: !mine }));
}

export function reactionBar(message, ctx) {
  if (!message.reactions?.length) return null;
  const pills = message.reactions.map((one) => pill(message, ctx, one));
  const more = h(
    "button.reaction.reaction-add",
    { "aria-label": "Add reaction", onclick: (event) => pickEmoji(event.currentTarget, (name) => react(ctx.channel, message, name)) },
    icon("smile", 16),
  );
  return h("div.reactions", {}, pills, more);
}

function pill(message, ctx, one) {
  const mine = one.users.includes(state.member);
  const who = one.users.map((id) => (id === state.member ? "You" : userName(id))).join(", ");
  const attrs = {
    class: mine ? "mine" : "",
    "aria-pressed": mine ? "true" : "false",
    "aria-label": `${one.name} reaction, ${one.count}: ${who}`,
    title: `${who} reacted with :${one.name}:`,
    data: { reaction: one.name, focus: `${message.ts}/r/${one.name}` },
    onclick: () => react(ctx.channel, message, one.name),
  };
  return h("button.reaction", attrs, emojiNode(one.name), h("span", {}, one.count));
}

/** Opens a searchable grid of emoji; `onPick(name)`. */
export function pickEmoji(anchor, onPick) {
  const grid = h("div.emoji-grid", { role: "listbox", "aria-label": "Emoji" });
  const show = (words) => {
    const names = words ? findEmoji(words) : [...OFTEN, ...findEmoji("").filter((name) => !OFTEN.includes(name))];
    const pick = (name) => () => {
      closePopover({ refocus: true });
      onPick(name);
    };
    const cells = names.map((name) =>
      h("button.emoji-cell", { onclick: pick(name), role: "option", "aria-label": name, title: `:${name}:` }, emojiNode(name)),
    );
    replace(grid, cells.filter((cell) => cell.querySelector(".emoji")));
  };
  const search = h("input", { type: "text", placeholder: "Search emoji", "aria-label": "Search emoji", oninput: (event) => show(event.target.value) });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    grid.querySelector("button")?.click();
  });
  show("");
  openPopover(anchor, h("div.emoji-picker", {}, h("div.listbox-search", {}, search), grid), { align: "end", width: 320 });
  search.focus();
}
