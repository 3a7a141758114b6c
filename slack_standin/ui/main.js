// Start here: who we are, the workspace, the sockets; then every topic redraws its own part of the page.
import { actAs, get, listen } from "./api.js";
import { ThreadPanel, markRead } from "./conversation.js";
import { attempt, toast } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { quickSwitch } from "./jump.js";
import { drawModal } from "./modal.js";
import { addressOf, closeThread, goTo, openThread, readAddress, watchLinks } from "./navigate.js";
import { Pane } from "./pane.js";
import { popoverOpen, watchPopovers } from "./popover.js";
import { drawSidebar, wanted } from "./sidebar.js";
import { appById, appOfBot, apply, channelOf, channelTitle, loadState, on, state } from "./store.js";
import { renewTimes } from "./text.js";
import { drawTopbar, profileCard } from "./topbar.js";

const RENEW_EVERY = 20_000;
const part = (id) => document.querySelector(id);
const pane = new Pane(part("#pane"));
const thread = new ThreadPanel(part("#thread"));

function drawTitle() {
  const { count, any } = wanted();
  const mark = count ? `(${count}) ` : any ? "• " : "";
  const { route } = state;
  const place = route.kind === "app" ? appById(route.id)?.name : channelTitle(channelOf(route.id));
  document.title = `${mark}${place ? `${place} – ` : ""}${state.team.name}`;
}

function drawWorkspace() {
  drawSidebar(part("#sidebar"));
  drawTopbar(part("#topbar"));
  pane.drawHead();
  drawTitle();
}

/** A route into a conversation with an app is its Messages tab; an unknown one is the first channel. */
function settled(route) {
  if (route?.kind === "app" && appById(route.id)) return route;
  const channel = route?.kind === "channel" && channelOf(route.id);
  if (channel?.is_im && appOfBot(channel.user)) return { kind: "app", id: appOfBot(channel.user).id, tab: "messages" };
  if (channel) return route;
  const all = [...state.channels.values()].filter((c) => !c.is_im && !c.is_archived);
  const first = all.find((c) => c.name === "general") || all[0] || [...state.channels.values()][0];
  return first ? { kind: "channel", id: first.id } : { kind: "none" };
}

function openRoute() {
  drawWorkspace();
  const opened = pane.open();
  thread.open();
  return opened;
}

function arrived({ channel, message }) {
  const mine = message.user === state.member;
  if (channel !== pane.shownChannel()) return;
  if (document.hidden && !mine) pane.newSince(channelOf(channel)?.last_read);
  if (pane.atBottom() || mine) markRead(channel);
}

function onEvent(event) {
  if (event.type === "reload") location.reload();
  else if (event.type === "app_error") toast(event.text, { error: true });
  else apply(event);
  if (event.type === "channel_gone" && event.channel === state.route.id) goTo(settled(null));
  if (event.type === "channel" && event.channel.id === state.route.id) changedChannel(event.channel);
}

let openedAs = "";

/** Joining, leaving and archiving change what the pane offers, so it is opened anew; the rest only its head. */
function changedChannel(channel) {
  if (!channelOf(channel.id)) return goTo(settled(null));
  const look = lookOf(channelOf(channel.id));
  if (look !== openedAs) pane.open();
  openedAs = look;
  return undefined;
}

const lookOf = (channel) => (channel ? `${channel.id}/${channel.is_member !== false}/${Boolean(channel.is_archived)}` : "");

async function onConnection(connected, again) {
  state.connected = connected;
  drawTopbar(part("#topbar"));
  if (connected && again) await attempt(refresh);
}

/** After a gap everything is asked for again; drafts and the place on screen stay. */
async function refresh() {
  loadState(await get("state"));
  state.loaded.clear();
  await openRoute();
}

function wire() {
  on("workspace", drawWorkspace);
  on("route", async () => {
    const { route } = state;
    openedAs = lookOf(channelOf(route.id));
    await openRoute();
    if (route.thread && state.route === route) openThread(route.id, route.thread);
  });
  on("thread", () => thread.open());
  on("messages", (channel) => {
    pane.drawMessages(channel);
    thread.draw(channel);
  });
  on("views", drawModal);
  on("home", (app) => pane.drawHome(app));
  on("arrived", arrived);
  watchPopovers();
  watchLinks({
    onUser: profileCard,
    onChannel: (id) => (channelOf(id) ? goTo({ kind: "channel", id }) : toast("You are not in that channel. Browse channels to join it.")),
    knows: (route) => route.kind === "app" || Boolean(channelOf(route.id)),
  });
  addEventListener("popstate", () => {
    state.route = settled(readAddress(location.hash));
    state.thread = null;
    openRoute();
  });
  document.addEventListener("visibilitychange", () => {
    const shown = pane.shownChannel();
    if (!document.hidden && shown && pane.atBottom()) markRead(shown);
    drawTitle();
  });
  document.addEventListener("keydown", shortcutKeys);
  setInterval(() => renewTimes(), RENEW_EVERY);
}

function shortcutKeys(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    quickSwitch();
  }
  const free = !popoverOpen() && !document.querySelector(".shade");
  if (event.key === "Escape" && state.thread && free && !event.defaultPrevented) closeThread();
}

const REMEMBERED = "firstlane-standin-member";

/** The member of the address; without one, whoever this browser was last; else the server decides. */
async function becomeMember() {
  const asked = new URLSearchParams(location.search).get("as");
  actAs(asked || localStorage.getItem(REMEMBERED));
  try {
    loadState(await get("state"));
  } catch (error) {
    if (asked) throw error;
    actAs(null);
    loadState(await get("state"));
  }
  actAs(state.member);
  localStorage.setItem(REMEMBERED, state.member);
}

async function start() {
  await becomeMember();
  wire();
  const route = settled(readAddress(location.hash));
  history.replaceState(null, "", `/?as=${encodeURIComponent(state.member)}${addressOf(route)}`);
  state.route = route;
  openedAs = lookOf(channelOf(route.id));
  listen(onEvent, onConnection);
  await openRoute();
  drawModal();
  if (route.thread) openThread(route.id, route.thread);
  document.body.dataset.ready = "true";
}

start().catch((error) => {
  replace(part("#pane"), h("div.home-empty", { role: "alert" }, error.message));
});
