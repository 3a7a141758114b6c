// What is filled in where: the values of a message's or view's inputs, in the shape of Slack's state.values.
//
// Values are kept per container and survive re-rendering for as long as block_id and action_id stay the same.
// An element's first value comes from its initial_* field.

const keyOf = (blockId, actionId) => `${blockId}\u0000${actionId}`;

const nothing = (value) =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

const FIELD = {
  plain_text_input: "value",
  number_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  rich_text_input: "rich_text_value",
  static_select: "selected_option",
  external_select: "selected_option",
  radio_buttons: "selected_option",
  multi_static_select: "selected_options",
  multi_external_select: "selected_options",
  checkboxes: "selected_options",
  users_select: "selected_user",
  multi_users_select: "selected_users",
  channels_select: "selected_channel",
  multi_channels_select: "selected_channels",
  conversations_select: "selected_conversation",
  multi_conversations_select: "selected_conversations",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
};

/** The payload field that carries an element's value; undefined for elements without one (buttons). */
export const fieldOf = (type) => FIELD[type];

function initialOf(element) {
  const field = FIELD[element.type];
  const initial = element[field.replace(/^selected_/, "initial_").replace(/^(rich_text_)?value$/, "initial_value")];
  if (!nothing(initial)) return initial;
  return field.endsWith("s") ? [] : null;
}

export class Form {
  constructor(container) {
    this.container = container;
    this.entries = new Map();
    this.present = new Map();
    this.pending = new Set();
    this.errors = {};
    this.version = 0;
    this.listeners = new Set();
  }

  /** Asks everyone who shows this form to draw it again. */
  rerender() {
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  /** Called before each rendering: remembers values, forgets which elements were on screen. */
  begin() {
    this.present = new Map();
  }

  /** Registers a rendered element and returns its current value. `block` tells required and optional apart. */
  bind(block, element) {
    if (!FIELD[element.type]) return null;
    const key = keyOf(block.block_id, element.action_id);
    this.present.set(key, { block, element });
    const entry = this.entries.get(key);
    if (!entry || entry.type !== element.type) {
      this.entries.set(key, { type: element.type, value: initialOf(element) });
    }
    return this.entries.get(key).value;
  }

  value(block, element) {
    return this.entries.get(keyOf(block.block_id, element.action_id))?.value ?? null;
  }

  set(block, element, value) {
    this.entries.set(keyOf(block.block_id, element.action_id), { type: element.type, value });
    if (this.errors[block.block_id]) this.clearError(block.block_id);
  }

  clearError(blockId) {
    delete this.errors[blockId];
    this.onErrorCleared?.(blockId);
  }

  /** Slack's state.values: {block_id: {action_id: {type, <field>: value}}} of what is on screen. */
  values() {
    const values = {};
    for (const [key, { block, element }] of this.present) {
      const entry = this.entries.get(key);
      const field = FIELD[element.type];
      const value = field === "value" && nothing(entry.value) ? null : entry.value;
      values[block.block_id] = { ...values[block.block_id], [element.action_id]: { type: element.type, [field]: value } };
    }
    return values;
  }

  /** Checks required fields, lengths and kinds as Slack's own dialog does: {block_id: sentence}. */
  check() {
    const errors = {};
    for (const [key, { block, element }] of this.present) {
      if (block.type !== "input") continue;
      const problem = problemOf(block, element, this.entries.get(key).value);
      if (problem) errors[block.block_id] = problem;
    }
    this.errors = errors;
    return errors;
  }

  isPending(block, element) {
    return this.pending.has(keyOf(block.block_id, element.action_id));
  }

  setPending(block, element, pending) {
    const key = keyOf(block.block_id, element.action_id);
    if (pending) this.pending.add(key);
    else this.pending.delete(key);
  }
}

function problemOf(block, element, value) {
  if (nothing(value)) return block.optional ? null : "Please complete this required field.";
  return (CHECKS[element.type] || (() => null))(element, value);
}

function lengthProblem(element, value) {
  const { min_length: min, max_length: max } = element;
  if (min && value.length < min) return `Please enter at least ${min} character${min === 1 ? "" : "s"}.`;
  if (max && value.length > max) return `Please enter at most ${max} character${max === 1 ? "" : "s"}.`;
  return null;
}

function numberProblem(element, value) {
  const number = Number(value);
  if (Number.isNaN(number)) return "Please enter a number.";
  if (!element.is_decimal_allowed && !Number.isInteger(number)) return "Please enter a whole number.";
  if (!nothing(element.min_value) && number < Number(element.min_value)) return `Must be ${element.min_value} or more.`;
  if (!nothing(element.max_value) && number > Number(element.max_value)) return `Must be ${element.max_value} or less.`;
  return null;
}

const CHECKS = {
  plain_text_input: lengthProblem,
  number_input: numberProblem,
  email_text_input: (_, value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : "Please enter a valid email address."),
  url_text_input: (_, value) => (/^https?:\/\/[^\s/]+/i.test(value) ? null : "Please enter a valid URL, such as https://example.com."),
};

const forms = new Map();

/** The form of a container: {type: "message", channel, ts} or {type: "view", view_id}. */
export function formFor(container) {
  const key = container.view_id || `${container.channel}/${container.ts}`;
  if (!forms.has(key)) forms.set(key, new Form(container));
  return forms.get(key);
}

export function forgetForm(viewId) {
  forms.delete(viewId);
}
