// The table block: rows of raw or rich cells, with column alignment. The first row is the header.
import { h } from "../dom.js";
import { textWithEmoji } from "../emoji.js";
import { richText } from "./richtext.js";

const ALIGN = new Set(["left", "center", "right"]);

export function table(block) {
  const [head, ...rows] = block.rows || [];
  const settings = block.column_settings || [];
  const cells = (row, tag) => row.map((cell, index) => h(tag, { style: look(settings[index]) }, content(cell)));
  return h(
    "div.table-holder",
    { tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {},
      head && h("thead", {}, h("tr", {}, cells(head, "th"))),
      h("tbody", {}, rows.map((row) => h("tr", {}, cells(row, "td"))))),
  );
}

function look(setting) {
  const align = ALIGN.has(setting?.align) ? setting.align : "left";
  return { textAlign: align, whiteSpace: setting?.is_wrapped ? "normal" : "" };
}

function content(cell) {
  if (cell.type === "rich_text") return richText(cell.elements);
  const words = cell.text ?? cell.value ?? "";
  return textWithEmoji(String(words));
}
