// Where one writes: drafts per conversation, Enter sends, Shift+Enter breaks the line, "+" starts an app's shortcut.
import { Refused, post } from "./api.js";
import { Offers } from "./complete.js";
import { toWire } from "./compose.js";
import { attempt, toast } from "./dialogs.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./popover.js";
import { pickEmoji } from "./reactions.js";
import { appById, state } from "./store.js";

const WRAPS = [
  ["bold", "Bold", "*"],
  ["italic", "Italic", "_"],
  ["strike", "Strikethrough", "~"],
  ["code", "Code", "`"],
];
const STARTS = [
  ["list", "Bulleted list", "• "],
  ["quote", "Quote", "> "],
];

export class Composer {
  constructor({ channel, threadTs = null, placeholder, onSent = () => {} }) {
    Object.assign(this, { channel, threadTs, onSent });
    this.draftKey = `${channel}/${threadTs || ""}`;
    this.field = h("textarea.composer-field", {
      rows: 1,
      placeholder,
      "aria-label": placeholder,
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      value: state.drafts.get(this.draftKey) || "",
      data: { testid: threadTs ? "thread-composer" : "composer" },
      oninput: () => this.typed(),
      onclick: () => this.offers.update(),
      onblur: () => this.offers.close(),
      onkeydown: (event) => this.key(event),
    });
    this.offers = new Offers(this.field, (from, text) => this.insert(text, from));
    this.button = h("button.send", { "aria-label": "Send", title: "Send", onclick: () => this.send(), data: { testid: "send" } }, icon("send", 16));
    this.also = threadTs && h("input", { type: "checkbox" });
    this.node = h("div.composer", {}, this.offers.node, h("div.composer-box", {}, this.formatting(), this.field, this.tools()), this.broadcast());
    this.typed({ quiet: true });
  }

  formatting() {
    const button = (name, label, act) =>
      h("button.tool", { "aria-label": label, title: label, onmousedown: (event) => event.preventDefault(), onclick: act }, icon(name, 16));
    return h(
      "div.composer-format",
      { role: "toolbar", "aria-label": "Formatting" },
      WRAPS.map(([name, label, mark]) => button(name, label, () => this.wrap(mark))),
      h("span.tool-rule"),
      STARTS.map(([name, label, mark]) => button(name, label, () => this.insert(mark))),
    );
  }

  tools() {
    const tool = (name, label, testid, act) =>
      h("button.tool", { "aria-label": label, title: label, onclick: act, data: { testid } }, icon(name));
    return h(
      "div.composer-tools",
      {},
      h("button.tool.plus", { "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", data: { testid: "shortcuts" }, onclick: (event) => this.shortcuts(event.currentTarget) }, icon("plus")),
      tool("smile", "Emoji", "emoji", (event) => pickEmoji(event.currentTarget, (name) => this.insert(`:${name}: `))),
      tool("at", "Mention someone", "mention", () => this.insert("@")),
      tool("bolt", "Commands", "commands", () => this.startCommand()),
      h("span.grow"),
      this.button,
    );
  }

  broadcast() {
    if (!this.threadTs) return h("div.composer-note", {}, "Enter sends · Shift+Enter adds a line");
    return h("label.composer-note", {}, this.also, " Also send to the channel");
  }

  startCommand() {
    this.field.value = "/";
    this.field.focus();
    this.typed();
  }

  shortcuts(anchor) {
    const global = state.shortcuts.filter((one) => one.type === "global");
    const run = (one) => attempt(() => post("shortcut", { callback_id: one.callback_id, channel: this.channel }));
    const rows = global.map((one) => ({
      label: [h("strong", {}, one.name), one.description && h("span.quiet", {}, ` ${one.description}`)],
      hint: appById(one.app_id)?.name,
      data: { callbackId: one.callback_id },
      act: () => run(one),
    }));
    const commands = { label: "Run a command…", hint: "/", act: () => this.startCommand() };
    openMenu(anchor, [{ title: rows.length ? "Shortcuts" : "No app offers a shortcut" }, ...rows, "-", commands], { width: 420 });
  }

  insert(text, from) {
    const { selectionStart, selectionEnd, value } = this.field;
    const start = from ?? selectionStart;
    const glue = from === undefined && start && !/\s$/.test(value.slice(0, start)) && text !== "• " ? " " : "";
    this.field.value = value.slice(0, start) + glue + text + value.slice(selectionEnd);
    const cursor = start + glue.length + text.length;
    this.field.focus();
    this.field.setSelectionRange(cursor, cursor);
    this.typed();
  }

  wrap(mark) {
    const { selectionStart: from, selectionEnd: to, value } = this.field;
    this.field.value = value.slice(0, from) + mark + value.slice(from, to) + mark + value.slice(to);
    this.field.focus();
    this.field.setSelectionRange(from + 1, to + 1);
    this.typed();
  }

  typed({ quiet = false } = {}) {
    const { value } = this.field;
    state.drafts.set(this.draftKey, value);
    this.button.disabled = !value.trim();
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(Math.max(this.field.scrollHeight, 24), 240)}px`;
    if (!quiet) this.offers.update();
  }

  key(event) {
    if (event.isComposing || this.offers.key(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    this.send();
  }

  async send() {
    const typed = this.field.value.trimEnd();
    if (!typed.trim()) return;
    this.set("");
    const extra = this.threadTs ? { thread_ts: this.threadTs, also_channel: this.also.checked } : {};
    try {
      await post("send", { channel: this.channel, text: toWire(typed), ...extra });
      if (this.also) this.also.checked = false;
      this.onSent();
    } catch (error) {
      toast(error instanceof Refused ? error.message : String(error), { error: true });
      if (!this.field.value) this.set(typed);
    }
  }

  set(text) {
    this.field.value = text;
    this.typed({ quiet: true });
    this.offers.close();
  }
}
