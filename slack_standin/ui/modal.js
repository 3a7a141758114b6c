// The stack of modals an app opened: the top one is shown; values typed stay with their view.
import { post } from "./api.js";
import { renderBlocks } from "./blocks/index.js";
import { focusFirst, showDialog, toast } from "./dialogs.js";
import { h, keepFocus, replace } from "./dom.js";
import { forgetForm, formFor } from "./forms.js";
import { icon } from "./icons.js";
import { clearViews, closeView, emit, state } from "./store.js";
import { textObject } from "./text.js";

let shown = null;
let live = new Set();
const redraw = () => emit("views");

/** Called whenever the stack, a view or its errors changed. */
export function drawModal() {
  const top = state.views.at(-1);
  for (const id of live) if (!state.views.some((view) => view.id === id)) forgetForm(id);
  live = new Set(state.views.map((view) => view.id));
  if (shown && shown.id !== top?.id) {
    shown.dialog.close();
    shown = null;
  }
  if (!top) return;
  const fresh = !shown;
  if (fresh) shown = { id: top.id, dialog: frame(top), submitting: false };
  fill(top);
  if (fresh) focusFirst(shown.dialog.node);
}

function frame(view) {
  const back = state.views.length > 1 && h("button.icon-button", { "aria-label": "Back", onclick: () => leave(view.id) }, icon("back"));
  const onEscape = (how) => (how === "x" ? leaveAll(view.id) : how === "escape" && leave(view.id));
  const data = { view: view.id, callbackId: view.callback_id };
  formFor({ type: "view", view_id: view.id }).listeners.add(redraw);
  return showDialog({ title: textObject(view.title), foot: h("div"), onEscape, testid: "modal", lead: back, data });
}

function fill(view) {
  const { node } = shown.dialog;
  const form = formFor({ type: "view", view_id: view.id });
  const serverErrors = state.viewErrors.get(view.id);
  if (serverErrors) {
    form.errors = { ...serverErrors };
    state.viewErrors.delete(view.id);
  }
  form.onErrorCleared = (blockId) => forgetError(node, blockId);
  form.begin();
  keepFocus(node, () => {
    replace(node.querySelector("h2"), textObject(view.title));
    replace(node.querySelector(".dialog-body"), renderBlocks(view.blocks, form.container));
    replace(node.querySelector(".dialog-foot"), buttons(view, form));
  });
}

function forgetError(node, blockId) {
  const error = [...node.querySelectorAll("[data-error-for]")].find((one) => one.dataset.errorFor === blockId);
  error?.closest(".input").classList.remove("invalid");
  error?.remove();
}

function buttons(view, form) {
  const busy = shown.submitting ? "true" : undefined;
  const cancel = h("button.button", { onclick: () => leave(view.id), data: { testid: "modal-close" } }, textObject(view.close || "Cancel"));
  const attrs = { onclick: () => submit(view, form), "aria-busy": busy, disabled: shown.submitting, data: { testid: "modal-submit", focus: "submit" } };
  const label = view.submit && textObject(view.submit);
  return [cancel, label && h("button.button.primary", attrs, label)];
}

async function submit(view, form) {
  if (shown.submitting) return;
  if (Object.keys(form.check()).length) return showErrors();
  shown.submitting = true;
  const mine = shown;
  fill(view);
  try {
    const answer = await post("view_submit", { view_id: view.id, state: form.values() });
    mine.submitting = false;
    settle(view, form, answer);
  } catch (error) {
    toast(error.message, { error: true });
  } finally {
    mine.submitting = false;
    emit("views");
  }
  return undefined;
}

function settle(view, form, answer) {
  const kind = answer.response_action;
  if (kind === "errors") {
    form.errors = { ...answer.errors };
    showErrors();
  } else if (kind === "clear") clearViews();
  else if (!kind) closeView(view.id);
}

function showErrors() {
  emit("views");
  const first = shown?.dialog.node.querySelector(".invalid");
  first?.scrollIntoView({ block: "center" });
  first?.querySelector("input, textarea, button")?.focus({ preventScroll: true });
}

function leave(id) {
  tell(id, false);
  closeView(id);
}

function leaveAll(id) {
  tell(id, true);
  clearViews();
}

function tell(id, clear) {
  post("view_close", { view_id: id, clear }).catch((error) => toast(error.message, { error: true }));
}
