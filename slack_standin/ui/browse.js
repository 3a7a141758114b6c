// Dialogs about channels: browse and join, create.
import { get, post } from "./api.js";
import { attempt, focusFirst, showDialog, toast } from "./dialogs.js";
import { h, replace } from "./dom.js";
import { icon } from "./icons.js";
import { openChannel } from "./navigate.js";
import { channelOf, emit, state } from "./store.js";

export async function browseChannels() {
  let channels = [];
  if (!(await attempt(async () => ({ channels } = await get("browse"))))) return;
  const list = h("div.browse-list", { role: "list" });
  const search = h("input.field", { type: "text", placeholder: "Search channels", "aria-label": "Search channels", oninput: () => draw() });
  const draw = () => {
    const words = search.value.toLowerCase();
    const hits = channels.filter((c) => `${c.name} ${c.topic?.value || ""} ${c.purpose?.value || ""}`.toLowerCase().includes(words));
    replace(list, hits.length ? hits.map((c) => browseRow(c, close)) : h("p.quiet", {}, "No channel has these words."));
  };
  const close = () => dialog.close();
  const dialog = showDialog({ title: "All channels", body: [search, list], onEscape: close, testid: "browse", wide: true });
  draw();
  search.focus();
}

function browseRow(channel, close) {
  const joined = Boolean(channelOf(channel.id)) || channel.is_member;
  const open = () => {
    close();
    if (!channelOf(channel.id)) state.channels.set(channel.id, { unread_count: 0, mention_count: 0, ...channel });
    openChannel(channel.id);
  };
  const join = () =>
    attempt(async () => {
      await post("join", { channel: channel.id });
      open();
      Object.assign(channelOf(channel.id), { is_member: true });
      emit("workspace");
      emit("route");
    });
  const count = (channel.members || []).length;
  const facts = [joined && "Joined", `${count} member${count === 1 ? "" : "s"}`, channel.is_archived && "archived", channel.topic?.value || channel.purpose?.value];
  const action = joined || channel.is_archived
    ? h("button.button", { onclick: open }, "Open")
    : h("button.button.primary", { onclick: join, data: { testid: "join" } }, "Join");
  return h("div.browse-row", { role: "listitem", data: { channelName: channel.name } },
    h("div", {}, h("div.browse-name", {}, icon("hash", 16), channel.name), h("div.quiet", {}, facts.filter(Boolean).join(" · "))), action);
}

/** A channel of our own that the socket has not described yet. */
const blank = (known) => ({ unread_count: 0, mention_count: 0, is_member: true, members: [state.member], ...known });

export function createChannel() {
  const name = h("input.field", { type: "text", maxlength: 80, placeholder: "e.g. erp-migration", "aria-label": "Name", data: { testid: "channel-name-field" } });
  const hidden = h("input", { type: "checkbox" });
  const close = () => dialog.close();
  const create = async () => {
    const wanted = name.value.trim().replace(/^#/, "").toLowerCase().replaceAll(" ", "-");
    if (!wanted) return toast("A channel needs a name.", { error: true });
    return attempt(async () => {
      const answer = await post("create_channel", { name: wanted, is_private: hidden.checked });
      close();
      const given = typeof answer.channel === "string" ? { id: answer.channel } : answer.channel;
      const known = { name: wanted, is_private: hidden.checked, ...given };
      if (!channelOf(given.id)) state.channels.set(given.id, blank(known));
      emit("workspace");
      openChannel(given.id);
    });
  };
  name.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    create();
  });
  const body = [
    h("label.input", {}, h("div.input-label", {}, "Name"), name, h("div.input-hint", {}, "Lower case, no spaces or full stops, at most 80 characters.")),
    h("label.choice", {}, hidden, h("span", {}, "Private: only invited people can see it")),
  ];
  const foot = [h("button.button", { onclick: close }, "Cancel"), h("button.button.primary", { onclick: create, data: { testid: "create-channel" } }, "Create")];
  const dialog = showDialog({ title: "Create a channel", body, foot, onEscape: close, testid: "create-dialog" });
  focusFirst(dialog.node);
}
