// Buttons, menus, choices and fields of Block Kit: everything interactive but the selects.
import { h } from "../dom.js";
import { openMenu } from "../popover.js";
import { icon } from "../icons.js";
import { safeUrl } from "../mrkdwn.js";
import { textObject, wordsOf } from "../text.js";
import { dispatches, marks, sendAction } from "./actions.js";

function button(ctx, block, element) {
  const look = { primary: "primary", danger: "danger" }[element.style] || "";
  const url = element.url && safeUrl(element.url);
  const act = () => {
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    sendAction(ctx, block, element, { value: element.value, text: element.text });
  };
  const { class: pending, ...rest } = marks(ctx, block, element);
  const attrs = { ...rest, class: `${look} ${pending}`, onclick: act, "aria-label": element.accessibility_label };
  return h("button.button", attrs, textObject(element.text));
}

function overflow(ctx, block, element) {
  const choose = (option) => {
    const url = option.url && safeUrl(option.url);
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    sendAction(ctx, block, element, { selected_option: option });
  };
  const items = (element.options || []).map((option) => ({
    label: textObject(option.text),
    hint: option.description && wordsOf(option.description),
    data: { value: option.value },
    act: () => choose(option),
  }));
  const attrs = { ...marks(ctx, block, element), "aria-label": "More actions", "aria-haspopup": "menu" };
  return h("button.button.overflow", { ...attrs, onclick: (event) => openMenu(event.currentTarget, items, { align: "end" }) }, icon("more"));
}

const sameOption = (a, b) => Boolean(a && b && a.value === b.value);

function choices(kind) {
  return (ctx, block, element, labelledBy) => {
    ctx.form.bind(block, element);
    const group = `${ctx.scope}-${block.block_id}-${element.action_id}`;
    const role = kind === "radio" ? "radiogroup" : "group";
    const { data, ...rest } = marks(ctx, block, element);
    const rows = (element.options || []).map((option, index) => choice({ ctx, block, element, kind, option, name: group, index }));
    return h("div.choices", { ...rest, data: { actionId: data.actionId, blockId: data.blockId }, role, "aria-labelledby": labelledBy }, rows);
  };
}

function choice({ ctx, block, element, kind, option, name, index }) {
  const chosen = ctx.form.value(block, element);
  const checked = kind === "radio" ? sameOption(chosen, option) : (chosen || []).some((one) => sameOption(one, option));
  const change = (event) => {
    const others = (ctx.form.value(block, element) || []);
    const value = kind === "radio" ? option : toggled(others, option, event.target.checked);
    ctx.form.set(block, element, value);
    const detail = kind === "radio" ? { selected_option: value } : { selected_options: value };
    if (dispatches(block)) sendAction(ctx, block, element, detail);
  };
  const data = { value: option.value, focus: `${block.block_id}/${element.action_id}/${index}` };
  const box = h("input", { type: kind, name, checked, onchange: change, data });
  const note = option.description && h("span.choice-note", {}, textObject(option.description));
  return h("label.choice", {}, box, h("span", {}, h("span.choice-text", {}, textObject(option.text)), note));
}

function toggled(chosen, option, on) {
  const rest = chosen.filter((one) => !sameOption(one, option));
  return on ? [...rest, option] : rest;
}

/** A typed field. Its value is kept on every keystroke; when it is told to the app follows dispatch_action_config. */
function field(shape) {
  return (ctx, block, element, labelledBy) => {
    const value = ctx.form.bind(block, element) ?? "";
    const when = element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
    const tell = () => dispatches(block) && sendAction(ctx, block, element, { value: ctx.form.value(block, element) });
    const attrs = {
      ...marks(ctx, block, element),
      ...shape(element),
      value,
      "aria-labelledby": labelledBy,
      placeholder: element.placeholder ? wordsOf(element.placeholder) : undefined,
      maxlength: element.max_length,
      autofocus: element.focus_on_load,
      oninput(event) {
        ctx.form.set(block, element, event.target.value);
        if (when.includes("on_character_entered")) tell();
      },
      onkeydown(event) {
        if (event.key === "Enter" && !element.multiline && when.includes("on_enter_pressed") && block.dispatch_action) tell();
      },
    };
    return h(element.multiline ? "textarea.field" : "input.field", attrs);
  };
}

function richField(ctx, block, element, labelledBy) {
  ctx.form.bind(block, element);
  const words = (value) => (value?.elements || []).flatMap((e) => e.elements || []).map((e) => e.text || "").join("");
  const build = (text) => ({
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }],
  });
  const attrs = {
    ...marks(ctx, block, element),
    value: words(ctx.form.value(block, element)),
    "aria-labelledby": labelledBy,
    placeholder: element.placeholder ? wordsOf(element.placeholder) : undefined,
    oninput: (event) => ctx.form.set(block, element, event.target.value ? build(event.target.value) : null),
  };
  return h("textarea.field", attrs);
}

/** Date and time pickers are the browser's own, in its zone. `read`/`show` translate to Slack's form. */
function picker(type, detail, { read = (v) => v || null, show = (v) => v || "" } = {}) {
  return (ctx, block, element, labelledBy) => {
    const value = ctx.form.bind(block, element);
    const change = (event) => {
      ctx.form.set(block, element, read(event.target.value));
      if (dispatches(block) && event.target.value) {
        sendAction(ctx, block, element, { [detail]: ctx.form.value(block, element) });
      }
    };
    const label = element.placeholder ? wordsOf(element.placeholder) : type;
    const attrs = { ...marks(ctx, block, element), type, value: show(value), onchange: change };
    return h("input.field.picker", { ...attrs, "aria-labelledby": labelledBy, "aria-label": labelledBy ? undefined : label, title: label });
  };
}

const pad = (number) => String(number).padStart(2, "0");

function localMinute(epoch) {
  if (!epoch) return "";
  const d = new Date(epoch * 1000);
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}T${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

function fileField() {
  return h("p.quiet", {}, "File uploads in dialogs are not part of this stand-in.");
}

export const CONTROLS = {
  button,
  workflow_button: button,
  overflow,
  checkboxes: choices("checkbox"),
  radio_buttons: choices("radio"),
  plain_text_input: field(() => ({ type: "text" })),
  number_input: field(() => ({ type: "text", inputmode: "decimal" })),
  email_text_input: field(() => ({ type: "text", inputmode: "email" })),
  url_text_input: field(() => ({ type: "text", inputmode: "url" })),
  rich_text_input: richField,
  datepicker: picker("date", "selected_date"),
  timepicker: picker("time", "selected_time"),
  datetimepicker: picker("datetime-local", "selected_date_time", {
    read: (text) => (text ? Math.floor(new Date(text).getTime() / 1000) : null),
    show: localMinute,
  }),
  file_input: fileField,
};
