// The newer display blocks: card, carousel, task_card, plan and context_actions.
import { h } from "../dom.js";
import { emojiNode } from "../emoji.js";
import { safeUrl } from "../mrkdwn.js";
import { link, textObject } from "../text.js";
import { element, picture } from "./layout.js";
import { richText } from "./richtext.js";
import { marks, sendAction } from "./actions.js";

const STATUS = { pending: "white_circle", in_progress: "hourglass_flowing_sand", complete: "white_check_mark", error: "x" };

function card(ctx, block) {
  return h(
    "div.card",
    {},
    block.hero_image && picture(block.hero_image, "card-hero"),
    h("div.card-head", {}, block.icon && picture(block.icon, "context-image"), h("div.card-title", {}, textObject(block.title))),
    block.subtitle && h("div.quiet", {}, textObject(block.subtitle)),
    block.body && h("div.card-body", {}, textObject(block.body)),
    block.actions?.length && h("div.actions", {}, block.actions.map((spec) => element(ctx, block, spec))),
  );
}

const rich = (part) => (part ? richText(part.elements) : []);

function task(block) {
  const sources = (block.sources || []).map((one) => (safeUrl(one.url || "") ? link(one.url, [one.text || one.url]) : null));
  return h(
    "div.task-card",
    { data: { status: block.status } },
    h("div.task-title", {}, emojiNode(STATUS[block.status] || "white_circle"), " ", textObject(block.title)),
    h("div.task-body", {}, rich(block.details), rich(block.output), sources),
  );
}

function feedback(ctx, block, spec) {
  return ["positive_button", "negative_button"].filter((name) => spec[name]).map((name) => {
    const act = () => sendAction(ctx, block, spec, { value: spec[name].value, text: spec[name].text });
    return h("button.button.small", { ...marks(ctx, block, spec), onclick: act }, textObject(spec[name].text));
  });
}

function smallAction(ctx, block, spec) {
  if (spec.type === "feedback_buttons") return feedback(ctx, block, spec);
  const act = () => sendAction(ctx, block, spec, { value: spec.value });
  return h("button.button.small", { ...marks(ctx, block, spec), onclick: act }, textObject(spec.text));
}

export const CARDS = {
  card,
  carousel: (ctx, block) => h("div.carousel", {}, (block.elements || []).map((one) => card(ctx, { ...one, block_id: block.block_id }))),
  task_card: (ctx, block) => task(block),
  plan: (ctx, block) => h("div.plan", {}, h("div.card-title", {}, textObject(block.title)), (block.tasks || []).map(task)),
  context_actions: (ctx, block) => h("div.actions", {}, (block.elements || []).map((spec) => smallAction(ctx, block, spec))),
};
