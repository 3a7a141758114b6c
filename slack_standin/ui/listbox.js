// A searchable list of options beside a control: the picking half of every Block Kit select.
//
// Options: {key, label (words), nodes?, note?}; groups: [{label, options}].
import { h, replace } from "./dom.js";
import { closePopover, openPopover } from "./popover.js";

const SEARCHABLE_FROM = 8;

/**
 * openListbox(anchor, {groups | load(words) → Promise<groups>, multi, chosen: Set<key>, onPick(option), onClose})
 * A single choice closes the list; several choices toggle until it is closed.
 */
export function openListbox(anchor, spec) {
  const box = new Listbox(anchor, spec);
  box.show();
  return box;
}

class Listbox {
  constructor(anchor, spec) {
    this.anchor = anchor;
    this.spec = spec;
    this.groups = spec.groups || [];
    this.active = 0;
    this.asked = 0;
  }

  show() {
    const count = this.groups.reduce((sum, group) => sum + group.options.length, 0);
    const searchable = Boolean(this.spec.load) || count >= SEARCHABLE_FROM || this.spec.search;
    this.list = h("div.listbox", {
      role: "listbox",
      tabindex: searchable ? undefined : "0",
      "aria-multiselectable": this.spec.multi ? "true" : undefined,
      "aria-label": this.spec.label,
    });
    this.input = searchable ? this.searchField() : null;
    const holder = h("div.listbox-holder", {}, this.input && h("div.listbox-search", {}, this.input), this.list);
    holder.addEventListener("keydown", (event) => this.key(event));
    const width = Math.max(this.anchor.offsetWidth, 240);
    openPopover(this.anchor, holder, { onClose: this.spec.onClose, width });
    this.refresh("");
    (this.input || this.list).focus();
  }

  searchField() {
    const attrs = { type: "text", role: "combobox", placeholder: "Search", "aria-label": "Search options" };
    return h("input", { ...attrs, "aria-expanded": "true", oninput: (event) => this.refresh(event.target.value) });
  }

  async refresh(words) {
    this.active = 0;
    if (!this.spec.load) return this.draw(matching(this.groups, words));
    const least = this.spec.minimum ?? 3;
    if (words.length < least) return this.note(`Type ${least} or more characters to search`);
    this.asked += 1;
    const mine = this.asked;
    this.note("Searching…");
    try {
      const groups = await this.spec.load(words);
      if (mine === this.asked) this.draw(groups);
    } catch (error) {
      if (mine === this.asked) this.note(error.message);
    }
    return undefined;
  }

  note(text) {
    this.shown = [];
    replace(this.list, h("div.listbox-note", { role: "status" }, text));
  }

  draw(groups) {
    this.shown = groups.flatMap((group) => group.options);
    if (!this.shown.length) return this.note("No results");
    let index = -1;
    const rows = groups.map((group) =>
      h("div", { role: "group", "aria-label": group.label }, group.label && h("div.listbox-group", {}, group.label),
        group.options.map((option) => this.row(option, (index += 1)))),
    );
    replace(this.list, rows);
    return undefined;
  }

  row(option, index) {
    const chosen = this.spec.chosen?.has(option.key);
    const attrs = {
      role: "option",
      "aria-selected": chosen ? "true" : "false",
      data: { value: option.key },
      class: index === this.active ? "active" : "",
      onclick: () => this.pick(option),
      onmousemove: () => index !== this.active && this.move(index),
    };
    return h("div.option", attrs, h("span.option-text", {}, option.nodes || option.label,
      option.note && h("span.option-note", {}, option.note)), chosen && h("span.option-tick", { "aria-hidden": "true" }, "✓"));
  }

  move(index) {
    this.active = index;
    const rows = [...this.list.querySelectorAll("[role=option]")];
    rows.forEach((row, at) => row.classList.toggle("active", at === index));
    rows[index]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.shown.length) {
      event.preventDefault();
      this.move((this.active + step + this.shown.length) % this.shown.length);
    } else if (event.key === "Enter" && this.shown[this.active]) {
      event.preventDefault();
      this.pick(this.shown[this.active]);
    } else if (event.key === "Tab") closePopover({ refocus: true });
  }

  pick(option) {
    if (!this.spec.multi) {
      closePopover({ refocus: true });
      this.spec.onPick(option);
      return;
    }
    this.spec.onPick(option);
    const active = this.active;
    this.draw(this.spec.load ? [{ options: this.shown }] : matching(this.groups, this.input?.value || ""));
    this.move(active);
  }
}

function matching(groups, words) {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return groups;
  const hit = (option) => `${option.label} ${option.note || ""}`.toLowerCase().includes(wanted);
  return groups.map((g) => ({ ...g, options: g.options.filter(hit) })).filter((g) => g.options.length);
}
