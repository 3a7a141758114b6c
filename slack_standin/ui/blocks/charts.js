// data_visualization: bar, line, area and pie charts as plain SVG with a legend, small but readable.
import { h, svg } from "../dom.js";

const COLOURS = ["#2f7d5b", "#c2483f", "#3b74c4", "#d39a1f", "#8556b3", "#4a9db0"];
const WIDTH = 460;
const HEIGHT = 190;
const LEFT = 44;
const BOTTOM = 26;

export function chart(block) {
  const spec = block.chart || {};
  const series = spec.type === "pie" ? spec.segments || [] : spec.series || [];
  const drawing = spec.type === "pie" ? pie(series) : axes(spec, series);
  const names = series.map((one, index) =>
    h("span.legend-item", {}, h("span.colour", { style: { background: COLOURS[index % 6] } }), one.name || one.label),
  );
  const words = `Chart: ${block.title || ""}`;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", words);
  return h("figure.chart", {}, h("figcaption", {}, block.title), drawing, h("div.legend", {}, names));
}

function axes(spec, series) {
  const labels = spec.axis_config?.categories || (series[0]?.data || []).map((point) => point.label);
  const values = series.map((one) => (one.data || []).map((point) => Number(point.value) || 0));
  const top = Math.max(1, ...values.flat());
  const x = (index) => LEFT + ((index + 0.5) * (WIDTH - LEFT)) / Math.max(1, labels.length);
  const y = (value) => 10 + (1 - value / top) * (HEIGHT - BOTTOM - 10);
  const frame = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart-svg" });
  for (const part of [0, 0.5, 1]) frame.append(...gridLine(top * part, y(top * part)));
  const step = Math.ceil(labels.length / 8);
  labels.forEach((words, index) => index % step === 0 && frame.append(label(x(index), HEIGHT - 8, words, "middle")));
  values.forEach((row, index) => frame.append(...SHAPES[spec.type === "bar" ? "bar" : "line"]({ row, index, count: values.length, x, y, spec, slots: labels.length })));
  return frame;
}

function gridLine(value, at) {
  const shown = value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
  return [
    svg("line", { x1: LEFT, x2: WIDTH, y1: at, y2: at, stroke: "currentColor", "stroke-opacity": 0.15 }),
    label(LEFT - 6, at + 4, String(shown), "end"),
  ];
}

function label(x, y, words, anchor) {
  const node = svg("text", { x, y, "text-anchor": anchor, "font-size": 11, fill: "currentColor", "fill-opacity": 0.7 });
  node.textContent = words;
  return node;
}

const SHAPES = {
  bar({ row, index, count, x, y, slots }) {
    const width = Math.max(2, ((WIDTH - LEFT) / slots / count) * 0.7);
    return row.map((value, at) => {
      const left = x(at) - (width * count) / 2 + width * index;
      return svg("rect", { x: left, y: y(value), width, height: Math.max(0, y(0) - y(value)), fill: COLOURS[index % 6] });
    });
  },
  line({ row, index, x, y, spec }) {
    const points = row.map((value, at) => `${x(at)},${y(value)}`).join(" ");
    const stroke = COLOURS[index % 6];
    const line = svg("polyline", { points, fill: "none", stroke, "stroke-width": 2 });
    if (spec.type !== "area" || !row.length) return [line];
    const closed = `${x(0)},${y(0)} ${points} ${x(row.length - 1)},${y(0)}`;
    return [svg("polygon", { points: closed, fill: stroke, "fill-opacity": 0.2 }), line];
  },
};

function pie(segments) {
  const total = segments.reduce((sum, one) => sum + Number(one.value), 0) || 1;
  const frame = svg("svg", { viewBox: "0 0 120 120", class: "chart-svg pie" });
  let from = 0;
  segments.forEach((one, index) => {
    const part = Number(one.value) / total;
    const arc = { cx: 60, cy: 60, r: 28, fill: "none", stroke: COLOURS[index % 6], "stroke-width": 56, pathLength: 1 };
    const dash = { "stroke-dasharray": `${part} ${1 - part}`, "stroke-dashoffset": -from, transform: "rotate(-90 60 60)" };
    frame.append(svg("circle", { ...arc, ...dash }));
    from += part;
  });
  return frame;
}
