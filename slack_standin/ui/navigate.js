// Where we are: the address (#/archives/C1/p…, #/app/A1/home), and going there.
import { emit, state } from "./store.js";

const tsOfLink = (digits) => `${digits.slice(0, -6)}.${digits.slice(-6)}`;

/** A link to a message that opens it in this UI. */
export function permalink(channel, ts) {
  return `${location.origin}/#/archives/${channel}/p${ts.replace(".", "")}`;
}

/** What an address means: {kind: "channel", id, ts?} or {kind: "app", id, tab}; null when it is not ours. */
export function readAddress(address) {
  const message = address.match(/\/archives\/([CDG][A-Z0-9]+)(?:\/p(\d{7,}))?(?:\?.*?thread_ts=([\d.]+))?/i);
  if (message) return { kind: "channel", id: message[1], ts: message[2] && tsOfLink(message[2]), thread: message[3] };
  const app = address.match(/#\/app\/(A[A-Z0-9]+)(?:\/(home|messages))?/i);
  return app ? { kind: "app", id: app[1], tab: app[2] || "home" } : null;
}

export function addressOf(route) {
  if (route.kind === "app") return `#/app/${route.id}/${route.tab}`;
  return route.kind === "channel" ? `#/archives/${route.id}` : "#";
}

export function goTo(route) {
  state.route = route;
  state.thread = null;
  const url = `${location.pathname}?as=${encodeURIComponent(state.member)}${addressOf(route)}`;
  if (location.hash === addressOf(route)) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  emit("route");
}

export const openChannel = (id, ts) => goTo({ kind: "channel", id, ts });
export const openApp = (id, tab = "home") => goTo({ kind: "app", id, tab });

export function openThread(channel, ts) {
  state.thread = { channel, ts };
  emit("thread");
}

export function closeThread() {
  state.thread = null;
  emit("thread");
}

/** Clicks on mentions and on links into this workspace stay inside the page. */
export function watchLinks({ onUser, onChannel, knows }) {
  document.addEventListener("click", (event) => {
    const mention = event.target.closest("[data-channel-link]");
    if (mention) return onChannel(mention.dataset.channelLink);
    const person = event.target.closest("button[data-user]");
    if (person) return onUser(person);
    const anchor = event.target.closest("a[href]");
    const route = anchor && readAddress(anchor.href);
    if (!route || event.ctrlKey || event.metaKey || !knows(route)) return undefined;
    event.preventDefault();
    return goTo(route);
  });
}
