// A conversation on screen: its messages and its composer, in the main pane or as a thread.
import { get, post } from "./api.js";
import { Composer } from "./composer.js";
import { attempt } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { MessageList } from "./messagelist.js";
import { closeThread } from "./navigate.js";
import { channelOf, channelTitle, emit, mainMessages, putMessages, state, threadMessages, userName } from "./store.js";

/** Loads once per page load and reconnection; the sockets keep it fresh after that. */
export async function loadMessages(channel, threadTs) {
  const key = `${channel}/${threadTs || ""}`;
  if (state.loaded.has(key)) return;
  const params = threadTs ? { channel, thread_ts: threadTs } : { channel };
  const { messages } = await get("messages", params);
  state.loaded.add(key);
  putMessages(channel, messages);
}

/** Tells the server that the member has seen everything in a channel, when there is something unseen. */
export function markRead(id) {
  const channel = channelOf(id);
  const last = mainMessages(id).filter((m) => !m.is_ephemeral).at(-1)?.ts;
  if (!channel || !last || document.hidden || (!channel.unread_count && (channel.last_read || "") >= last)) return;
  Object.assign(channel, { unread_count: 0, mention_count: 0, last_read: last });
  emit("workspace");
  attempt(() => post("read", { channel: id, ts: last }));
}

/** The main conversation of a channel: {node, list, draw, destroy}. */
export function channelConversation(id, { ts } = {}) {
  const channel = channelOf(id);
  const newAfter = channel.unread_count ? channel.last_read || "0" : null;
  const list = new MessageList({
    channel: id,
    source: () => mainMessages(id),
    intro: intro(channel),
    newAfter,
    onBottom: () => markRead(id),
  });
  const composer = writable(channel)
    ? new Composer({ channel: id, placeholder: `Message ${nameFor(channel)}`, onSent: () => list.toBottom() })
    : null;
  const node = h("div.conversation", {}, list.node, composer ? composer.node : closedNote(channel));
  const start = async () => {
    list.draw();
    await attempt(() => loadMessages(id));
    list.draw();
    if (!ts || !list.reveal(ts)) list.toBottom();
    markRead(id);
  };
  return { node, list, composer, start, draw: () => list.draw(), destroy: () => list.destroy() };
}

const nameFor = (channel) => (channel.is_im || channel.is_mpim ? "" : "#") + channelTitle(channel);
const writable = (channel) => !channel.is_archived && channel.is_member !== false;

function closedNote(channel) {
  if (channel.is_archived) return h("div.closed-note", {}, `#${channel.name} is archived. Its messages can still be read.`);
  const join = () => attempt(() => post("join", { channel: channel.id }));
  return h("div.closed-note", {}, h("strong", {}, `#${channel.name} `), h("button.button.primary", { onclick: join, data: { testid: "join" } }, "Join channel"));
}

function intro(channel) {
  const name = channelTitle(channel);
  if (channel.is_im) {
    const self = channel.user === state.member;
    const words = self ? "This is your own space: notes and reminders nobody else sees." : `This is your conversation with ${userName(channel.user)}, just the two of you.`;
    return h("div.intro", {}, h("h2", {}, name), h("p", {}, words));
  }
  const purpose = channel.purpose?.value ? ` ${channel.purpose.value}` : "";
  return h("div.intro", {}, h("h2", {}, nameFor(channel)), h("p", {}, `This is the very beginning of ${nameFor(channel)}.${purpose}`));
}

/** The panel beside the main pane with one thread. */
export class ThreadPanel {
  constructor(root) {
    this.root = root;
    this.list = null;
  }

  open() {
    this.list?.destroy();
    this.list = null;
    document.body.classList.toggle("with-thread", Boolean(state.thread));
    if (!state.thread) return replace(this.root);
    const { channel, ts } = state.thread;
    const list = new MessageList({ channel, source: () => threadMessages(channel, ts), inThread: true });
    const composer = new Composer({ channel, threadTs: ts, placeholder: "Reply…", onSent: () => list.toBottom() });
    this.list = list;
    const head = h(
      "header.thread-head",
      {},
      h("h2", {}, "Thread"),
      h("span.quiet", {}, nameFor(channelOf(channel) || { name: "" })),
      h("span.grow"),
      h("button.icon-button", { "aria-label": "Close thread", onclick: closeThread, data: { testid: "close-thread" } }, "✕"),
    );
    replace(this.root, head, h("div.conversation", {}, list.node, composer.node));
    list.draw();
    composer.field.focus();
    return attempt(() => loadMessages(channel, ts));
  }

  draw(channel) {
    if (this.list && this.list.channel === channel) this.list.draw();
  }
}
