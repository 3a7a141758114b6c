// What the composer offers while one types: commands, people, channels, emoji.
import { avatar } from "./avatar.js";
import { h, replace } from "./dom.js";
import { emojiNode, findEmoji } from "./emoji.js";
import { appById, state, userName } from "./store.js";

const MOST = 8;

function rank(name, words) {
  const at = name.toLowerCase().indexOf(words.toLowerCase());
  return at < 0 ? -1 : at === 0 || name[at - 1] === " " ? 0 : 1;
}

function best(rows, words, wordsOf) {
  return rows
    .map((row) => ({ row, score: Math.min(...wordsOf(row).map((w) => rank(w, words)).map((r) => (r < 0 ? 9 : r))) }))
    .filter(({ score }) => score < 9)
    .sort((a, b) => a.score - b.score)
    .slice(0, MOST)
    .map(({ row }) => row);
}

function commands(words) {
  return best(state.commands, `/${words}`, (c) => [c.command]).map((c) => ({
    insert: `${c.command} `,
    exact: c.command === `/${words}`,
    node: [
      h("strong", {}, c.command),
      c.usage_hint && h("span.hint-usage", {}, ` ${c.usage_hint}`),
      h("span.hint-note", {}, c.description || ""),
      h("span.hint-app", {}, appById(c.app_id)?.name || ""),
    ],
  }));
}

/** A name typed out in full: Enter then sends instead of completing what is complete. */
const same = (name, words) => name.toLowerCase() === words.toLowerCase();

const SPECIAL = [
  { insert: "@channel ", words: "channel", note: "Notify everyone in this channel" },
  { insert: "@here ", words: "here", note: "Notify every active member of this channel" },
];

function members(words) {
  const people = [...state.users.values()].filter((user) => !user.deleted);
  const rows = best(people, words, (u) => [userName(u.id), u.real_name || "", u.name || ""]).map((user) => ({
    insert: `@${userName(user.id)} `,
    exact: same(userName(user.id), words),
    node: [avatar(user.id, 20), h("strong", {}, userName(user.id)), h("span.hint-note", {}, user.profile?.title || (user.is_bot ? "App" : ""))],
  }));
  const special = SPECIAL.filter((one) => words && one.words.startsWith(words.toLowerCase()));
  return [...rows, ...special.map((one) => ({ insert: one.insert, node: [h("strong", {}, one.insert.trim()), h("span.hint-note", {}, one.note)] }))];
}

function channels(words) {
  const named = [...state.channels.values()].filter((c) => c.name && !c.is_im && !c.is_mpim && !c.is_archived);
  return best(named, words, (c) => [c.name]).map((c) => ({
    insert: `#${c.name} `,
    exact: same(c.name, words),
    node: [h("strong", {}, `#${c.name}`), h("span.hint-note", {}, c.topic?.value || "")],
  }));
}

function emoji(words) {
  return findEmoji(words, MOST).map((name) => ({ insert: `:${name}: `, node: [emojiNode(name), h("span", {}, ` :${name}:`)] }));
}

const KINDS = [
  { shape: /^\/([\w-]*)$/, offer: commands, label: "Commands" },
  { shape: /(?:^|\s)@([\p{L}\p{N}_. -]{0,24})$/u, offer: members, label: "People" },
  { shape: /(?:^|\s)#([\w-]*)$/, offer: channels, label: "Channels" },
  { shape: /(?:^|\s):([a-z0-9_+-]{2,})$/i, offer: emoji, label: "Emoji" },
];

/** The offers for the text before the cursor: {label, from, items: [{insert, node, exact?}]} or null. */
export function offersFor(before) {
  for (const { shape, offer, label } of KINDS) {
    const hit = before.match(shape);
    if (!hit) continue;
    const items = offer(hit[1]);
    if (items.length) return { label, from: before.length - hit[1].length - 1, items };
  }
  return null;
}

/** The known command a text begins with, for the usage line; null otherwise. */
export const commandIn = (text) => state.commands.find((c) => text.startsWith(`${c.command} `)) || null;

/** The list above a composer. Keys come from the composer's text field, which keeps the focus. */
export class Offers {
  constructor(field, onPick) {
    this.field = field;
    this.onPick = onPick;
    this.node = h("div.offers", { role: "listbox", hidden: true, data: { testid: "offers" } });
    this.current = null;
  }

  update() {
    const { selectionStart, value } = this.field;
    const offers = offersFor(value.slice(0, selectionStart));
    const command = !offers && commandIn(value);
    this.current = offers;
    this.active = 0;
    this.node.hidden = !offers && !command;
    this.field.setAttribute("aria-expanded", offers ? "true" : "false");
    if (offers) this.draw();
    else if (command) replace(this.node, usage(command));
  }

  draw() {
    const rows = this.current.items.map((item, index) =>
      h("div.offer", {
        role: "option",
        class: index === this.active ? "active" : "",
        "aria-selected": index === this.active ? "true" : "false",
        onmousedown: (event) => {
          event.preventDefault();
          this.take(item);
        },
      }, item.node),
    );
    this.node.setAttribute("aria-label", this.current.label);
    replace(this.node, h("div.offers-title", {}, this.current.label), rows);
    rows[this.active]?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.current = null;
    this.node.hidden = true;
  }

  take(item) {
    const from = this.current.from;
    this.close();
    this.onPick(from, item.insert);
  }

  /** Handles a key when offers are shown; true when the composer should not act on it. */
  key(event) {
    if (!this.current) return false;
    const { items } = this.current;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.active = (this.active + step + items.length) % items.length;
      this.draw();
    } else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" || (event.key === "Enter" && !items[this.active].exact)) this.take(items[this.active]);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}

function usage(command) {
  return h("div.offer.usage", {}, h("strong", {}, command.command), h("span.hint-usage", {}, ` ${command.usage_hint || ""}`), h("span.hint-note", {}, command.description || ""));
}
