// What this browser knows of the workspace, and who wants to hear of changes.
//
// Topics: "workspace" (people, channels, unread), "route", "messages" (detail: channel id), "thread",
// "views", "home" (detail: app id), "connection".

const listeners = new Map();

export const state = {
  member: null,
  team: { name: "" },
  me: null,
  users: new Map(),
  channels: new Map(),
  names: new Map(), // of all public channels, also those this member is not in
  apps: [],
  commands: [],
  shortcuts: [],
  messages: new Map(),
  loaded: new Set(),
  homes: new Map(),
  views: [],
  viewErrors: new Map(),
  route: { kind: "none" },
  thread: null,
  drafts: new Map(),
  connected: true,
};

export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) || []) listener(detail);
}

export function loadState(answer) {
  const { team, me, users, channels, apps, commands, shortcuts } = answer;
  Object.assign(state, { team, me, apps: apps || [], commands: commands || [], shortcuts: shortcuts || [] });
  state.member = me.id;
  state.views = answer.views || [];
  state.users = new Map(users.map((user) => [user.id, user]));
  state.channels = new Map(channels.map((channel) => [channel.id, channel]));
  state.names = new Map(Object.entries(answer.names || {}));
}

export const userOf = (id) => state.users.get(id);
export const channelOf = (id) => state.channels.get(id);
export const appOfBot = (userId) => state.apps.find((app) => app.bot_user_id === userId);
export const appById = (id) => state.apps.find((app) => app.id === id);

export function userName(id) {
  const user = userOf(id);
  if (!user) return id || "unknown";
  return user.profile?.display_name || user.real_name || user.name;
}

/** What a conversation is called in the sidebar: a channel's name, a partner's, or several names. */
export function channelTitle(channel) {
  if (!channel) return "";
  if (channel.is_im) return userName(channel.user);
  if (!channel.is_mpim) return channel.name;
  return (channel.members || []).filter((id) => id !== state.member).map(userName).join(", ");
}

export function dmWith(userId) {
  return [...state.channels.values()].find((channel) => channel.is_im && channel.user === userId);
}

function shelf(channel) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  return state.messages.get(channel);
}

export const messageOf = (channel, ts) => state.messages.get(channel)?.get(ts);

export function putMessages(channel, messages) {
  for (const message of messages) shelf(channel).set(message.ts, message);
  emit("messages", channel);
}

const byTs = (a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0);

export const isReply = (message) => Boolean(message.thread_ts && message.thread_ts !== message.ts);

/** The messages of a channel's main pane, oldest first. */
export function mainMessages(channel) {
  const all = [...(state.messages.get(channel)?.values() || [])];
  return all.filter((m) => !isReply(m) || m.subtype === "thread_broadcast").sort(byTs);
}

/** A thread's parent and replies, oldest first. */
export function threadMessages(channel, ts) {
  const all = [...(state.messages.get(channel)?.values() || [])];
  return all.filter((m) => m.ts === ts || m.thread_ts === ts).sort(byTs);
}

function countReply(channel, reply) {
  const parent = messageOf(channel, reply.thread_ts);
  if (!parent || reply.is_ephemeral || (parent.latest_reply || "") >= reply.ts) return;
  const author = reply.user || reply.bot_id;
  const people = parent.reply_users || [];
  shelf(channel).set(parent.ts, {
    ...parent,
    thread_ts: parent.ts,
    reply_count: (parent.reply_count || 0) + 1,
    reply_users: people.includes(author) ? people : [...people, author],
    latest_reply: reply.ts,
  });
}

export function dropMessage(channel, ts) {
  state.messages.get(channel)?.delete(ts);
  emit("messages", channel);
}

function putChannel(change) {
  const known = state.channels.get(change.id) || {};
  if (change.name && change.is_private === false) state.names.set(change.id, change.name);
  state.channels.set(change.id, { ...known, ...change });
  const looking = state.route.kind === "channel" && state.route.id === change.id;
  if (change.is_member === false && !change.is_im && !looking) state.channels.delete(change.id);
  emit("workspace");
}

function putView(view, keep) {
  state.views = [...keep, view];
  state.viewErrors.delete(view.id);
  emit("views");
}

export function closeView(id) {
  state.views = state.views.filter((view) => view.id !== id);
  emit("views");
}

export function clearViews() {
  state.views = [];
  emit("views");
}

const EVENTS = {
  message(event) {
    if (isReply(event.message)) countReply(event.channel, event.message);
    const channel = channelOf(event.channel);
    if (channel) channel.latest_ts = event.message.ts;
    putMessages(event.channel, [event.message]);
    emit("arrived", event);
  },
  message_changed: (event) => putMessages(event.channel, [event.message]),
  message_deleted: (event) => dropMessage(event.channel, event.ts),
  ephemeral: (event) => {
    putMessages(event.channel, [{ ...event.message, is_ephemeral: true }]);
    emit("arrived", event);
  },
  ephemeral_changed: (event) => putMessages(event.channel, [{ ...event.message, is_ephemeral: true }]),
  ephemeral_deleted: (event) => dropMessage(event.channel, event.ts),
  channel: (event) => putChannel(event.channel),
  channel_gone(event) {
    state.channels.delete(event.channel);
    emit("workspace");
  },
  unread(event) {
    const { unread_count, mention_count, last_read } = event;
    putChannel({ id: event.channel, ...state.channels.get(event.channel), unread_count, mention_count, last_read });
  },
  user(event) {
    state.users.set(event.user.id, event.user);
    if (event.user.id === state.member) state.me = event.user;
    emit("workspace");
  },
  view_open: (event) => putView(event.view, []),
  view_push: (event) => putView(event.view, state.views.filter((view) => view.id !== event.view.id)),
  view_update(event) {
    state.views = state.views.map((view) => (view.id === event.view.id ? event.view : view));
    emit("views");
  },
  view_close: (event) => closeView(event.view_id),
  view_clear: () => clearViews(),
  view_errors(event) {
    state.viewErrors.set(event.view_id, event.errors || {});
    emit("views");
  },
  home(event) {
    state.homes.set(event.app, event.view);
    emit("home", event.app);
  },
};

/** Applies one push of the server; unknown kinds change nothing. */
export function apply(event) {
  EVENTS[event.type]?.(event);
}
