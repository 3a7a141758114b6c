// Ctrl+K: jump to a conversation by its name, or to a message by words of those already loaded.
import { showDialog } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { authorName } from "./message.js";
import { openApp, openChannel, openThread } from "./navigate.js";
import { channelOf, channelTitle, isReply, state } from "./store.js";
import { wordsOf } from "./text.js";

const MOST_PLACES = 7;
const MOST_MESSAGES = 6;
const LEAST_WORDS = 3;

function places(words) {
  const channels = [...state.channels.values()].filter((c) => !c.is_archived).map((c) => ({
    name: channelTitle(c),
    sign: c.is_im ? "at" : c.is_private ? "lock" : "hash",
    go: () => openChannel(c.id),
  }));
  const apps = state.apps.map((app) => ({ name: app.name, sign: "bolt", go: () => openApp(app.id) }));
  return [...channels, ...apps].filter((p) => p.name.toLowerCase().includes(words)).slice(0, MOST_PLACES);
}

function found(words) {
  if (words.length < LEAST_WORDS) return [];
  const hits = [];
  for (const [channel, messages] of state.messages) {
    if (!channelOf(channel)) continue;
    for (const message of messages.values()) {
      if ((message.text || "").toLowerCase().includes(words)) hits.push({ channel, message });
    }
  }
  hits.sort((a, b) => (a.message.ts < b.message.ts ? 1 : -1));
  return hits.slice(0, MOST_MESSAGES).map(({ channel, message }) => ({
    name: `${authorName(message)}: ${wordsOf({ type: "mrkdwn", text: message.text })}`,
    note: channelTitle(channelOf(channel)),
    sign: "search",
    go: () => reveal(channel, message),
  }));
}

function reveal(channel, message) {
  openChannel(channel, message.ts);
  if (isReply(message)) openThread(channel, message.thread_ts);
}

export function quickSwitch() {
  if (document.querySelector(".shade")) return;
  let active = 0;
  let hits = [];
  const list = h("div.quick-list", { role: "listbox", "aria-label": "Places" });
  const close = () => dialog.close();
  const go = (place) => {
    close();
    place?.go();
  };
  const row = (place, index) =>
    h("button.offer", { role: "option", class: index === active ? "active" : "", "aria-selected": index === active ? "true" : "false", onclick: () => go(place) },
      icon(place.sign, 16), h("span.offer-text", {}, place.name), place.note && h("span.hint-app", {}, `in ${place.note}`));
  const draw = () => replace(list, hits.length ? hits.map(row) : h("p.quiet", {}, "Nothing here has these words."));
  const typed = () => {
    const words = search.value.trim().toLowerCase();
    active = 0;
    hits = [...places(words), ...found(words)];
    draw();
  };
  const key = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!hits.length || (!step && event.key !== "Enter")) return;
    event.preventDefault(); // else the Enter would be typed into the composer that gets the focus
    if (!step) {
      go(hits[active]);
      return;
    }
    active = (active + step + hits.length) % hits.length;
    draw();
  };
  const search = h("input.field", { type: "text", placeholder: "A conversation, or words of a loaded message", "aria-label": "Jump to", oninput: typed, onkeydown: key });
  const dialog = showDialog({ title: "Jump to", body: [search, list], onEscape: close, testid: "quick" });
  typed();
  search.focus();
}
