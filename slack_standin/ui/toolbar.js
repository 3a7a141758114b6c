// The row of buttons over a message: react, reply in thread, and more (shortcuts, copy link, edit, delete).
import { post } from "./api.js";
import { attempt, confirm, toast } from "./dialogs.js";
import { h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { icon } from "./icons.js";
import { openThread, permalink } from "./navigate.js";
import { openMenu } from "./popover.js";
import { pickEmoji, react } from "./reactions.js";
import { appById, state } from "./store.js";
import { editMessage } from "./edit.js";

const QUICK = ["white_check_mark", "eyes", "raised_hands"];

export function toolbar(message, ctx) {
  if (message.is_ephemeral) return null;
  const tool = (label, testid, content, act) =>
    h("button.tool", { "aria-label": label, title: label, data: { testid, focus: `${message.ts}/${testid}` }, onclick: act }, content);
  const quick = QUICK.map((name) => tool(`React with ${name}`, `quick-${name}`, emojiNode(name), () => react(ctx.channel, message, name)));
  return h(
    "div.toolbar",
    { role: "toolbar", "aria-label": "Message actions" },
    quick,
    tool("Add reaction", "react", icon("smile"), (event) => pickEmoji(event.currentTarget, (name) => react(ctx.channel, message, name))),
    !ctx.inThread && tool("Reply in thread", "reply", icon("reply"), () => openThread(ctx.channel, message.thread_ts || message.ts)),
    tool("More actions", "more", icon("more"), (event) => openMenu(event.currentTarget, items(message, ctx), { align: "end" })),
  );
}

function items(message, ctx) {
  const shortcuts = state.shortcuts.filter((one) => one.type === "message").map((one) => ({
    label: one.name,
    hint: appById(one.app_id)?.name,
    data: { callbackId: one.callback_id },
    act: () => attempt(() => post("shortcut", { callback_id: one.callback_id, channel: ctx.channel, message_ts: message.ts })),
  }));
  const own = message.user === state.member && !message.subtype;
  return [
    { label: "Copy link", data: { testid: "copy-link" }, act: () => copy(permalink(ctx.channel, message.ts), "Link copied") },
    { label: "Copy text", act: () => copy(message.text || "", "Text copied") },
    ...(own ? ["-", { label: "Edit message", act: () => editMessage(message, ctx) }, { label: "Delete message", danger: true, act: () => remove(message, ctx) }] : []),
    ...(shortcuts.length ? ["-", { title: "Message shortcuts" }, ...shortcuts] : []),
  ];
}

async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    toast(`Copying is not allowed here. The text: ${text}`);
  }
}

async function remove(message, ctx) {
  const sure = await confirm({
    title: "Delete message",
    text: "Delete this message? This cannot be undone.",
    confirm: "Delete",
    style: "danger",
  });
  if (sure) await attempt(() => post("delete", { channel: ctx.channel, ts: message.ts }));
}
