// Between what a person types and what is sent: @names and #channels ↔ <@U…> and <#C…|name>. The server escapes.
import { channelOf, channelTitle, state, userName } from "./store.js";
import { decode } from "./mrkdwn.js";

/** Everything an @ may name, longest first so that "@Alice Smith" wins over "@Alice". */
function mentionables() {
  const names = [];
  for (const user of state.users.values()) {
    if (user.deleted) continue;
    const words = new Set([userName(user.id), user.real_name, user.name].filter(Boolean));
    for (const name of words) names.push([name, `<@${user.id}>`]);
  }
  for (const word of ["here", "channel", "everyone"]) names.push([word, `<!${word}>`]);
  return names.sort((a, b) => b[0].length - a[0].length);
}

function channelNames() {
  const named = [...state.channels.values()].filter((c) => c.name && !c.is_im && !c.is_mpim);
  return named.map((c) => [c.name, `<#${c.id}|${c.name}>`]).sort((a, b) => b[0].length - a[0].length);
}

const WORD = /[\p{L}\p{N}_-]/u;

/** The text as it travels, with the names of members and channels made mentions. Code is left alone. */
export function toWire(typed) {
  const names = { "@": mentionables(), "#": channelNames() };
  return typed
    .split(/(```[\s\S]*?```|`[^`\n]*`)/)
    .map((part, index) => (index % 2 ? part : mentioned(part, names)))
    .join("");
}

function mentioned(text, names) {
  let out = "";
  let at = 0;
  while (at < text.length) {
    const hit = (at === 0 || !WORD.test(text[at - 1])) && nameAt(text, at, names[text[at]]);
    if (hit) {
      out += hit[1];
      at += hit[0].length + 1;
    } else {
      out += text[at];
      at += 1;
    }
  }
  return out;
}

function nameAt(text, at, names) {
  return names?.find(([name]) => {
    const end = at + 1 + name.length;
    const same = text.slice(at + 1, end).toLowerCase() === name.toLowerCase();
    return same && !(text[end] && WORD.test(text[end]));
  });
}

/** The reverse, for editing a message that was sent. */
export function fromWire(text) {
  const named = text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id) => `@${userName(id)}`)
    .replace(/<#([CG][A-Z0-9]+)(?:\|([^>]*))?>/g, (_, id, label) => `#${label || channelTitle(channelOf(id))}`)
    .replace(/<!(here|channel|everyone)>/g, "@$1")
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, "$1");
  return decode(named);
}
