// The layout blocks: section, header, divider, context, actions, input, image, video, alert, file.
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { safeUrl } from "../mrkdwn.js";
import { link, plain, textObject, wordsOf } from "../text.js";
import { CONTROLS } from "./controls.js";
import { SELECTS } from "./selects.js";

const ELEMENTS = { ...CONTROLS, ...SELECTS };

/** One interactive element of a block; an unknown kind is named rather than dropped. */
export function element(ctx, block, spec, labelledBy) {
  const draw = ELEMENTS[spec.type];
  return draw ? draw(ctx, block, spec, labelledBy) : h("span.quiet", {}, `[${spec.type}]`);
}

/** An <img> for an image block or element; a broken or missing picture leaves its alternative text. */
export function picture(spec, className) {
  const src = safeUrl(spec.image_url || "") || fileAddress(spec.slack_file);
  if (!src) return h("span.quiet", {}, `[image: ${spec.alt_text || "no description"}]`);
  const node = h("img", { class: className, src, alt: spec.alt_text || "", loading: "lazy" });
  node.addEventListener("error", () => node.replaceWith(h("span.image-gone", {}, spec.alt_text || "image")));
  return node;
}

/** Uploaded files are served by the stand-in itself, by id. */
function fileAddress(file) {
  const url = file?.url || file?.url_private || (file?.id && `/files-pri/${encodeURIComponent(file.id)}`) || "";
  return url.startsWith("/") ? url : safeUrl(url);
}

function section(ctx, block) {
  const fields = block.fields?.map((field) => h("div.section-field", {}, textObject(field)));
  const words = h(
    "div.section-words",
    {},
    block.text && h("div.section-text", {}, textObject(block.text)),
    fields && h("div.section-fields", {}, fields),
  );
  const extra = block.accessory && accessory(ctx, block, block.accessory);
  return h("div.section", {}, words, extra && h("div.section-accessory", {}, extra));
}

function accessory(ctx, block, spec) {
  return spec.type === "image" ? picture(spec, "accessory-image") : element(ctx, block, spec);
}

function header(ctx, block) {
  const level = Math.min(4, Math.max(1, block.level || 2));
  return h("div.block-head", { role: "heading", "aria-level": level + 1 }, textObject(block.text));
}

function context(ctx, block) {
  const parts = (block.elements || []).map((part) =>
    part.type === "image" ? picture(part, "context-image") : h("span.context-text", {}, textObject(part)),
  );
  return h("div.context", {}, parts);
}

function input(ctx, block) {
  const id = `${ctx.scope}-${block.block_id}-label`;
  const error = ctx.form.errors[block.block_id];
  const optional = block.optional && h("span.optional", {}, " (optional)");
  return h(
    "div.input",
    { class: error ? "invalid" : "" },
    h("div.input-label", { id }, textObject(block.label), optional),
    element(ctx, block, block.element, id),
    error && h("div.input-error", { role: "alert", data: { errorFor: block.block_id } }, error),
    block.hint && h("div.input-hint", {}, textObject(block.hint)),
  );
}

function image(ctx, block) {
  const title = block.title && h("div.image-title", {}, textObject(block.title));
  return h("figure.image-block", {}, title, picture(block, "image-full"));
}

function video(ctx, block) {
  const url = safeUrl(block.title_url || block.video_url || "");
  const title = textObject(block.title);
  return h(
    "div.video",
    {},
    h("span.video-play", {}, icon("play", 22)),
    h("div", {},
      h("div.video-title", {}, url ? link(url, title) : title),
      h("div.quiet", {}, [block.author_name, block.provider_name].filter(Boolean).join(" · ")),
      block.description && h("div", {}, textObject(block.description))),
  );
}

function alert(ctx, block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
  return h("div.alert", { class: `alert-${level}`, role: "note" }, textObject(block.text));
}

function file(ctx, block) {
  return h("div.quiet", {}, `File ${wordsOf(block.external_id || "")}`);
}

export const LAYOUT = {
  section,
  header,
  context,
  input,
  image,
  video,
  alert,
  file,
  divider: () => h("hr"),
  actions: (ctx, block) => h("div.actions", {}, (block.elements || []).map((spec) => element(ctx, block, spec))),
  call: (ctx, block) => h("div.quiet", {}, plain(`Call ${block.call_id || ""}`)),
};
