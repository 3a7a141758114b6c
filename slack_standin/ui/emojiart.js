// Small drawings of the emoji that incident work leans on, so that they look the same (and exist) on every machine.
// Each is a list of [svg tag, attributes] on a 20×20 grid.
import { svg } from "./dom.js";

const disc = (fill) => [["circle", { cx: 10, cy: 10, r: 8, fill }]];
const tile = (fill) => [["rect", { x: 2, y: 2, width: 16, height: 16, rx: 3, fill }]];
const path = (d, fill) => ["path", { d, fill }];
const line = (d, stroke = "#fff", width = 2.2) => [
  "path",
  { d, fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round" },
];
const face = (...more) => [...disc("#fcc93c"), dot(7, 8), dot(13, 8), ...more];
const dot = (cx, cy, fill = "#5b3a12", r = 1.3) => ["circle", { cx, cy, r, fill }];
const box = (x, y, width, height, fill, rx = 1) => ["rect", { x, y, width, height, fill, rx }];
const arrow = (d) => [...tile("#4a8ddc"), line(d)];
const FOLD = "M5 2h7l4 4v12H5z";
const SHEET = [path(FOLD, "#eef2f7"), path("M12 2v4h4z", "#b9c6d6")];

const ART = {
  red_circle: disc("#dd2e44"),
  large_green_circle: disc("#3aa76d"),
  large_yellow_circle: disc("#f4c22b"),
  large_orange_circle: disc("#f08a24"),
  large_blue_circle: disc("#3b82d6"),
  large_purple_circle: disc("#9a5fc9"),
  white_circle: [["circle", { cx: 10, cy: 10, r: 7.3, fill: "#e9edf1", stroke: "#b8c1cc", "stroke-width": 1.4 }]],
  black_circle: disc("#2b2f36"),
  large_red_square: tile("#dd2e44"),
  large_green_square: tile("#3aa76d"),
  large_yellow_square: tile("#f4c22b"),
  large_orange_square: tile("#f08a24"),
  large_blue_square: tile("#3b82d6"),
  white_large_square: tile("#dfe4ea"),
  black_large_square: tile("#2b2f36"),
  white_check_mark: [...tile("#3aa76d"), line("M6 10.5 9 13.5 14.5 6.8")],
  heavy_check_mark: [line("M4 11 8 15 16 5", "#3aa76d", 3)],
  ballot_box_with_check: [...tile("#3b82d6"), line("M6 10.5 9 13.5 14.5 6.8")],
  x: [line("M4.5 4.5l11 11M15.5 4.5l-11 11", "#dd2e44", 3.4)],
  warning: [path("M10 1.8 19 17.6H1z", "#f7c02e"), line("M10 7.5v4.5", "#3b3209", 2), dot(10, 14.8, "#3b3209", 1.2)],
  rotating_light: [
    path("M4.5 16V10a5.5 5.5 0 0 1 11 0v6z", "#e0343f"), box(3, 15.5, 14, 3, "#6d7785"),
    path("M8 15v-5a2 2 0 0 1 2-2", "#ff8d8d"), line("M10 1.2v1.6M3.5 3.8l1.2 1.2M16.5 3.8l-1.2 1.2", "#f7a52e", 1.5),
  ],
  octagonal_sign: [path("M6.5 2h7L18 6.5v7L13.5 18h-7L2 13.5v-7z", "#dd2e44"), box(5, 9, 10, 2.2, "#fff")],
  no_entry: [...disc("#dd2e44"), box(5, 8.8, 10, 2.5, "#fff")],
  no_entry_sign: [["circle", { cx: 10, cy: 10, r: 7, fill: "none", stroke: "#dd2e44", "stroke-width": 2.4 }], line("M5.2 5.2l9.6 9.6", "#dd2e44", 2.4)],
  exclamation: [line("M10 3v8.5", "#dd2e44", 3.2), dot(10, 16, "#dd2e44", 1.9)],
  question: [line("M6.8 6.5c0-4.5 6.8-4.3 6.8 0 0 2.8-3.5 2.8-3.5 5.5", "#dd2e44", 2.8), dot(10.1, 16.3, "#dd2e44", 1.8)],
  information_source: [...tile("#3b82d6"), line("M10 9v5.5"), dot(10, 5.8, "#fff", 1.4)],
  eyes: [
    ...[6, 14].map((cx) => ["ellipse", { cx, cy: 10, rx: 3.6, ry: 5.8, fill: "#fff", stroke: "#8c97a5" }]),
    dot(7, 11, "#333", 1.9), dot(15, 11, "#333", 1.9),
  ],
  bell: [path("M10 2a5.5 5.5 0 0 0-5.5 5.5c0 4-1 5.2-2.2 6.5h15.4c-1.2-1.3-2.2-2.5-2.2-6.5A5.5 5.5 0 0 0 10 2z", "#f4b92b"), dot(10, 16.3, "#b9812a", 1.9)],
  fire: [path("M10 1.5c1 3.5 5.8 5.5 5.8 10.7A5.8 5.8 0 0 1 10 18.3a5.8 5.8 0 0 1-5.8-6.1C4.2 9 6 8 6.5 5.5 8 6.5 8 8 8.2 9 9.5 7 10.5 5 10 1.5z", "#f0642f"), path("M10 9.5c.5 2 3 3 3 5.5a3 3 0 0 1-6 0c0-2.5 2-2.5 3-5.5z", "#fcc93c")],
  boom: [path("M10 1l2 5 5-2-2 5 4 1.5-4 2 2 5-5-2-2 3.5-2-3.5-5 2 2-5-4-2L5 9 3 4l5 2z", "#f08a24"), dot(10, 10.5, "#fcdf6b", 3)],
  zap: [path("M11.5 1 4 11.5h4.8L7.5 19 16 8h-5.2z", "#f7b52e")],
  key: [["circle", { cx: 6.2, cy: 10, r: 3.5, fill: "none", stroke: "#d9a21b", "stroke-width": 2.4 }], line("M10 10h7.5v3M14 10v2.5", "#d9a21b", 2.4)],
  lock: [line("M6.5 9V6.5a3.5 3.5 0 0 1 7 0V9", "#8c97a5", 2), box(4, 8.5, 12, 9, "#f4b92b", 1.5)],
  unlock: [line("M6.5 9V5.5a3.5 3.5 0 0 1 7 0", "#8c97a5", 2), box(4, 8.5, 12, 9, "#f4b92b", 1.5)],
  link: [line("M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3L10 14.3", "#7b8794", 1.9)],
  wrench: [line("M4 16 10.5 9.5", "#7b8794", 3), line("M16.5 5.5a4 4 0 1 1-3-3l-1.5 2.3 1.3 1.9z", "#7b8794", 1.8)],
  hammer_and_wrench: [line("M4.5 15.5 13 7", "#7b8794", 2.6), line("M15.5 15.5 8 8", "#b07b3d", 2.6), line("M4.5 8.5 8.5 4.5l1.5 1.5-4 4z", "#55606e", 2), line("M16.5 4.5l-2 2", "#7b8794", 4)],
  gear: [["circle", { cx: 10, cy: 10, r: 4.8, fill: "none", stroke: "#7b8794", "stroke-width": 3 }], line("M10 1.8v2.4M10 15.8v2.4M1.8 10h2.4M15.8 10h2.4M4.2 4.2l1.7 1.7M14.1 14.1l1.7 1.7M15.8 4.2l-1.7 1.7M5.9 14.1l-1.7 1.7", "#7b8794", 2.4)],
  hourglass_flowing_sand: [path("M5 2h10v3l-4 5 4 5v3H5v-3l4-5-4-5z", "#d8ecf6"), path("M7 15.5 10 12l3 3.5V17H7zM7 5h6l-3 3.5z", "#d9a21b"), box(4, 1.5, 12, 1.8, "#a5713b"), box(4, 16.7, 12, 1.8, "#a5713b")],
  alarm_clock: [dot(4.5, 4.5, "#c23b4b", 2.6), dot(15.5, 4.5, "#c23b4b", 2.6), ["circle", { cx: 10, cy: 11, r: 7, fill: "#fff", stroke: "#dd2e44", "stroke-width": 2 }], line("M10 7v4.2l2.6 1.7", "#333", 1.5)],
  stopwatch: [box(8.5, 1, 3, 3, "#7b8794"), ["circle", { cx: 10, cy: 11.5, r: 6.8, fill: "#fff", stroke: "#7b8794", "stroke-width": 1.8 }], line("M10 7.8v3.9", "#dd2e44", 1.6)],
  memo: [...SHEET, line("M7.5 9h6M7.5 12h6M7.5 15h3", "#7b8794", 1.2)],
  page_facing_up: [...SHEET, line("M7.5 9h6M7.5 12h6M7.5 15h6", "#9aa7b5", 1.1)],
  clipboard: [box(3.5, 3, 13, 15.5, "#a9773f", 1.5), box(5.2, 5, 9.6, 12, "#fff"), box(7, 1.5, 6, 4, "#7b8794"), line("M7 9h6M7 12h6", "#9aa7b5", 1.1)],
  bar_chart: [box(2, 2, 16, 16, "#eef2f7", 2), box(4.5, 9, 2.8, 7, "#3aa76d"), box(8.6, 5, 2.8, 11, "#dd2e44"), box(12.7, 11, 2.8, 5, "#3b82d6")],
  chart_with_upwards_trend: [box(2, 2, 16, 16, "#eef2f7", 2), line("M4.5 14 8 10.5l2.5 2 5-6.5", "#dd2e44", 1.8)],
  chart_with_downwards_trend: [box(2, 2, 16, 16, "#eef2f7", 2), line("M4.5 6 8 9.5l2.5-2 5 6.5", "#3b82d6", 1.8)],
  calendar: [box(2.5, 3, 15, 15, "#eef2f7", 2), box(2.5, 3, 15, 4.5, "#dd2e44", 2), line("M6 11h.1M10 11h.1M14 11h.1M6 14.5h.1M10 14.5h.1", "#55606e", 2)],
  mag: [line("M12.5 12.5 17 17", "#55606e", 2.8), ["circle", { cx: 8.5, cy: 8.5, r: 5.3, fill: "#d8ecf6", stroke: "#55606e", "stroke-width": 1.8 }]],
  bulb: [path("M10 1.5A5.8 5.8 0 0 0 4.2 7.3c0 3 2.8 4 2.8 6.7h6c0-2.7 2.8-3.7 2.8-6.7A5.8 5.8 0 0 0 10 1.5z", "#fcd34d"), box(7.3, 14.7, 5.4, 3.6, "#8c97a5")],
  pushpin: [line("M8 12 3.5 16.5", "#8c97a5", 1.6), path("M12 2l6 6-2.5.5-3 3 .3 3.5-1.3 1.3L4 8.8l1.3-1.3 3.5.2 3-3z", "#dd2e44")],
  tada: [path("M2 18 7 6l7 7z", "#f4b92b"), dot(12, 4, "#dd2e44", 1.2), dot(16, 8, "#3b82d6", 1.2), dot(17, 3.5, "#3aa76d", 1.2), line("M10 7c1-1 1.5-2.5 1-4.5M13 10c1.5-1.5 3-1.5 4.5-.5", "#9a5fc9", 1.3)],
  rocket: [path("M17.5 2.5C12 2.5 8 5.5 6 10l4 4c4.5-2 7.5-6 7.5-11.5z", "#d5dce4"), dot(12.7, 7.3, "#3b82d6", 1.8), path("M6 10 2.5 11l2-3.5 3-.5zM10 14l-1 3.5 3.5-2 .5-3z", "#dd2e44"), path("M5.5 12.5c-2 1-2.5 3-2.5 4.5 1.5 0 3.5-.5 4.5-2.5z", "#f7a52e")],
  package: [path("M2.5 6 10 2.5 17.5 6v9L10 18.5 2.5 15z", "#c48a4a"), path("M2.5 6 10 9.5 17.5 6 10 2.5z", "#dca766"), line("M10 9.5v9", "#a06b2f", 1.2)],
  truck: [box(1, 5, 11, 9, "#3aa76d"), path("M12 8h4l3 3v3h-7z", "#8c97a5"), dot(5, 15, "#333", 2), dot(15, 15, "#333", 2)],
  shopping_trolley: [line("M2 3.5h2.5L7 13h8.5l2-7H5.3", "#55606e", 1.7), dot(8, 16.5, "#55606e", 1.5), dot(14.5, 16.5, "#55606e", 1.5)],
  bank: [path("M10 1.5 18.5 6.5h-17z", "#b9c6d6"), ...[4, 8.8, 13.6].map((x) => box(x, 8, 2.4, 7, "#d5dce4")), box(2, 15.5, 16, 2.5, "#8c97a5")],
  factory: [path("M2 18V8l5 3V8l5 3V3h4v15z", "#9aa7b5"), ...[4.5, 8.5, 12.5].map((x) => box(x, 13, 2, 2, "#fcd34d", 0))],
  credit_card: [box(1.5, 4, 17, 12, "#3b82d6", 2), box(1.5, 7, 17, 2.5, "#1f3c63", 0), box(4, 12, 5, 1.5, "#d8ecf6")],
  moneybag: [path("M7.5 2h5l-1.2 3.5C15 7.5 17 11 17 14c0 2.5-2 4-4 4H7c-2 0-4-1.5-4-4 0-3 2-6.5 5.7-8.5z", "#d9b15b"), line("M12 9.8c-1-1.2-3.8-1-3.8.7s3.8 1.2 3.8 3-3 2-4 .6M10 8.5v7", "#6b4d12", 1.2)],
  electric_plug: [line("M7 2v4M13 2v4M10 13v5", "#55606e", 2), path("M4.5 6h11v3.5A4 4 0 0 1 11.5 13.5h-3a4 4 0 0 1-4-4z", "#55606e")],
  construction: [box(1.5, 5, 17, 7, "#f7b52e"), path("M4 12 8 5h3l-4 7zM11 12l4-7h3l-4 7z", "#2b2f36"), box(4, 12, 2, 6, "#8c97a5"), box(14, 12, 2, 6, "#8c97a5")],
  speech_balloon: [path("M3.5 3h13A1.5 1.5 0 0 1 18 4.5v8a1.5 1.5 0 0 1-1.5 1.5H10l-4.5 4V14h-2A1.5 1.5 0 0 1 2 12.5v-8A1.5 1.5 0 0 1 3.5 3z", "#d5dce4"), dot(6.5, 8.5, "#55606e", 1.2), dot(10, 8.5, "#55606e", 1.2), dot(13.5, 8.5, "#55606e", 1.2)],
  robot_face: [box(3, 5, 14, 12, "#b9c6d6", 2.5), dot(7, 10, "#dd2e44", 1.7), dot(13, 10, "#dd2e44", 1.7), line("M7 14h6M10 5V2", "#55606e", 1.5)],
  telephone_receiver: [path("M3 3.5 6.5 2 9 6.5 7 8.5c.8 2 2.5 3.7 4.5 4.5l2-2 4.5 2.5-1.5 3.5C10 19 1 10 3 3.5z", "#55606e")],
  envelope: [box(1.5, 4, 17, 12, "#eef2f7", 1.5), line("M2.5 5 10 11.5 17.5 5", "#8c97a5", 1.3)],
  loudspeaker: [path("M3 8h3l8-5v14l-8-5H3z", "#dd2e44"), line("M16.5 7.5c1 1.5 1 3.5 0 5", "#8c97a5", 1.6)],
  bust_in_silhouette: [dot(10, 6.5, "#55728f", 4), path("M2.5 18c0-5 3.5-7 7.5-7s7.5 2 7.5 7z", "#55728f")],
  label: [path("M2 3h8l8 8-7 7-9-8z", "#e6c98f"), dot(5.5, 6.5, "#7a5a22", 1.4)],
  checkered_flag: [line("M4 2v16", "#55606e", 1.7), box(5, 3, 11, 8, "#fff", 0), ...[[5, 3], [10.6, 3], [7.8, 5.7], [13.3, 5.7], [5, 8.3], [10.6, 8.3]].map(([x, y]) => box(x, y, 2.8, 2.7, "#2b2f36", 0))],
  triangular_flag_on_post: [line("M5 2v16", "#8c97a5", 1.7), path("M6 2.5 17 7 6 11.5z", "#dd2e44")],
  heart: [path("M10 17.5C3 12.5 1.5 9.5 1.5 7A4.3 4.3 0 0 1 10 5.2 4.3 4.3 0 0 1 18.5 7c0 2.5-1.5 5.5-8.5 10.5z", "#dd2e44")],
  star: [path("M10 1.5l2.6 5.6 6 .7-4.5 4.1 1.2 6L10 14.9l-5.3 3 1.2-6L1.4 7.8l6-.7z", "#f7b52e")],
  "+1": [path("M2 9h3.5v9H2z", "#d99a1e"), path("M6.5 9.5 9 2c2 0 2.6 1.3 2.3 3l-.5 3h5.4c1.3 0 1.9 1 1.6 2.2l-1.5 6.3c-.2.9-1 1.5-2 1.5H6.5z", "#fcc93c")],
  "-1": [path("M2 11h3.5V2H2z", "#d99a1e"), path("M6.5 10.5 9 18c2 0 2.6-1.3 2.3-3l-.5-3h5.4c1.3 0 1.9-1 1.6-2.2l-1.5-6.3c-.2-.9-1-1.5-2-1.5H6.5z", "#fcc93c")],
  raised_hands: [path("M2 9l2-5 1.5.5L5 9l3 3v6H5zM18 9l-2-5-1.5.5L15 9l-3 3v6h3z", "#fcc93c")],
  wave: [path("M5 9 3.5 5.5l1.3-.7 2 3.5-1.5-5 1.5-.5 2 5-.7-5 1.5-.2 1.3 5.2.5-4.2 1.5.1L13.5 9l2-1 1.2 1.3-2.7 4.5c-1 4-7 4.7-8.5.7z", "#fcc93c"), line("M15.5 3.5c1.3.6 2 1.7 2.2 3M2.2 14c.3 1.5 1 2.6 2.3 3.2", "#8c97a5", 1.2)],
  pray: [path("M10 2c-1.5 2-3.5 6-3.5 9.5L4.5 14 8 18l2-1.5 2 1.5 3.5-4-2-2.5C13.5 8 11.5 4 10 2z", "#fcc93c"), line("M10 4v12", "#d99a1e", 1)],
  slightly_smiling_face: face(line("M6.3 12c1.5 2.6 5.9 2.6 7.4 0", "#5b3a12", 1.5)),
  smile: face(path("M5.8 11h8.4c-.4 5-8 5-8.4 0z", "#5b3a12")),
  joy: face(path("M5.8 11h8.4c-.4 5-8 5-8.4 0z", "#5b3a12"), dot(3.5, 11, "#5aa9e6", 1.8), dot(16.5, 11, "#5aa9e6", 1.8)),
  thinking_face: face(line("M7.5 13.5c1.5-.7 3-.8 4.5-.2M6 5.5c.8-.5 1.6-.5 2.4 0", "#5b3a12", 1.3), path("M5 14l4 1.5-1 3.5-3.5-1z", "#e0a42c")),
  slightly_frowning_face: face(line("M6.3 14c1.5-2.3 5.9-2.3 7.4 0", "#5b3a12", 1.5)),
  sleeping: face(line("M8 13.5h4M13 5h3l-3 3.5h3", "#5b3a12", 1.3)),
  zzz: [line("M3 9h6l-6 8h6M11 3h5l-5 6h5", "#5a7fc9", 2)],
  hourglass: [path("M5 2h10v3l-4 5 4 5v3H5v-3l4-5-4-5z", "#d8ecf6"), path("M6.5 16.5 10 13l3.5 3.5z", "#d9a21b"), box(4, 1.5, 12, 1.8, "#a5713b"), box(4, 16.7, 12, 1.8, "#a5713b")],
  arrows_counterclockwise: arrow("M5.5 9a4.7 4.7 0 0 1 8.5-2M14.5 11a4.7 4.7 0 0 1-8.5 2M14.3 4v3.2H11M5.7 16v-3.2H9"),
  repeat: arrow("M5 9V7h9l-2-2M15 11v2H6l2 2"),
  arrow_right: arrow("M5 10h10M11 6l4 4-4 4"),
  arrow_left: arrow("M15 10H5M9 6l-4 4 4 4"),
  arrow_up: arrow("M10 15V5M6 9l4-4 4 4"),
  arrow_down: arrow("M10 5v10M6 11l4 4 4-4"),
  arrow_forward: [...tile("#4a8ddc"), path("M7 5l8 5-8 5z", "#fff")],
  double_vertical_bar: [...tile("#4a8ddc"), box(6, 5.5, 2.8, 9, "#fff"), box(11.2, 5.5, 2.8, 9, "#fff")],
  inbox_tray: [path("M2 11h4l1.5 2.5h5L14 11h4v7H2z", "#8c97a5"), line("M10 2v7M7 6.5 10 9.5l3-3", "#3b82d6", 2)],
  shield: [path("M10 1.5 17 4v6c0 4.5-3 7-7 8.5C6 17 3 14.5 3 10V4z", "#5a7fc9"), path("M10 3.5V17c-3.5-1.5-5.5-3.5-5.5-7V5.3z", "#86a5dc")],
  sparkles: [path("M8 3l1.5 5 5 1.5-5 1.5L8 16l-1.5-5-5-1.5 5-1.5zM15.5 1.5l.7 2.3 2.3.7-2.3.7-.7 2.3-.7-2.3-2.3-.7 2.3-.7zM15.5 13l.6 1.9 1.9.6-1.9.6-.6 1.9-.6-1.9-1.9-.6 1.9-.6z", "#f7b52e")],
  books: [box(2.5, 3, 4, 15, "#3b82d6"), box(7, 3, 4, 15, "#3aa76d"), ["rect", { x: 11, y: 4, width: 4, height: 14.5, rx: 1, fill: "#dd2e44", transform: "rotate(-12 13 11)" }]],
};

const SAME = {
  pause_button: "double_vertical_bar", pencil: "memo", party_popper: "tada", date: "calendar", mag_right: "mag",
  spiral_calendar_pad: "calendar", stop_sign: "octagonal_sign", sync: "arrows_counterclockwise", mega: "loudspeaker",
  shopping_cart: "shopping_trolley", closed_lock_with_key: "lock", incoming_envelope: "envelope", email: "envelope",
  arrows_clockwise: "arrows_counterclockwise", timer_clock: "stopwatch", heavy_exclamation_mark: "exclamation",
  page_with_curl: "page_facing_up", bookmark: "label", smiley: "smile", grinning: "smile", negative_squared_cross_mark: "x",
  thumbsup: "+1", thumbsdown: "-1", watch: "stopwatch", heavy_multiplication_x: "x", busts_in_silhouette: "bust_in_silhouette",
};

/** The drawing for a shortcode as an <svg>, or null when there is none. */
export function drawing(name) {
  const shapes = ART[SAME[name] || name];
  if (!shapes) return null;
  const parts = shapes.map(([tag, attributes]) => svg(tag, attributes));
  return svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, ...parts);
}
