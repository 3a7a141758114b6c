// Editing one's own message in a small dialog.
import { post } from "./api.js";
import { attempt, showDialog } from "./dialogs.js";
import { h } from "./dom.js";
import { fromWire, toWire } from "./compose.js";

export function editMessage(message, ctx) {
  const field = h("textarea.field", { "aria-label": "Message", value: fromWire(message.text || ""), rows: 4 });
  const save = async () => {
    const done = await attempt(() => post("edit", { channel: ctx.channel, ts: message.ts, text: toWire(field.value) }));
    if (done) dialog.close();
  };
  const close = () => dialog.close();
  const foot = [
    h("button.button", { onclick: close }, "Cancel"),
    h("button.button.primary", { onclick: save, data: { testid: "save-edit" } }, "Save"),
  ];
  const dialog = showDialog({ title: "Edit message", body: field, foot, onEscape: close, testid: "edit" });
  field.focus();
}
