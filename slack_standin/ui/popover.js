// Small windows beside a button: menus, lists of options, pickers. One at a time; Escape and a click elsewhere close it.
import { h } from "./dom.js";

let open = null;

export const popoverOpen = () => Boolean(open);

/** Shows `content` beside `anchor`; returns a function that closes it. `onClose` runs once, however it closes. */
export function openPopover(anchor, content, { onClose = () => {}, align = "start", width, label } = {}) {
  closePopover();
  const box = h("div.popover", { data: { testid: "popover" }, "aria-label": label }, content);
  if (width) box.style.width = `${width}px`;
  document.body.append(box);
  const mine = { box, anchor, onClose };
  open = mine;
  anchor.setAttribute("aria-expanded", "true");
  place(box, anchor.getBoundingClientRect(), align);
  return () => open === mine && closePopover();
}

function place(box, spot, align) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = align === "end" ? spot.right - width : spot.left;
  const below = spot.bottom + 4;
  const fits = below + height < innerHeight - 8;
  const top = fits ? below : Math.max(8, Math.min(spot.top - height - 4, innerHeight - height - 8));
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  box.style.top = `${top}px`;
}

export function closePopover({ refocus = false } = {}) {
  if (!open) return;
  const { box, anchor, onClose } = open;
  open = null;
  box.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (refocus) homeOf(anchor)?.focus();
  onClose();
}

/** The anchor, or what took its place when its message was drawn anew. */
function homeOf(anchor) {
  if (anchor.isConnected || !anchor.dataset.focus) return anchor;
  return [...document.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === anchor.dataset.focus);
}

/** Called once at start: outside clicks and Escape. */
export function watchPopovers() {
  document.addEventListener("mousedown", (event) => {
    if (!open || open.box.contains(event.target) || open.anchor.contains(event.target)) return;
    closePopover();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !open) return;
      event.stopPropagation();
      closePopover({ refocus: true });
    },
    true,
  );
  addEventListener("resize", () => closePopover());
}

/** A menu of actions. Items: {label (string or nodes), hint, danger, data, act} or "-" for a rule, or {title}. */
export function openMenu(anchor, items, options = {}) {
  const menu = h("div.menu", { role: "menu" }, items.map(menuItem));
  menu.addEventListener("keydown", (event) => walk(event, menu, "[role^=menuitem]"));
  const close = openPopover(anchor, menu, options);
  menu.querySelector("[role^=menuitem]")?.focus();
  return close;
}

function menuItem(item) {
  if (item === "-") return h("div.menu-rule", { role: "separator" });
  if (item.title) return h("div.menu-title", {}, item.title);
  const act = () => {
    closePopover({ refocus: true });
    item.act();
  };
  const classes = item.danger ? "menu-item danger" : "menu-item";
  const attrs = { class: classes, role: "menuitem", data: item.data, onclick: act };
  return h("button", attrs, h("span.menu-label", {}, item.label), item.hint && h("span.menu-hint", {}, item.hint));
}

/** Arrow keys move the focus along the items of a list. */
export function walk(event, root, selector) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...root.querySelectorAll(selector)];
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}
