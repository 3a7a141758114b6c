// Shortcodes ↔ characters, and how an emoji is drawn: our own small drawing, else the font's glyph, else ":name:".
import { h } from "./dom.js";
import { drawing } from "./emojiart.js";

const TABLE = `
+1 👍|-1 👎|thumbsup 👍|thumbsdown 👎|100 💯|abc 🔤|alarm_clock ⏰|alien 👽|ambulance 🚑|anchor ⚓|angry 😠
arrow_down ⬇️|arrow_forward ▶️|arrow_left ⬅️|arrow_right ➡️|arrow_up ⬆️|arrow_upper_right ↗️|arrows_counterclockwise 🔄
arrows_clockwise 🔃|ballot_box_with_check ☑️|bank 🏦|bar_chart 📊|beer 🍺|beetle 🐞|bell 🔔|no_bell 🔕|bellhop_bell 🛎️|black_circle ⚫
black_square_button 🔲|blue_book 📘|blue_heart 💙|large_blue_circle 🔵|large_blue_square 🟦|bookmark 🔖|books 📚|boom 💥
brain 🧠|bricks 🧱|broken_heart 💔|bug 🐛|building_construction 🏗️|bulb 💡|bust_in_silhouette 👤|busts_in_silhouette 👥
calendar 📆|date 📅|spiral_calendar_pad 🗓️|card_file_box 🗃️|chart_with_downwards_trend 📉|chart_with_upwards_trend 📈
checkered_flag 🏁|clap 👏|clipboard 📋|clock1 🕐|clock3 🕒|clock9 🕘|cloud ☁️|coffee ☕|compass 🧭|computer 💻
construction 🚧|construction_worker 👷|credit_card 💳|crossed_fingers 🤞|crown 👑|cry 😢|dart 🎯|desktop_computer 🖥️|email 📧
dizzy 💫|dollar 💵|door 🚪|e-mail 📧|electric_plug 🔌|envelope ✉️|envelope_with_arrow 📩|exclamation ❗|heavy_exclamation_mark ❗|eyes 👀
face_palm 🤦|facepalm 🤦|factory 🏭|fast_forward ⏩|file_folder 📁|fire 🔥|fire_engine 🚒|fire_extinguisher 🧯
first_place_medal 🥇|flashlight 🔦|floppy_disk 💾|four_leaf_clover 🍀|gear ⚙️|ghost 👻|globe_with_meridians 🌐
large_green_circle 🟢|green_heart 💚|large_green_square 🟩|white_large_square ⬜|black_large_square ⬛|grey_question ❔
grin 😁|grinning 😀|hammer 🔨|hammer_and_wrench 🛠️|handshake 🤝|heart ❤️|heavy_check_mark ✔️|heavy_minus_sign ➖
heavy_multiplication_x ✖️|heavy_plus_sign ➕|hospital 🏥|hourglass ⌛|hourglass_flowing_sand ⏳|house 🏠|inbox_tray 📥
incoming_envelope 📨|information_source ℹ️|joy 😂|key 🔑|keycap_star *️⃣|label 🏷️|ledger 📒|link 🔗|lock 🔒
closed_lock_with_key 🔐|unlock 🔓|loudspeaker 📢|mag 🔍|mag_right 🔎|mailbox 📫|mega 📣|memo 📝|pencil 📝|pencil2 ✏️|microscope 🔬
money_with_wings 💸|moneybag 💰|muscle 💪|mute 🔇|necktie 👔|new 🆕|newspaper 📰|no_entry ⛔|no_entry_sign 🚫|notebook 📓
octagonal_sign 🛑|ok 🆗|ok_hand 👌|large_orange_circle 🟠|large_orange_square 🟧|outbox_tray 📤|package 📦|page_facing_up 📄
page_with_curl 📃|paperclip 📎|partly_sunny ⛅|party_popper 🎉|pause_button ⏸️|double_vertical_bar ⏸️|point_down 👇
point_left 👈|point_right 👉|point_up ☝️|police_car 🚓|pray 🙏|printer 🖨️|purple_heart 💜|large_purple_circle 🟣|pushpin 📌
round_pushpin 📍|question ❓|rage 😡|rainbow 🌈|raised_hand ✋|raised_hands 🙌|receipt 🧾|recycle ♻️|red_circle 🔴
large_red_square 🟥|repeat 🔁|rewind ⏪|robot_face 🤖|rocket 🚀|rolling_on_the_floor_laughing 🤣|rotating_light 🚨|runner 🏃
sad 😞|satellite 📡|satellite_antenna 📡|scales ⚖️|scroll 📜|second_place_medal 🥈|see_no_evil 🙈|seedling 🌱|shield 🛡️
ship 🚢|shopping_trolley 🛒|shopping_cart 🛒|shrug 🤷|skull 💀|sleeping 😴|slightly_frowning_face 🙁|slightly_smiling_face 🙂
small_blue_diamond 🔹|small_orange_diamond 🔸|small_red_triangle 🔺|small_red_triangle_down 🔻|smile 😄|smiley 😃|snail 🐌
sob 😭|sos 🆘|sparkles ✨|speech_balloon 💬|star ⭐|stethoscope 🩺|stop_sign 🛑|stopwatch ⏱️|sunglasses 😎|sunny ☀️|sweat_smile 😅
sync 🔄|tada 🎉|telephone_receiver 📞|phone ☎️|telephone ☎️|test_tube 🧪|thinking_face 🤔|thought_balloon 💭
thermometer 🌡️|third_place_medal 🥉|ticket 🎫|timer_clock ⏲️|toolbox 🧰|triangular_flag_on_post 🚩|trophy 🏆|truck 🚚
turtle 🐢|twisted_rightwards_arrows 🔀|umbrella ☔|upside_down_face 🙃|v ✌️|vertical_traffic_light 🚦|traffic_light 🚥
warning ⚠️|watch ⌚|wave 👋|wastebasket 🗑️|white_check_mark ✅|white_circle ⚪|wink 😉|writing_hand ✍️|wrench 🔧|x ❌
large_yellow_circle 🟡|large_yellow_square 🟨|yellow_heart 💛|zap ⚡|zipper_mouth_face 🤐|zzz 💤|ballot_box 🗳️|negative_squared_cross_mark ❎
`;

const ALIASES = { simple_smile: "slightly_smiling_face", thumbsup: "+1", thumbsdown: "-1", siren: "rotating_light" };

const CHARS = new Map(
  TABLE.trim().split(/[\n|]/).map((entry) => entry.trim().split(" ")),
);
const NAMES = new Map([...CHARS].reverse().map(([name, char]) => [bare(char), name]));
const PICTURE = /(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*)/gu;
const TEXT_SIGNS = new Set(["©", "®", "™", "↔", "↕"]);

function bare(char) {
  return char.replace(/\uFE0F/g, "");
}

export const emojiNames = () => [...CHARS.keys()];
export const emojiChar = (name) => CHARS.get(ALIASES[name] || name) || null;

/** The names that begin with or contain the words, best first. */
export function findEmoji(words, limit = 60) {
  const wanted = words.toLowerCase().replaceAll(" ", "_");
  const hits = emojiNames().filter((name) => name.includes(wanted));
  return hits.sort((a, b) => b.startsWith(wanted) - a.startsWith(wanted)).slice(0, limit);
}

/** An element for a shortcode. An unknown one is shown as it was typed, as Slack does. */
export function emojiNode(name, { raw, unicode } = {}) {
  const known = ALIASES[name] || name;
  const char = CHARS.get(known) || fromCodepoints(unicode);
  const art = drawing(known) || (char && drawing(NAMES.get(bare(char))));
  const label = `:${name}:`;
  if (art) return h("span.emoji.emoji-art", { role: "img", "aria-label": label, title: label }, art);
  if (char && hasGlyph(char)) return h("span.emoji", { role: "img", "aria-label": label, title: label }, char);
  return document.createTextNode(raw || label);
}

function fromCodepoints(unicode) {
  const points = (unicode || "").split("-").map((hex) => Number.parseInt(hex, 16));
  return points.every((p) => p > 0 && p < 0x110000) ? String.fromCodePoint(...points) : null;
}

/** Text with its emoji characters drawn in the same style as the shortcodes. */
export function textWithEmoji(text) {
  const nodes = [];
  let from = 0;
  for (const hit of text.matchAll(PICTURE)) {
    if (TEXT_SIGNS.has(hit[0])) continue;
    if (hit.index > from) nodes.push(document.createTextNode(text.slice(from, hit.index)));
    const name = NAMES.get(bare(hit[0]));
    nodes.push(name ? emojiNode(name, { raw: hit[0] }) : document.createTextNode(hit[0]));
    from = hit.index + hit[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

const glyphs = new Map();
let pen = null;

/** Whether a font of this machine can draw the character: it differs from the "missing" box. */
function hasGlyph(char) {
  if (!glyphs.has(char)) glyphs.set(char, picture(bare(char)) !== picture("\u{10FFFD}"));
  return glyphs.get(char);
}

function picture(char) {
  if (!pen) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 24;
    pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.textBaseline = "top";
    pen.font = "18px sans-serif";
  }
  pen.clearRect(0, 0, 24, 24);
  pen.fillText(char, 1, 1);
  return pen.getImageData(0, 0, 24, 24).data.join();
}
