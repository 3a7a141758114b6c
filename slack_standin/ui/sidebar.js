// The sidebar: channels, direct messages and apps, bold when unread, with a badge when they want you.
import { avatar } from "./avatar.js";
import { browseChannels, createChannel } from "./browse.js";
import { attempt } from "./dialogs.js";
import { h, keepFocus, replace } from "./dom.js";
import { dmChannel } from "./home.js";
import { icon } from "./icons.js";
import { openListbox } from "./listbox.js";
import { openApp, openChannel } from "./navigate.js";
import { openMenu } from "./popover.js";
import { appOfBot, channelTitle, dmWith, state, userName, userOf } from "./store.js";

const folded = new Set();

export function drawSidebar(root) {
  keepFocus(root, () =>
    replace(
      root,
      h("div.workspace", {}, h("span.workspace-name", {}, state.team.name), h("span.grow"),
        h("button.icon-button.light", { "aria-label": "New message", title: "New message", data: { testid: "new-dm" }, onclick: (event) => pickPerson(event.currentTarget) }, icon("compose"))),
      h("div.sidebar-scroll", {},
        section("Channels", channelRows(), h("button.side-row.side-add", { data: { testid: "add-channels", focus: "add-channels" }, onclick: (event) => addMenu(event.currentTarget) }, icon("plus", 16), h("span", {}, "Add channels"))),
        section("Direct messages", dmRows(), h("button.side-row.side-add", { data: { testid: "add-dm", focus: "add-dm" }, onclick: (event) => pickPerson(event.currentTarget) }, icon("plus", 16), h("span", {}, "Message somebody"))),
        section("Apps", appRows(), null)),
    ),
  );
}

function section(title, rows, add) {
  const closed = folded.has(title);
  const toggle = () => {
    if (closed) folded.delete(title);
    else folded.add(title);
    drawSidebar(document.querySelector("#sidebar"));
  };
  const head = h("button.side-head", { "aria-expanded": closed ? "false" : "true", onclick: toggle, data: { focus: `section-${title}` } }, h("span.side-caret", {}, icon(closed ? "chevron" : "caret", 14)), title);
  const kept = closed ? rows.filter((row) => row.classList.contains("current") || row.classList.contains("unread")) : [rows, add];
  return h("section.side-section", { "aria-label": title }, head, kept);
}

function channelRows() {
  const named = [...state.channels.values()].filter((c) => !c.is_im && !c.is_mpim && c.is_member !== false);
  const open = named.filter((c) => !c.is_archived || isCurrent(c));
  open.sort((a, b) => a.name.localeCompare(b.name));
  return open.map((channel) => row(channel, icon(channel.is_private ? "lock" : "hash", 16), channel.mention_count));
}

const isCurrent = (channel) => state.route.kind === "channel" && state.route.id === channel.id;

/** Unread as this member sees it now: nothing is unread in the conversation in front of them. */
const unseen = (channel) => (isCurrent(channel) && !document.hidden ? 0 : channel.unread_count || 0);

function row(channel, sign, badge) {
  const unread = unseen(channel) > 0;
  const classes = [isCurrent(channel) && "current", unread && "unread", channel.is_archived && "archived"];
  return h(
    "button.side-row",
    {
      class: classes.filter(Boolean).join(" "),
      "aria-current": isCurrent(channel) ? "page" : undefined,
      data: { channelName: channelTitle(channel), channel: channel.id, testid: "channel-item", focus: channel.id },
      onclick: () => openChannel(channel.id),
    },
    h("span.side-sign", {}, sign),
    h("span.side-name", {}, channelTitle(channel)),
    channel.user === state.member && h("span.side-you", {}, "you"),
    unread && badge > 0 && h("span.badge", { "aria-label": `${badge} unread`, data: { testid: "badge" } }, badge),
  );
}

function dmRows() {
  const all = [...state.channels.values()].filter((c) => c.is_mpim || (c.is_im && !appOfBot(c.user) && !userOf(c.user)?.deleted));
  all.sort((a, b) => channelTitle(a).localeCompare(channelTitle(b)));
  return all.map((c) => row(c, c.is_im ? avatar(c.user, 20) : icon("people", 16), c.unread_count));
}

function appRows() {
  return state.apps.map((app) => {
    const dm = dmWith(app.bot_user_id);
    const current = state.route.kind === "app" && state.route.id === app.id;
    const unread = dm?.unread_count > 0 && !(current && state.route.tab === "messages");
    const classes = [current && "current", unread && "unread"].filter(Boolean).join(" ");
    const data = { channelName: app.name, channel: dm?.id, app: app.id, testid: "app-item", focus: app.id };
    const tab = unread || app.home_tab_enabled === false ? "messages" : "home";
    return h("button.side-row", { class: classes, data, onclick: () => openApp(app.id, tab) },
      h("span.side-sign", {}, avatar(app.bot_user_id, 20, { name: app.name })),
      h("span.side-name", {}, app.name),
      unread && h("span.badge", { data: { testid: "badge" } }, dm.unread_count));
  });
}

function addMenu(anchor) {
  openMenu(anchor, [
    { label: "Browse channels", data: { testid: "browse" }, act: browseChannels },
    { label: "Create a channel", data: { testid: "create" }, act: createChannel },
  ]);
}

export function openDm(userId) {
  return attempt(async () => {
    const app = appOfBot(userId);
    if (app) openApp(app.id, "messages");
    else openChannel(await dmChannel(userId));
  });
}

function pickPerson(anchor) {
  const options = [...state.users.values()].filter((u) => !u.deleted).map((u) => ({ key: u.id, label: userName(u.id), note: u.profile?.title }));
  options.sort((a, b) => a.label.localeCompare(b.label));
  openListbox(anchor, { groups: [{ options }], search: true, onPick: ({ key }) => openDm(key), label: "People" });
}

/** How many conversations want this member: mentions in channels, anything in direct messages. */
export function wanted() {
  let count = 0;
  let any = false;
  for (const channel of state.channels.values()) {
    const unread = unseen(channel);
    any ||= unread > 0;
    if (unread > 0) count += channel.is_im || channel.is_mpim ? unread : channel.mention_count || 0;
  }
  return { count, any };
}
