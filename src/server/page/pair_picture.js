// Two neighbourhoods side by side: the entities outside, their neighbours inside, joined as far as they are believed to be one.
import { draw, shorten } from "./dom.js";

const ROW = 46, LETTER = 7.2;
const unique = (items) => [...new Set(items)];

export function drawPair(svg, one, two, reasons) {
  const first = unique(reasons.map((r) => r.first.neighbor)), second = unique(reasons.map((r) => r.second.neighbor));
  const rows = Math.max(2, first.length, second.length), width = svg.clientWidth || 800, height = rows * ROW + 30;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.setProperty("height", `${height}px`);
  const x = [0.11, 0.38, 0.62, 0.89].map((share) => share * width);
  const y = (i, count) => 20 + ((i + 0.5) * rows * ROW) / count;
  const at = (list, name, k) => ({ x: x[k], y: y(list.indexOf(name), list.length) });
  const ends = [{ x: x[0], y: 20 + (rows * ROW) / 2 }, { x: x[3], y: 20 + (rows * ROW) / 2 }];
  const letters = Math.max(6, Math.floor((0.2 * width) / LETTER)), facts = new Map(), joints = new Map();
  for (const r of reasons) {
    const a = at(first, r.first.neighbor, 1), b = at(second, r.second.neighbor, 2);
    joints.set(`${a.y} ${b.y}`, { a, b, belief: r.belief });
    for (const [side, end, near] of [[r.first, ends[0], a], [r.second, ends[1], b]]) {
      const fact = facts.get(`${end.x} ${near.y}`) ?? { end, near, labels: new Set() };
      fact.labels.add(labelOf(side, end, near));
      facts.set(`${end.x} ${near.y}`, fact);
    }
  }
  const parts = [...[...joints.values()].map(joint), ...[...facts.values()].map((fact) => line(fact, 2 * letters))];
  const text = (side, k) => new Map(reasons.map((r) => [r[k].neighbor, r[k].text || r[k].neighbor])).get(side);
  for (const name of first) parts.push(node(at(first, name, 1), text(name, "first"), letters, "near"));
  for (const name of second) parts.push(node(at(second, name, 2), text(name, "second"), letters, "near"));
  parts.push(node(ends[0], one, letters, "own"), node(ends[1], two, letters, "own"));
  svg.replaceChildren(...parts);
}

function node(at, text, letters, kind) {
  return draw("g", { class: `node ${kind}`, transform: `translate(${at.x} ${at.y})` }, draw("title", {}, text),
    draw("circle", { r: kind === "own" ? 9 : 6 }), draw("text", { class: "name", y: -13, "text-anchor": "middle" }, shorten(text, letters)));
}

function joint({ a, b, belief }) {
  return draw("path", { class: "joint", fill: "none", d: `M${a.x} ${a.y}C${(a.x + b.x) / 2} ${a.y} ${(a.x + b.x) / 2} ${b.y} ${b.x} ${b.y}`,
    "stroke-width": (1 + 7 * belief).toFixed(2) }, draw("title", {}, `believed to be one: ${(100 * belief).toFixed(1)} %`));
}

// The arrow points as the fact goes, from its head to its tail.
function labelOf(side, end, near) {
  const left = (side.direction === "out") === near.x < end.x;
  return left ? `← ${side.relation}` : `${side.relation} →`;
}

function line({ end, near, labels }, letters) {
  const middle = { x: end.x + 0.55 * (near.x - end.x), y: end.y + 0.55 * (near.y - end.y) };
  return draw("g", { class: "edge" },
    draw("path", { class: "line", fill: "none", "stroke-width": 1.4, d: `M${end.x} ${end.y}L${near.x} ${near.y}` }),
    draw("text", { class: "relation", x: middle.x, y: middle.y + 14, "text-anchor": "middle" }, shorten([...labels].join(", "), letters)));
}
