// One message: who, when, its text or blocks, attachments, reactions, and what can be done with it.
import { avatar } from "./avatar.js";
import { renderBlocks } from "./blocks/index.js";
import { picture } from "./blocks/layout.js";
import { fullTime, timeOf, tsDate, ago } from "./dates.js";
import { h } from "./dom.js";
import { formFor } from "./forms.js";
import { icon } from "./icons.js";
import { reactionBar } from "./reactions.js";
import { toolbar } from "./toolbar.js";
import { dropMessage, state, userName, userOf } from "./store.js";
import { link, mrkdwn, plain } from "./text.js";
import { safeUrl } from "./mrkdwn.js";
import { openThread } from "./navigate.js";

const SYSTEM = new Set([
  "channel_join", "channel_leave", "channel_topic", "channel_purpose", "channel_name", "channel_archive",
  "channel_unarchive", "group_join", "group_leave", "group_topic", "group_purpose", "group_name", "group_archive",
  "pinned_item", "bot_add", "channel_convert_to_private", "reminder_add",
]);

export const isSystem = (message) => SYSTEM.has(message.subtype);
export const authorId = (message) => message.user || message.bot_id || "unknown";

export function authorName(message) {
  if (message.username) return message.username;
  return userOf(message.user) ? userName(message.user) : message.bot_profile?.name || userName(message.user || message.bot_id);
}

const isApp = (message) => Boolean(message.bot_id || userOf(message.user)?.is_bot);

/** ctx: {channel, inThread, grouped}. Inputs in its blocks keep their values between drawings. */
export function renderMessage(message, ctx) {
  formFor({ type: "message", channel: ctx.channel, ts: message.ts }).begin();
  const date = tsDate(message.ts);
  const classes = [ctx.grouped && "grouped", isSystem(message) && "system", message.is_ephemeral && "ephemeral"];
  const mentioned = !message.is_ephemeral && mentionsMe(message) && "for-me";
  const data = { ts: message.ts, testid: "message", author: authorId(message) };
  const label = `${authorName(message)}, ${timeOf(date)}`;
  return h(
    "article.message",
    { data, class: [...classes, mentioned].filter(Boolean).join(" "), "aria-label": label },
    gutter(message, ctx, date),
    h("div.message-main", {}, !ctx.grouped && headline(message, date), body(message, ctx), below(message, ctx)),
    toolbar(message, ctx),
  );
}

function mentionsMe(message) {
  return message.user !== state.member && `${message.text || ""}`.includes(`<@${state.member}`);
}

function gutter(message, ctx, date) {
  if (ctx.grouped) return h("div.gutter", {}, h("time.gutter-time", { title: fullTime(date) }, timeOf(date).replace(/ [AP]M$/i, "")));
  const emoji = message.icons?.emoji || message.icon_emoji;
  return h("div.gutter", {}, avatar(authorId(message), 36, { name: authorName(message), emoji }));
}

function headline(message, date) {
  return h(
    "div.message-head",
    {},
    h("button.author", { data: { user: message.user } }, authorName(message)),
    isApp(message) && h("span.app-badge", {}, "APP"),
    h("time.message-time", { title: fullTime(date), datetime: date.toISOString() }, timeOf(date)),
  );
}

/** People write mrkdwn, and their text has it all; the rich_text beside it is for apps that read events. */
function body(message, ctx) {
  const container = { type: "message", channel: ctx.channel, ts: message.ts };
  const blocks = message.blocks?.length && (isApp(message) || !message.text) ? renderBlocks(message.blocks, container) : null;
  const edited = message.edited && h("span.edited", { title: editedTitle(message) }, blocks ? "(edited)" : " (edited)");
  const text = !blocks && message.text && (message.mrkdwn === false ? plain(message.text) : mrkdwn(message.text));
  return [
    message.is_ephemeral && h("div.only-you", {}, icon("eye", 14), " Only visible to you"),
    message.subtype === "thread_broadcast" && !ctx.inThread && broadcastNote(message, ctx),
    h("div.message-body", { data: { testid: "message-body" } }, blocks || text, edited),
    (message.attachments || []).map((one, index) => attachment(one, container, index)),
    (message.files || []).map(file),
  ];
}

function editedTitle(message) {
  return message.edited.ts ? `Edited ${fullTime(tsDate(message.edited.ts))}` : "Edited";
}

function broadcastNote(message, ctx) {
  const act = () => openThread(ctx.channel, message.thread_ts);
  return h("div.only-you", {}, "replied to ", h("button.textlink", { onclick: act }, "a thread"));
}

function attachment(one, container, index) {
  const colour = { good: "#2f9e63", warning: "#d99a1e", danger: "#c53a3a" }[one.color] || hex(one.color);
  const title = one.title && h("div.attachment-title", {}, safeUrl(one.title_link || "") ? link(one.title_link, plain(one.title)) : plain(one.title));
  const fields = one.fields?.map((f) => h("div", { class: f.short ? "short" : "long" }, h("strong", {}, plain(f.title || "")), h("div", {}, mrkdwn(f.value || ""))));
  const words = [
    one.author_name && h("div.quiet", {}, plain(one.author_name)),
    title,
    one.text && h("div", {}, mrkdwn(one.text)),
    fields && h("div.attachment-fields", {}, fields),
    one.image_url && picture({ image_url: one.image_url, alt_text: one.fallback }, "image-full"),
    one.footer && h("div.quiet", {}, plain(one.footer), one.ts ? ` · ${fullTime(tsDate(String(one.ts)))}` : ""),
  ];
  const inner = one.blocks?.length ? renderBlocks(one.blocks, container, `a${index}-`) : words;
  return [
    one.pretext && h("div", {}, mrkdwn(one.pretext)),
    h("div.attachment", { style: colour ? { borderColor: colour } : {}, data: { testid: "attachment" } }, inner),
  ];
}

function hex(colour) {
  const digits = String(colour || "").replace("#", "");
  return /^[0-9a-f]{6}$/i.test(digits) ? `#${digits}` : null;
}

function file(one) {
  const url = one.url_private || one.permalink || "";
  const shown = (one.mimetype || "").startsWith("image/") && picture({ slack_file: { url }, alt_text: one.title || one.name }, "image-full");
  const words = one.title || one.name || "file";
  const reachable = url.startsWith("/") || safeUrl(url);
  return h("div.file", {}, h("div.image-title", {}, reachable ? link(url, [words]) : words), shown);
}

function below(message, ctx) {
  const dismiss = () => dropMessage(ctx.channel, message.ts);
  return [
    message.delivery_error && h("div.delivery-error", { role: "alert" }, message.delivery_error),
    reactionBar(message, ctx),
    !ctx.inThread && message.reply_count > 0 && threadSummary(message, ctx),
    message.is_ephemeral && h("div", {}, h("button.textlink", { onclick: dismiss, data: { testid: "dismiss" } }, "Dismiss message")),
  ];
}

function threadSummary(message, ctx) {
  const count = `${message.reply_count} ${message.reply_count === 1 ? "reply" : "replies"}`;
  const last = message.latest_reply && h("span.thread-last", {}, `Last reply ${ago(tsDate(message.latest_reply))}`);
  const faces = (message.reply_users || []).slice(0, 5).map((id) => avatar(id, 24));
  const open = () => openThread(ctx.channel, message.ts);
  return h("button.thread-summary", { onclick: open, data: { testid: "thread-summary" } }, faces, h("span.thread-count", {}, count), last);
}
