// A scrolling list of messages. Updates replace single rows: nothing jumps, nothing typed is lost.
import { dayKey, dayName, tsDate } from "./dates.js";
import { h, reconcile } from "./dom.js";
import { formFor } from "./forms.js";
import { icon } from "./icons.js";
import { authorId, isSystem, renderMessage } from "./message.js";
import { emit, state } from "./store.js";

const GROUP_WITHIN = 5 * 60 * 1000;
const NEAR_BOTTOM = 60;

const redraws = new Map();

/** One redraw function per channel, so that a form knows it once however often the channel is opened. */
function redrawOf(channel) {
  if (!redraws.has(channel)) redraws.set(channel, () => emit("messages", channel));
  return redraws.get(channel);
}

const versions = new WeakMap();
let version = 0;

/** A number that changes exactly when the store replaced the message. */
function versionOf(message) {
  if (!versions.has(message)) versions.set(message, (version += 1));
  return versions.get(message);
}

export class MessageList {
  /** source() → messages, oldest first. `intro` is a node above the first one; `newAfter` a ts for the "New" line. */
  constructor({ channel, source, inThread = false, intro = null, newAfter = null, onBottom = () => {} }) {
    Object.assign(this, { channel, source, inThread, intro, newAfter, onBottom });
    this.rows = h("div.rows", { role: "log", "aria-label": "Messages", "aria-live": "off" });
    this.jump = h("button.jump", { hidden: true, onclick: () => this.toBottom(), data: { testid: "jump" } }, icon("down", 16), " Jump to latest");
    this.scroll = h("div.scroll", { tabindex: "-1" }, !inThread && h("div.scroll-fill"), intro, this.rows);
    this.node = h("div.message-list", { data: { testid: inThread ? "thread-messages" : "messages" } }, this.scroll, this.jump);
    this.stuck = true;
    this.scroll.addEventListener("scroll", () => this.scrolled());
    this.watcher = new ResizeObserver(() => this.stuck && this.toBottom());
    this.watcher.observe(this.rows);
    this.watcher.observe(this.scroll);
    this.redraw = redrawOf(channel);
  }

  destroy() {
    this.watcher.disconnect();
  }

  draw() {
    reconcile(this.rows, this.layout());
    if (this.stuck) this.toBottom();
  }

  layout() {
    const rows = [];
    let before = null;
    for (const message of this.source()) {
      const divider = this.dividers(message, before, rows);
      rows.push(this.row(message, !divider && this.joins(message, before)));
      if (this.inThread && !before) rows.push(...repliesLine(this.source().length - 1));
      before = message;
    }
    return rows;
  }

  dividers(message, before, rows) {
    const day = dayKey(tsDate(message.ts));
    const newDay = !before || dayKey(tsDate(before.ts)) !== day;
    if (newDay && !this.inThread) {
      const name = dayName(tsDate(message.ts));
      rows.push({ key: `day-${day}`, sig: name, build: () => dayLine(name) });
    }
    const isNew = this.newAfter && message.ts > this.newAfter && (!before || before.ts <= this.newAfter);
    if (isNew && !this.inThread) rows.push({ key: "new", sig: "new", build: newLine });
    return newDay || isNew;
  }

  joins(message, before) {
    if (!before || isSystem(message) || isSystem(before)) return false;
    if (message.subtype === "thread_broadcast" || Boolean(message.is_ephemeral) !== Boolean(before.is_ephemeral)) return false;
    const close = tsDate(message.ts) - tsDate(before.ts) < GROUP_WITHIN;
    const parent = this.inThread && before.ts === before.thread_ts;
    return close && !parent && authorId(message) === authorId(before) && message.username === before.username;
  }

  row(message, grouped) {
    const form = formFor({ type: "message", channel: this.channel, ts: message.ts });
    form.listeners.add(this.redraw);
    const names = state.users.size + state.channels.size;
    return {
      key: message.ts,
      sig: [versionOf(message), grouped, form.version, names].join(),
      build: () => renderMessage(message, { channel: this.channel, inThread: this.inThread, grouped }),
    };
  }

  atBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  toBottom() {
    this.stuck = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.jump.hidden = true;
  }

  scrolled() {
    const bottom = this.atBottom();
    if (bottom && !this.stuck) this.onBottom();
    this.stuck = bottom;
    this.jump.hidden = bottom;
  }

  /** Brings a message into view and lights it up for a moment; false when it is not here. */
  reveal(ts) {
    const node = [...this.rows.children].find((row) => row.dataset.ts === ts);
    if (!node) return false;
    this.stuck = false;
    node.scrollIntoView({ block: "center" });
    node.classList.add("lit");
    setTimeout(() => node.classList.remove("lit"), 2500);
    return true;
  }
}

function repliesLine(count) {
  const words = `${count} ${count === 1 ? "reply" : "replies"}`;
  return count > 0 ? [{ key: "replies", sig: words, build: () => h("div.replies-line", { role: "separator" }, words) }] : [];
}

const dayLine = (name) => h("div.day-line", { role: "separator", data: { testid: "day" } }, h("span.day-name", {}, name));
const newLine = () => h("div.new-line", { role: "separator", data: { testid: "new-line" } }, h("span", {}, "New"));
