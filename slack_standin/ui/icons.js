// Line icons of our own, drawn on a 20×20 grid and coloured by the text around them.
import { svg } from "./dom.js";

const PATHS = {
  hash: "M8 3 6.5 17M13.5 3 12 17M3.5 7.5h13.5M3 12.5h13.5",
  lock: "M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9",
  caret: "M5.5 8 10 12.5 14.5 8",
  chevron: "M8 5.5 12.5 10 8 14.5",
  back: "M12 4.5 6.5 10l5.5 5.5M7 10h9",
  plus: "M10 4v12M4 10h12",
  close: "M5 5l10 10M15 5 5 15",
  smile: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15ZM7.3 8v.6M12.7 8v.6M6.5 11.5c1.6 3 5.4 3 7 0",
  reply: "M3.5 4.5h13v9H9l-3.5 3v-3h-2zM7 8h6M7 10.5h4",
  more: "M10 4.5v.2M10 10v.2M10 15.5v.2",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0L4.5 11.2a3 3 0 0 0 4.3 4.3L10 14.3",
  send: "M3.5 3.5 17 10 3.5 16.5 5.5 10zM5.5 10H11",
  pin: "M12 2.8 17.2 8l-2.1.5-2.9 2.9.3 3.4-1.4 1.4L4 9.1l1.4-1.4 3.4.3 2.9-2.9zM7.2 12.8 3 17",
  people: "M7.5 9.5a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM2.5 16c.3-3 2.3-4.5 5-4.5s4.7 1.5 5 4.5M13 9.2a2.3 2.3 0 1 0-.6-4.5M14.3 11.7c1.9.4 3 1.8 3.2 4",
  search: "M8.7 14.2a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM12.7 12.7 17 17",
  bolt: "M11 2.5 4.5 11.5H9L8.5 17.5 15.5 8H11z",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm0 0v1.3c0 2.2 4 2 4-1.3a7 7 0 1 0-2.8 5.6",
  down: "M10 3.5v12M5 11l5 5 5-5",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10Zm8 2.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z",
  bold: "M6 4h5a3 3 0 0 1 0 6H6zM6 10h5.8a3 3 0 0 1 0 6H6z",
  italic: "M8.5 4h6M5.5 16h6M11.5 4l-3 12",
  strike: "M3.5 10h13M14 6.5C13.5 4.8 12 4 10 4 7.5 4 6 5.3 6 7c0 1.5 1 2.3 2.5 3M14 13c0 1.8-1.7 3-4 3-2.2 0-3.8-1-4.2-2.8",
  code: "M7 5.5 2.5 10 7 14.5M13 5.5 17.5 10 13 14.5",
  list: "M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.2M3.5 10h.2M3.5 15h.2",
  quote: "M4 3.5v13M8 6h8M8 10h8M8 14h5",
  check: "M4 10.5 8 14.5 16 5.5",
  compose: "M4 16h12M5.5 13l.6-2.8L13 3.3l2.2 2.2-6.9 6.9z",
  calendar: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3.5M13 3v3.5",
  edit: "M4 16l.8-3.5L13 4.3l2.7 2.7-8.2 8.2z",
  bell: "M5 13.5c1-1 1.2-2.5 1.2-4.7a3.8 3.8 0 0 1 7.6 0c0 2.2.2 3.7 1.2 4.7zM8.5 16c.7.9 2.3.9 3 0",
  play: "M6 4l10 6-10 6z",
};

/** An icon by name; decorative, so hidden from screen readers. */
export function icon(name, size = 18) {
  const path = svg("path", { d: PATHS[name], fill: "none", stroke: "currentColor", "stroke-width": 1.5 });
  if (name === "more") path.setAttribute("stroke-width", "2.4");
  path.setAttribute("stroke-linecap", "round");
  path.setAttribute("stroke-linejoin", "round");
  const box = { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", class: "icon" };
  return svg("svg", box, path);
}
