// The bar on top: the jump field, whether we are connected, and who this browser is.
import { avatar } from "./avatar.js";
import { localTime } from "./dates.js";
import { h, keepFocus, replace } from "./dom.js";
import { icon } from "./icons.js";
import { quickSwitch } from "./jump.js";
import { closePopover, openPopover, walk } from "./popover.js";
import { openDm } from "./sidebar.js";
import { state, userName, userOf } from "./store.js";

export function drawTopbar(root) {
  const me = state.me;
  const offline = !state.connected && h("span.offline", { role: "status" }, "Reconnecting…");
  keepFocus(root, () =>
    replace(
      root,
      h("span.topbar-side", {}, offline),
      h("button.jump-field", { onclick: quickSwitch, data: { testid: "quick-switch", focus: "quick" } }, icon("search", 14), h("span", {}, `Search ${state.team.name}`), h("kbd", {}, "Ctrl K")),
      h("span.topbar-side.end", {},
        h("button.you", { "aria-haspopup": "menu", "aria-expanded": "false", data: { testid: "you-are", member: me.id, focus: "you" }, onclick: (event) => chooseMember(event.currentTarget) },
          h("span.you-label", {}, "You are:"), avatar(me.id, 22), h("strong", {}, userName(me.id)), icon("caret", 14))),
    ),
  );
}

/** The members one can be. Real links: a middle click opens the other member in a tab beside this one. */
function chooseMember(anchor) {
  const people = [...state.users.values()].filter((u) => !u.is_bot && !u.deleted && u.id !== "USLACKBOT");
  people.sort((a, b) => userName(a.id).localeCompare(userName(b.id)));
  const rows = people.map((user) => memberRow(user));
  const menu = h("div.menu", { role: "menu" }, h("div.menu-title", {}, "Be another member (middle click: in a new tab)"), rows);
  menu.addEventListener("keydown", (event) => walk(event, menu, "[role=menuitemradio]"));
  openPopover(anchor, menu, { align: "end", width: 320 });
  menu.querySelector("[aria-checked=true]")?.focus();
}

function memberRow(user) {
  const current = user.id === state.member;
  const attrs = {
    href: `/?as=${encodeURIComponent(user.id)}`,
    role: "menuitemradio",
    "aria-checked": current ? "true" : "false",
    data: { testid: "be-member", member: user.id, memberName: userName(user.id) },
    onclick: (event) => {
      if (!current) return;
      event.preventDefault();
      closePopover();
    },
  };
  return h("a.member-choice", attrs, avatar(user.id, 32), h("span", {}, h("strong", {}, userName(user.id)), h("span.quiet", {}, user.profile?.title || user.real_name)), current && icon("check", 16));
}

/** The little card behind a name: who this is, their local time, and a way to write to them. */
export function profileCard(anchor) {
  const user = userOf(anchor.dataset.user);
  if (!user) return;
  const time = user.tz && !user.is_bot ? localTime(user.tz) : "";
  const write = () => {
    closePopover();
    openDm(user.id);
  };
  const facts = [user.profile?.title, user.profile?.email, time && `${time} local time${user.tz_label ? ` (${user.tz_label})` : ""}`];
  const card = h("div.profile", {},
    avatar(user.id, 64),
    h("h3", {}, user.real_name || userName(user.id), user.is_bot && h("span.app-badge", {}, "APP"), user.deleted && h("span.app-badge", {}, "DEACTIVATED")),
    facts.filter(Boolean).map((fact) => h("div.quiet", {}, fact)),
    !user.deleted && h("button.button", { onclick: write, data: { testid: "profile-dm" } }, "Message"));
  openPopover(anchor, card, { width: 260, label: userName(user.id) });
}
