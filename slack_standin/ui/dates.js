// Times as a reader in this browser's zone and language sees them, and Slack's <!date^…> tokens.

const DAY = 86_400_000;
const SIX_MONTHS = 183 * DAY;

/** A message ts ("1700000000.000100") as a Date. */
export const tsDate = (ts) => new Date(Number.parseFloat(ts) * 1000);

export function timeOf(date, seconds = false) {
  const shape = { hour: "numeric", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) };
  return new Intl.DateTimeFormat(undefined, shape).format(date);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function daysFromToday(date, now) {
  return Math.round((midnight(date) - midnight(now)) / DAY);
}

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`;
  return `${day}${{ 1: "st", 2: "nd", 3: "rd" }[day % 10] || "th"}`;
}

const part = (date, shape) => new Intl.DateTimeFormat("en-US", shape).format(date);

function withYear(text, date, now) {
  return Math.abs(date - now) < SIX_MONTHS ? text : `${text}, ${date.getFullYear()}`;
}

const SHAPES = {
  date: (d, now) => withYear(`${part(d, { month: "long" })} ${ordinal(d.getDate())}`, d, now),
  date_short: (d, now) => withYear(part(d, { month: "short", day: "numeric" }), d, now),
  date_long: (d, now) => `${part(d, { weekday: "long" })}, ${SHAPES.date(d, now)}`,
  date_num: (d) =>
    [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, "0")).join("-"),
  time: (d) => timeOf(d),
  time_secs: (d) => timeOf(d, true),
  ago: (d, now) => ago(d, now),
};

const NEAR = { "-1": "yesterday", 0: "today", 1: "tomorrow" };

function token(name, date, now) {
  const pretty = name.endsWith("_pretty");
  const plain = (pretty ? name.slice(0, -7) : name).replace("day_divider", "date_long");
  const near = pretty ? NEAR[daysFromToday(date, now)] : undefined;
  return near || SHAPES[plain]?.(date, now);
}

/** "3 minutes ago", "in 2 hours", "just now". */
export function ago(date, now = new Date()) {
  const seconds = Math.round((now - date) / 1000);
  const size = Math.abs(seconds);
  if (size < 45) return "just now";
  const [unit, length] = [["minute", 60], ["hour", 3600], ["day", 86_400], ["month", 2_592_000], ["year", 31_536_000]]
    .filter(([u, l]) => size >= l * 0.9 || u === "minute")
    .at(-1);
  const count = Math.max(1, Math.round(size / length));
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

/**
 * Fills Slack's date tokens ({date}, {date_num}, {date_short}, {date_long}, the _pretty forms, {time},
 * {time_secs}, {ago}) for a time in epoch seconds; `fallback` when the time or a token is not understood.
 */
export function formatTokens(epochSeconds, format, fallback, now = new Date()) {
  const date = new Date(Number(epochSeconds) * 1000);
  if (!format || Number.isNaN(date.getTime())) return fallback;
  let understood = true;
  const text = format.replace(/\{(\w+)\}/g, (_, name) => {
    const value = token(name, date, now);
    if (value === undefined) understood = false;
    return value;
  });
  return understood ? text.charAt(0).toUpperCase() + text.slice(1) : fallback;
}

/** The words of a day divider: Today, Yesterday, or "Tuesday, February 18th". */
export function dayName(date, now = new Date()) {
  const days = daysFromToday(date, now);
  if (days === 0 || days === -1) return days === 0 ? "Today" : "Yesterday";
  return SHAPES.date_long(date, now);
}

export const dayKey = (date) => SHAPES.date_num(date);

export const fullTime = (date) => `${SHAPES.date_long(date, new Date(0))} at ${timeOf(date, true)}`;

/** The wall clock of a member's zone, such as "3:41 PM"; "" for an unknown zone. */
export function localTime(zone, now = new Date()) {
  try {
    return new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", timeZone: zone }).format(now);
  } catch {
    return "";
  }
}
