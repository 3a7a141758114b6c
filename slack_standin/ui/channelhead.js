// The head of a channel: name, topic, members, bookmarks, pins; and its details in a dialog.
import { post } from "./api.js";
import { avatar } from "./avatar.js";
import { attempt, confirm, showDialog } from "./dialogs.js";
import { fullTime, tsDate } from "./dates.js";
import { h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { icon } from "./icons.js";
import { openListbox } from "./listbox.js";
import { authorName } from "./message.js";
import { safeUrl } from "./mrkdwn.js";
import { openChannel } from "./navigate.js";
import { closePopover, openPopover } from "./popover.js";
import { channelTitle, messageOf, state, userName, userOf } from "./store.js";
import { link, mrkdwn, plain } from "./text.js";

export function channelHeader(channel) {
  const topic = channel.topic?.value;
  return h(
    "header.pane-head",
    { data: { testid: "channel-header", channelName: channelTitle(channel) } },
    h("div.pane-title", {},
      h("button.title-button", { onclick: () => details(channel), data: { testid: "channel-details", focus: "title" } }, symbol(channel), h("h1", {}, channelTitle(channel)), icon("caret", 16)),
      topic && h("span.topic", { title: topic, data: { testid: "topic" } }, plain(topic)),
      h("span.grow"),
      !channel.is_im && memberCount(channel)),
    bar(channel),
  );
}

function symbol(channel) {
  if (channel.is_im) return avatar(channel.user, 24);
  return icon(channel.is_private ? "lock" : channel.is_mpim ? "people" : "hash", 18);
}

function memberCount(channel) {
  const members = channel.members || [];
  const faces = members.slice(0, 3).map((id) => avatar(id, 20));
  const label = `${members.length} member${members.length === 1 ? "" : "s"}`;
  return h("button.members", { "aria-label": label, title: label, onclick: () => details(channel), data: { testid: "member-count", focus: "members" } }, faces, h("span", {}, members.length));
}

function bar(channel) {
  const bookmarks = channel.bookmarks || [];
  const pins = channel.pins || [];
  if (!bookmarks.length && !pins.length) return null;
  return h(
    "nav.bookmarks",
    { "aria-label": "Bookmarks", data: { testid: "bookmarks" } },
    pins.length > 0 && h("button.bookmark", { onclick: (event) => showPins(event.currentTarget, channel), data: { testid: "pins", focus: "pins" } }, icon("pin", 14), ` ${pins.length} Pinned`),
    bookmarks.map(bookmark),
  );
}

function bookmark(one) {
  const sign = one.emoji ? emojiNode(one.emoji.replaceAll(":", "")) : icon("link", 14);
  const url = safeUrl(one.link || "");
  const words = [sign, " ", plain(one.title || one.link || "")];
  return url ? link(url, words, { class: "bookmark" }) : h("span.bookmark", {}, words);
}

function showPins(anchor, channel) {
  const rows = channel.pins.map((pin) => {
    const ts = typeof pin === "string" ? pin : pin.ts;
    const message = messageOf(channel.id, ts);
    const go = () => {
      closePopover();
      openChannel(channel.id, ts);
    };
    const words = message ? [h("strong", {}, authorName(message)), " ", h("span.quiet", {}, fullTime(tsDate(ts))), h("div.pin-text", {}, mrkdwn(message.text || ""))] : `Message of ${fullTime(tsDate(ts))}`;
    return h("button.pin", { onclick: go }, words);
  });
  openPopover(anchor, h("div.pins", {}, rows), { width: 380, label: "Pinned messages" });
}

function details(channel) {
  if (channel.is_im) return undefined;
  const close = () => dialog.close();
  const leave = async () => {
    const sure = !channel.is_private || (await confirm({ title: "Leave channel", text: `Leave #${channel.name}? It is private: somebody has to invite you back.`, confirm: "Leave", style: "danger" }));
    if (sure && (await attempt(() => post("leave", { channel: channel.id })))) close();
  };
  const body = [
    fact("Topic", channel.topic?.value || "No topic"),
    fact("Description", channel.purpose?.value || "No description"),
    h("h3", {}, `Members (${(channel.members || []).length})`),
    h("div.people", {}, (channel.members || []).map(person)),
  ];
  const foot = [
    h("button.button.danger", { onclick: leave, data: { testid: "leave" } }, "Leave channel"),
    h("button.button.primary", { onclick: (event) => invite(event.currentTarget, channel, close), data: { testid: "invite" } }, "Add people"),
  ];
  const dialog = showDialog({ title: [symbol(channel), " ", channelTitle(channel)], body, foot, onEscape: close, testid: "details" });
  return dialog.node.querySelector("button").focus();
}

const fact = (name, value) => h("div.fact", {}, h("div.fact-name", {}, name), h("div", {}, plain(value)));

export function person(id) {
  const user = userOf(id);
  const title = user?.profile?.title;
  return h("div.person", {}, avatar(id, 32), h("div", {}, h("strong", {}, userName(id)), user?.is_bot && h("span.app-badge", {}, "APP"), title && h("div.quiet", {}, title)));
}

function invite(anchor, channel, done) {
  const absent = [...state.users.values()].filter((user) => !user.deleted && !(channel.members || []).includes(user.id));
  const options = absent.map((user) => ({ key: user.id, label: userName(user.id), note: user.profile?.title }));
  const chosen = new Set();
  const toggle = ({ key }) => (chosen.has(key) ? chosen.delete(key) : chosen.add(key));
  const onClose = async () => {
    if (chosen.size && (await attempt(() => post("invite", { channel: channel.id, users: [...chosen] })))) done();
  };
  openListbox(anchor, { groups: [{ options }], multi: true, search: true, chosen, onPick: toggle, onClose, label: "People to add" });
}
