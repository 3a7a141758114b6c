// The main pane: whatever the route names, a channel or an app, with its header.
import { channelHeader } from "./channelhead.js";
import { channelConversation } from "./conversation.js";
import { h, keepFocus, replace } from "./dom.js";
import { appHeader, homeTab, messagesTab } from "./home.js";
import { appById, channelOf, state } from "./store.js";

export class Pane {
  constructor(root) {
    this.root = root;
    this.part = null;
    this.head = h("div.head-holder");
  }

  /** Shows the route from scratch. */
  open() {
    this.part?.destroy();
    this.part = null;
    const { route } = state;
    const part = route.kind === "app" ? this.app(route) : this.channel(route);
    if (!part) {
      replace(this.root, h("div.home-empty", {}, "Choose a conversation on the left."));
      return undefined;
    }
    this.part = part;
    this.drawHead();
    replace(this.root, this.head, part.node);
    return Promise.resolve(part.start()).then(() => this.part === part && part.composer?.field.focus());
  }

  channel(route) {
    return channelOf(route.id) ? channelConversation(route.id, { ts: route.ts }) : null;
  }

  app(route) {
    const app = appById(route.id);
    if (!app) return null;
    return route.tab === "messages" ? messagesTab(app) : homeTab(app);
  }

  drawHead() {
    const { route } = state;
    const app = route.kind === "app" && appById(route.id);
    const channel = route.kind === "channel" && channelOf(route.id);
    if (!app && !channel) return;
    keepFocus(this.head, () => replace(this.head, app ? appHeader(app, route.tab) : channelHeader(channel)));
  }

  /** The channel whose messages are on screen now, if any. */
  shownChannel() {
    return state.route.kind === "channel" ? state.route.id : this.part?.channel;
  }

  drawMessages(channel) {
    if (channel === this.shownChannel()) this.part?.draw();
  }

  drawHome(app) {
    if (state.route.kind === "app" && state.route.tab === "home" && state.route.id === app) this.part?.draw();
  }

  /** What arrives while nobody looks gets the "New" line, unless there is one already. */
  newSince(ts) {
    const list = this.messageList();
    if (!list || list.newAfter || !ts) return;
    list.newAfter = ts;
    list.draw();
  }

  messageList() {
    return this.part?.list || this.part?.inner?.list;
  }

  atBottom() {
    return Boolean(this.messageList()?.stuck);
  }
}
