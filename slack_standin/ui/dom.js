// Building DOM nodes. Text only ever becomes a text node: nothing here, or anywhere in this UI, parses HTML.

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "readOnly", "indeterminate"]);

/** h("button.primary", {onclick, data: {testid: "x"}, "aria-label": "…"}, ...children) → Element */
export function h(spec, attrs = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  if (tag === "button") node.type = "button";
  for (const [key, value] of Object.entries(attrs || {})) setAttribute(node, key, value);
  append(node, children);
  return node;
}

function setAttribute(node, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key === "class") node.className = `${node.className} ${value}`.trim();
  else if (key === "data") Object.assign(node.dataset, defined(value));
  else if (key === "style") Object.assign(node.style, value);
  else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (PROPERTIES.has(key)) node[key] = value;
  else node.setAttribute(key, value === true ? "" : String(value));
}

function defined(record) {
  return Object.fromEntries(Object.entries(record).filter(([, v]) => v !== undefined && v !== null));
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

const SVG = "http://www.w3.org/2000/svg";

/** svg("path", {d: "…"}, ...children) → SVGElement */
export function svg(tag, attrs = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attrs)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/** Where the keyboard focus is, said so that it can be found again in a re-rendered tree. */
function focusMark(root) {
  const active = document.activeElement;
  if (!active || !root.contains(active)) return null;
  const key = active.closest("[data-focus]")?.dataset.focus;
  const start = "selectionStart" in active ? safeSelection(active) : null;
  return key ? { key, start } : null;
}

function safeSelection(input) {
  try {
    return input.selectionStart === null ? null : [input.selectionStart, input.selectionEnd];
  } catch {
    return null; // number and date inputs refuse to tell
  }
}

/** Runs `render` and puts the focus (and the text cursor) back on the element with the same data-focus. */
export function keepFocus(root, render) {
  const mark = focusMark(root);
  render();
  if (!mark || root.contains(document.activeElement)) return;
  const again = [...root.querySelectorAll("[data-focus]")].find((n) => n.dataset.focus === mark.key);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (mark.start && again.setSelectionRange) again.setSelectionRange(...mark.start);
}

/**
 * Makes `parent`'s children be `rows`, reusing every node whose key and signature are unchanged,
 * so that an update of one message neither moves the others nor disturbs what is typed in them.
 * A row is {key, sig, build: () => Element}.
 */
export function reconcile(parent, rows) {
  const old = new Map([...parent.children].map((node) => [node.rowKey, node]));
  keepFocus(parent, () => {
    let cursor = parent.firstElementChild;
    for (const row of rows) {
      const node = reuse(old.get(row.key), row);
      old.delete(row.key);
      if (node.replaces) {
        if (cursor === node.replaces) cursor = node;
        node.replaces.replaceWith(node);
        node.replaces = null;
      }
      if (node === cursor) cursor = cursor.nextElementSibling;
      else parent.insertBefore(node, cursor);
    }
    for (const node of old.values()) node.remove();
  });
}

function reuse(node, row) {
  if (node && node.rowSig === row.sig) return node;
  const built = row.build();
  built.rowKey = row.key;
  built.rowSig = row.sig;
  built.replaces = node || null;
  return built;
}
