// An app's page: its Home tab (a view the app published) and the direct messages with it.
import { get, post } from "./api.js";
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks/index.js";
import { channelConversation } from "./conversation.js";
import { attempt } from "./dialogs.js";
import { h, keepFocus, replace } from "./dom.js";
import { formFor } from "./forms.js";
import { openApp } from "./navigate.js";
import { appById, channelOf, dmWith, emit, state } from "./store.js";

const TABS = [
  ["home", "Home", "home_tab_enabled"],
  ["messages", "Messages", "messages_tab_enabled"],
];

export function appHeader(app, tab) {
  const tabs = TABS.filter(([, , flag]) => app[flag] !== false).map(([id, label]) =>
    h("button.tab", { role: "tab", "aria-selected": id === tab ? "true" : "false", data: { tab: id }, onclick: () => openApp(app.id, id) }, label),
  );
  return h(
    "header.pane-head",
    {},
    h("div.pane-title", {}, avatar(app.bot_user_id, 24, { name: app.name }), h("h1", {}, app.name), h("span.app-badge", {}, "APP")),
    h("div.tabs", { role: "tablist" }, tabs),
  );
}

/** The Home tab as a part of the pane: {node, start, draw, destroy}. */
export function homeTab(app) {
  const node = h("div.home", { data: { testid: "home" } });
  let listening = null;
  const draw = () => {
    const view = state.homes.get(app.id);
    if (!view) return replace(node, h("div.home-empty", {}, `${app.name} has not published anything here yet.`));
    const form = formFor({ type: "view", view_id: view.id });
    if (listening !== form) form.listeners.add(() => emit("home", app.id));
    listening = form;
    form.begin();
    return keepFocus(node, () => replace(node, h("div.home-view", { data: { view: view.id } }, renderBlocks(view.blocks, form.container))));
  };
  const start = () =>
    attempt(async () => {
      await post("open_home", { app: app.id, tab: "home" });
      const { view } = await get("home", { app: app.id });
      if (view) state.homes.set(app.id, view);
      draw();
    });
  return { node, start, draw, destroy() {} };
}

/** The Messages tab: the direct messages with the app's bot user. */
export function messagesTab(app) {
  const node = h("div.conversation");
  const part = { node, start, draw: () => part.inner?.draw(), destroy: () => part.inner?.destroy() };
  async function start() {
    await attempt(async () => {
      await post("open_home", { app: app.id, tab: "messages" });
      const id = await dmChannel(app.bot_user_id);
      part.inner = channelConversation(id);
      part.channel = id;
      replace(node, part.inner.node);
      await part.inner.start();
    });
  }
  return part;
}

/** The id of the direct conversation with somebody, opened when there is none yet. */
export async function dmChannel(userId) {
  const known = dmWith(userId);
  if (known) return known.id;
  const { channel } = await post("open_dm", { with: userId });
  const given = typeof channel === "string" ? { id: channel } : channel;
  if (!channelOf(given.id)) {
    state.channels.set(given.id, { is_im: true, user: userId, members: [userId, state.member], unread_count: 0, mention_count: 0, ...given });
    emit("workspace");
  }
  return given.id;
}

export const appOf = (id) => appById(id);
