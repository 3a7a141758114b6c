// The UI's own dialogs: a trapped-focus frame, confirmations, and short notices (toasts).
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { closePopover, popoverOpen } from "./popover.js";
import { textObject } from "./text.js";

const FOCUSABLE = "button:not([disabled]), [href], input:not([disabled]), select, textarea, [tabindex='0']";
let count = 0;

/**
 * A dialog in front of everything. `body` and `foot` are nodes; `onEscape` decides what Escape and a click on the
 * shade do. Returns {node, close}; closing gives the focus back to where it was.
 */
export function showDialog({ title, body, foot, onEscape, testid, wide = false, lead, data = {} }) {
  count += 1;
  const id = `dialog-${count}`;
  const back = document.activeElement;
  const exit = h("button.icon-button", { "aria-label": "Close", data: { testid: "dialog-close" }, onclick: () => onEscape("x") }, icon("close"));
  const head = h("header.dialog-head", {}, lead, h("h2", { id }, title), exit);
  const attrs = { role: "dialog", "aria-modal": "true", "aria-labelledby": id, data: { testid, ...data } };
  const box = h("div.dialog", { ...attrs, class: wide ? "wide" : "" }, head, h("div.dialog-body", {}, body), foot && h("footer.dialog-foot", {}, foot));
  const shade = h("div.shade", {}, box);
  shade.addEventListener("mousedown", (event) => event.target === shade && onEscape("shade"));
  shade.addEventListener("keydown", (event) => keys(event, box, onEscape));
  document.body.append(shade);
  return {
    node: box,
    close() {
      closePopover();
      shade.remove();
      if (back?.isConnected) back.focus({ preventScroll: true });
    },
  };
}

/** Puts the focus on the first thing to fill in, else on the main button. */
export function focusFirst(box) {
  const first = box.querySelector(".dialog-body input, .dialog-body textarea, .dialog-body button, .dialog-foot .primary");
  (first || box.querySelector(FOCUSABLE))?.focus({ preventScroll: true });
}

function keys(event, box, onEscape) {
  if (event.key === "Escape" && !popoverOpen()) {
    event.stopPropagation();
    onEscape("escape");
  }
  if (event.key !== "Tab") return;
  const items = [...box.querySelectorAll(FOCUSABLE)].filter((item) => item.offsetParent);
  const [first, last] = [items[0], items.at(-1)];
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}

/** Asks with a Block Kit confirm object (or strings) → Promise<boolean>. */
export function confirm({ title, text, confirm: yes, deny: no, style }) {
  return new Promise((resolve) => {
    const finish = (answer) => {
      dialog.close();
      resolve(answer);
    };
    const look = style === "danger" ? "danger filled" : "primary";
    const foot = [
      h("button.button", { onclick: () => finish(false), data: { testid: "confirm-no" } }, textObject(no || "Cancel")),
      h("button.button", { class: look, onclick: () => finish(true), data: { testid: "confirm-yes" } }, textObject(yes || "Yes")),
    ];
    const body = h("div.confirm-text", {}, textObject(text));
    const dialog = showDialog({ title: textObject(title), body, foot, onEscape: () => finish(false), testid: "confirm" });
    dialog.node.querySelector("[data-testid=confirm-yes]").focus();
  });
}

const TOAST_FOR = 7000;

/** A notice in the corner, once for the same words. Errors stay longer and are read out at once. */
export function toast(text, { error = false } = {}) {
  const holder = document.querySelector("#toasts");
  if ([...holder.children].some((one) => one.firstElementChild.textContent === text)) return;
  const dismiss = () => node.remove();
  const close = h("button.icon-button", { "aria-label": "Dismiss", onclick: dismiss }, icon("close", 14));
  const node = h("div.toast", { role: error ? "alert" : "status", class: error ? "error" : "", data: { testid: "toast" } }, h("span", {}, text), close);
  holder.append(node);
  while (holder.children.length > 4) holder.firstElementChild.remove();
  setTimeout(dismiss, error ? TOAST_FOR * 1.5 : TOAST_FOR);
}

/** Runs something that may be refused and shows the refusal; true when it went well. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    toast(error.message, { error: true });
    return false;
  }
}
