// Two neighbourhoods side by side: the entities outside, their neighbours inside, joined as far as they are believed to be one.
import { draw, shorten } from "./dom.js";

const ROW = 42, LETTER = 7.2, BOLD = 8.9, MOST = 14;

// names: of the two entities; facts: of each; reasons: which neighbours are believed to be one.
export function drawPair(svg, names, facts, reasons) {
  const width = svg.clientWidth || 800, letters = Math.max(6, Math.floor((0.19 * width) / LETTER));
  const lists = [neighbours(facts[0], reasons.map((r) => r.first)), neighbours(facts[1], reasons.map((r) => r.second))];
  const rows = Math.max(3, ...lists.map((list) => list.length)), height = rows * ROW + 34;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.setProperty("height", `${height}px`);
  const ends = [0.1, 0.9].map((share) => ({ x: share * width, y: 24 + (rows * ROW) / 2 }));
  lists.forEach((list, k) => list.forEach((near, i) => Object.assign(near, { x: (k ? 0.63 : 0.37) * width, y: 24 + ((i + 0.5) * rows * ROW) / list.length })));
  svg.replaceChildren(
    ...joints(lists, reasons).map(joint),
    ...lists.flatMap((list, k) => list.map((near) => line(ends[k], near, letters))),
    ...lists.flatMap((list) => list.map((near) => node(near, near.text, letters, near.met ? "near" : "alone"))),
    ...names.map((name, k) => node(ends[k], name, Math.max(6, Math.floor((0.2 * width) / BOLD)), "own")));
}

// Those that are evidence first, then the others; each once, with all facts that lead to it.
function neighbours(facts, met) {
  const all = new Map();
  for (const side of [...met, ...facts]) {
    const near = all.get(side.neighbor) ?? { text: side.text || side.neighbor, met: met.includes(side), sides: new Map() };
    near.sides.set(`${side.direction} ${side.relation}`, side);
    all.set(side.neighbor, near);
  }
  return [...all].slice(0, MOST).map(([name, near]) => ({ ...near, name }));
}

function joints(lists, reasons) {
  const known = new Map(), find = (k, name) => lists[k].find((near) => near.name === name);
  for (const r of reasons) {
    const a = find(0, r.first.neighbor), b = find(1, r.second.neighbor);
    if (a && b) known.set(`${a.y} ${b.y}`, { a, b, belief: r.belief });
  }
  return [...known.values()];
}

function joint({ a, b, belief }) {
  const middle = (a.x + b.x) / 2;
  return draw("path", { class: "joint", fill: "none", d: `M${a.x} ${a.y}C${middle} ${a.y} ${middle} ${b.y} ${b.x} ${b.y}`,
    "stroke-width": (1 + 7 * belief).toFixed(2) }, draw("title", {}, `believed to be one: ${(100 * belief).toFixed(1)} %`));
}

function node(at, text, letters, kind) {
  return draw("g", { class: `node ${kind}`, transform: `translate(${at.x} ${at.y})` }, draw("title", {}, text),
    draw("circle", { r: kind === "own" ? 9 : 6 }), draw("text", { class: "name", y: -12, "text-anchor": "middle" }, shorten(text, letters)));
}

// The arrow points as the fact goes, from its head to its tail.
function labelOf(side, end, near) {
  const left = (side.direction === "out") === near.x < end.x;
  return left ? `← ${side.relation}` : `${side.relation} →`;
}

function line(end, near, letters) {
  const middle = { x: end.x + 0.55 * (near.x - end.x), y: end.y + 0.55 * (near.y - end.y) };
  const label = [...near.sides.values()].map((side) => labelOf(side, end, near)).join(", ");
  return draw("g", { class: near.met ? "edge" : "edge alone" },
    draw("path", { class: "line", fill: "none", "stroke-width": 1.4, d: `M${end.x} ${end.y}L${near.x} ${near.y}` }),
    draw("text", { class: "relation", x: middle.x, y: middle.y + 15, "text-anchor": "middle" }, shorten(label, 2 * letters)));
}
