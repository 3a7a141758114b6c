// Block Kit's selects, single and multi: over given options, people, channels, conversations and the app's suggestions.
import { post } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { openListbox } from "../listbox.js";
import { channelTitle, state, userName } from "../store.js";
import { textObject, wordsOf } from "../text.js";
import { fieldOf } from "../forms.js";
import { dispatches, marks, sendAction } from "./actions.js";

const optionRow = (option) => ({
  key: option.value,
  label: wordsOf(option.text),
  nodes: textObject(option.text),
  note: option.description && wordsOf(option.description),
  value: option,
});

function optionGroups({ options, option_groups: groups }) {
  if (groups?.length) return groups.map((g) => ({ label: wordsOf(g.label), options: g.options.map(optionRow) }));
  return [{ options: (options || []).map(optionRow) }];
}

function people() {
  const rows = [...state.users.values()]
    .filter((user) => !user.deleted && !user.is_bot && user.id !== "USLACKBOT")
    .map((user) => ({ key: user.id, label: userName(user.id), note: user.profile?.title, value: user.id }));
  return [{ options: rows.sort((a, b) => a.label.localeCompare(b.label)) }];
}

const kindOf = (c) => (c.is_im ? "im" : c.is_mpim ? "mpim" : c.is_private ? "private" : "public");

function conversations(accept) {
  const rows = [...state.channels.values()].filter((c) => !c.is_archived && accept(c)).map((channel) => ({
    key: channel.id,
    label: (channel.is_im || channel.is_mpim ? "" : "#") + channelTitle(channel),
    value: channel.id,
  }));
  return [{ options: rows.sort((a, b) => a.label.localeCompare(b.label)) }];
}

function filtered(element) {
  const { include, exclude_bot_users: noBots } = element.filter || {};
  return conversations((channel) => {
    if (noBots && channel.is_im && state.users.get(channel.user)?.is_bot) return false;
    return !include || include.includes(kindOf(channel));
  });
}

const SOURCES = {
  static: (element) => ({ groups: optionGroups(element) }),
  users: () => ({ groups: people() }),
  channels: () => ({ groups: conversations((channel) => kindOf(channel) === "public") }),
  conversations: (element) => ({ groups: filtered(element) }),
  external: (element, ctx, block) => ({ load: suggestions(element, ctx, block), minimum: element.min_query_length ?? 3 }),
};

function suggestions(element, ctx, block) {
  return async (value) => {
    const where = { container: ctx.form.container, block_id: block.block_id, action_id: element.action_id };
    return optionGroups(await post("suggest", { ...where, value }));
  };
}

/** The words for a chosen value, which is an option object or an id. */
function labelOf(value) {
  if (typeof value === "object") return wordsOf(value.text);
  const channel = state.channels.get(value);
  return channel ? `${channel.is_im ? "" : "#"}${channelTitle(channel)}` : userName(value);
}

const keyOf = (value) => (typeof value === "object" ? value.value : value);

function select(source, multi) {
  return (ctx, block, element, labelledBy) => {
    const value = ctx.form.bind(block, defaulted(element));
    const chosen = multi ? value || [] : value ? [value] : [];
    const attrs = {
      ...marks(ctx, block, element),
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-labelledby": labelledBy,
      onclick: (event) => openOptions({ anchor: event.currentTarget, ctx, block, element, source, multi }),
    };
    const hint = h("span.select-hint", {}, element.placeholder ? wordsOf(element.placeholder) : "Select an option");
    const chips = chosen.map((one) => h("span", { class: multi ? "chip" : "select-value" }, labelOf(one)));
    return h("button.select", attrs, h("span.select-text", {}, chosen.length ? chips : hint), icon("caret", 16));
  };
}

function defaulted(element) {
  if (!element.default_to_current_conversation || state.route.kind !== "channel") return element;
  return { initial_conversation: state.route.id, initial_conversations: [state.route.id], ...element };
}

function openOptions({ anchor, ctx, block, element, source, multi }) {
  if (ctx.form.isPending(block, element)) return;
  const before = JSON.stringify(ctx.form.value(block, element));
  const chosenKeys = new Set([ctx.form.value(block, element) || []].flat().map(keyOf));
  const tell = () => {
    if (dispatches(block)) sendAction(ctx, block, element, { [fieldOf(element.type)]: ctx.form.value(block, element) });
  };
  const spec = {
    ...SOURCES[source](element, ctx, block),
    multi,
    chosen: chosenKeys,
    label: element.placeholder ? wordsOf(element.placeholder) : "Options",
    onPick: (row) => (multi ? pickMany({ ctx, block, element, row, chosenKeys }) : pickOne({ ctx, block, element, row, tell })),
    onClose: () => multi && JSON.stringify(ctx.form.value(block, element)) !== before && tell(),
  };
  openListbox(anchor, spec);
}

function pickOne({ ctx, block, element, row, tell }) {
  ctx.form.set(block, element, row.value);
  ctx.form.rerender();
  tell();
}

function pickMany({ ctx, block, element, row, chosenKeys }) {
  const values = ctx.form.value(block, element) || [];
  const has = chosenKeys.has(row.key);
  if (!has && element.max_selected_items && values.length >= element.max_selected_items) return;
  if (has) chosenKeys.delete(row.key);
  else chosenKeys.add(row.key);
  ctx.form.set(block, element, has ? values.filter((one) => keyOf(one) !== row.key) : [...values, row.value]);
  ctx.form.rerender();
}

const BOTH = ["static", "external", "users", "channels", "conversations"].flatMap((source) => [
  [`${source}_select`, select(source, false)],
  [`multi_${source}_select`, select(source, true)],
]);

export const SELECTS = Object.fromEntries(BOTH);
