// Block Kit → DOM. One entry per block type; a type nobody knows says so instead of vanishing.
import { h } from "../dom.js";
import { formFor } from "../forms.js";
import { CARDS } from "./cards.js";
import { chart } from "./charts.js";
import { LAYOUT } from "./layout.js";
import { markdown } from "./markdown.js";
import { richText } from "./richtext.js";
import { table } from "./table.js";

const BLOCKS = {
  ...LAYOUT,
  ...CARDS,
  rich_text: (ctx, block) => h("div.rich", {}, richText(block.elements)),
  markdown: (ctx, block) => h("div.markdown", {}, markdown(block.text)),
  table: (ctx, block) => table(block),
  data_visualization: (ctx, block) => chart(block),
};

let scopes = 0;

/**
 * Draws blocks for a container, {type: "message", channel, ts} or {type: "view", view_id}.
 * `prefix` keeps the ids of blocks without block_id apart when a message has several lists of blocks.
 */
export function renderBlocks(blocks, container, prefix = "b") {
  scopes += 1;
  const ctx = { form: formFor(container), scope: `scope${scopes}` };
  return (blocks || []).map((given, index) => {
    const block = given.block_id ? given : { ...given, block_id: `${prefix}${index}` };
    const data = { blockId: block.block_id, blockType: block.type };
    return h("div.block", { data, class: `block-${block.type}` }, drawBlock(ctx, block));
  });
}

function drawBlock(ctx, block) {
  const draw = BLOCKS[block.type];
  if (!draw) return h("p.quiet", {}, `This stand-in cannot show a “${block.type}” block.`);
  return draw(ctx, block);
}
