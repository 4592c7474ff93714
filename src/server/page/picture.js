// A neighbourhood as SVG: lines as thick and strong in colour as the attention, nodes that are links to walk on.
import { draw, nameOf, labelOf, shorten, decimal, still } from "./dom.js";
import { place, toPixels } from "./layout.js";
import { room, boxOf } from "./labels.js";
import { walk } from "./address.js";

const NODE = { own: 9, near: 5.5 };
const MOVE = 420; // milliseconds from one picture to the next
const key = (e) => [e.head, e.relation, e.tail].join("\u0001");

export class Picture {
  constructor(svg) {
    this.svg = svg;
    this.before = new Map(); // entity -> place in [0, 1]
    this.nodes = [];
    this.edges = [];
    this.marked = new Set();
    svg.addEventListener("keydown", (event) => this.onKey(event));
    svg.addEventListener("pointerover", (event) => this.onPoint(event));
    svg.addEventListener("pointerleave", () => this.emphasize(null));
    // Not at the SVG itself: listening for focus would make it a stop for Tab.
    svg.parentElement.addEventListener("focusin", (event) => this.onPoint(event));
    svg.parentElement.addEventListener("focusout", () => this.emphasize(null));
    new ResizeObserver(() => this.nodes.length && this.settle(1)).observe(svg);
  }

  // graph: {nodes, edges} as the server tells it; weigh(edge): its weight for the chosen head.
  show(graph, weigh) {
    const index = new Map(graph.nodes.map((node, i) => [node.entity, i]));
    this.nodes = graph.nodes.map((node) => ({ ...node }));
    this.edges = graph.edges.map((edge) => ({ ...edge, source: index.get(edge.head), target: index.get(edge.tail) }));
    this.bend();
    this.weigh(weigh);
    const places = place(this.nodes, this.edges, this.before);
    const from = this.before.get(this.nodes[0].entity) ?? { x: 0.5, y: 0.5 };
    this.nodes.forEach((node, i) => Object.assign(node, { from: this.before.get(node.entity) ?? from, to: places[i] }));
    this.before = new Map(this.nodes.map((node) => [node.entity, node.to]));
    this.build();
    this.move();
  }

  clear() {
    this.nodes = this.edges = [];
    this.svg.replaceChildren();
  }

  // Several facts of two entities are curves beside each other.
  bend() {
    const between = new Map();
    for (const edge of this.edges) {
      const pair = [edge.source, edge.target].sort((a, b) => a - b).join();
      between.set(pair, [...(between.get(pair) ?? []), edge]);
    }
    for (const edges of between.values())
      edges.forEach((edge, i) => (edge.bend = (i - (edges.length - 1) / 2) * 22 * (edge.source < edge.target ? 1 : -1)));
  }

  weigh(weigh) {
    const most = Math.max(1e-9, ...this.edges.map((edge) => weigh(edge) ?? 0));
    for (const edge of this.edges) {
      edge.shown = weigh(edge);
      edge.share = Math.max(0, (edge.shown ?? 0) / most);
      if (edge.line) this.paint(edge);
    }
    this.nodes.forEach((node, i) => node.link?.setAttribute("aria-label", this.spoken(node, i)));
  }

  paint(edge) {
    edge.group.style.setProperty("--share", edge.share.toFixed(3));
    edge.line.setAttribute("stroke-width", (0.8 + 6.2 * edge.share).toFixed(2));
    edge.title.textContent = `${edge.head} ${edge.relation} ${edge.tail}${edge.shown === undefined ? "" : ": " + decimal(edge.shown)}`;
  }

  // ---- elements

  build() {
    for (const edge of this.edges) this.buildEdge(edge);
    this.nodes.forEach((node, i) => this.buildNode(node, i));
    const byShare = [...this.edges].sort((a, b) => a.share - b.share);
    this.svg.replaceChildren(
      draw("g", { class: "edges", "aria-hidden": "true" }, byShare.map((edge) => edge.group)),
      draw("g", { class: "nodes" }, this.nodes.map((node) => node.link)));
    this.mark(this.marked);
  }

  buildEdge(edge) {
    edge.line = draw("path", { class: "line", fill: "none" });
    edge.arrow = draw("path", { class: "arrow" });
    edge.label = draw("text", { class: "relation", "text-anchor": "middle" }, shorten(edge.relation, 26));
    edge.title = draw("title");
    edge.group = draw("g", { class: edge.asked ? "edge asked" : "edge" }, edge.line, edge.arrow, edge.label, edge.title);
    edge.group.edge = edge;
    this.paint(edge);
  }

  buildNode(node, i) {
    node.label = draw("text", { class: "name" }, shorten(labelOf(node), 26));
    node.circle = draw("circle", { r: i ? NODE.near : NODE.own });
    node.link = draw("a", { href: walk(node.entity), class: `node hop${Math.min(node.hops, 3)}`, tabindex: i ? -1 : 0, "aria-label": this.spoken(node, i) },
      draw("title", {}, node.text ? `${node.text} (${node.entity})` : node.entity), draw("circle", { class: "touch", r: 14 }), node.circle, node.label);
    node.link.node = node;
  }

  spoken(node, i) {
    const facts = this.edges.filter((edge) => edge.source === i || edge.target === i);
    const strongest = facts.reduce((best, edge) => (best && best.share >= edge.share ? best : edge), null);
    if (!i || !strongest) return `${labelOf(node)}, ${facts.length} facts`;
    return `${labelOf(node)}, by ${strongest.relation}, weight ${decimal(strongest.shown ?? null)}`;
  }

  // ---- places

  move() {
    const started = performance.now();
    cancelAnimationFrame(this.frame);
    if (still() || document.hidden) return this.settle(1);
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - started) / MOVE));
      this.settle(1 - (1 - t) ** 3);
      if (t < 1) this.frame = requestAnimationFrame(step);
    };
    step(started);
  }

  // Everything where it stands a share t of the way; names once they have arrived.
  settle(t) {
    const size = { width: this.svg.clientWidth || 800, height: this.svg.clientHeight || 500 };
    this.svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    for (const node of this.nodes) {
      const at = { x: node.from.x + t * (node.to.x - node.from.x), y: node.from.y + t * (node.to.y - node.from.y) };
      node.at = toPixels(at, size);
      node.link.setAttribute("transform", `translate(${node.at.x.toFixed(1)} ${node.at.y.toFixed(1)})`);
    }
    for (const edge of this.edges) this.settleEdge(edge);
    this.svg.classList.toggle("moving", t < 1);
    if (t === 1) this.chooseLabels(size);
  }

  settleEdge(edge) {
    const a = this.nodes[edge.source].at, b = this.nodes[edge.target].at;
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1, across = { x: -(b.y - a.y) / length, y: (b.x - a.x) / length };
    const c = { x: (a.x + b.x) / 2 + 2 * edge.bend * across.x, y: (a.y + b.y) / 2 + 2 * edge.bend * across.y };
    edge.middle = { x: (a.x + b.x + 2 * c.x) / 4, y: (a.y + b.y + 2 * c.y) / 4 };
    edge.line.setAttribute("d", `M${a.x} ${a.y}Q${c.x} ${c.y} ${b.x} ${b.y}`);
    const turn = (Math.atan2(b.y - a.y, b.x - a.x) * 180) / Math.PI, s = 5 + 5 * edge.share;
    edge.arrow.setAttribute("d", `M${-s} ${-0.7 * s}L${s} 0L${-s} ${0.7 * s}Z`);
    edge.arrow.setAttribute("transform", `translate(${edge.middle.x} ${edge.middle.y}) rotate(${turn})`);
    edge.label.setAttribute("x", edge.middle.x);
  }

  chooseLabels(size) {
    const free = room();
    for (const at of this.nodes.map((node) => node.at)) free.take({ x: at.x - 8, y: at.y - 8, width: 16, height: 16 });
    for (const at of this.edges.map((edge) => edge.middle)) free.take({ x: at.x - 5, y: at.y - 5, width: 10, height: 10 });
    for (const node of this.nodes) this.chooseName(node, free, size);
    for (const edge of [...this.edges].sort((a, b) => b.share - a.share)) {
      const boxes = [-9, 19].map((shift) => boxOf(edge.label.textContent, { x: edge.middle.x, y: edge.middle.y + shift }, "middle"));
      const fit = boxes.find((box) => free.fits(box));
      edge.label.setAttribute("y", (fit ?? boxes[0]).y + 12);
      edge.group.classList.toggle("quiet", !fit);
    }
  }

  // A name stands outwards of its node, else below or above, else it waits for the pointer.
  chooseName(node, free, size) {
    const text = node.label.textContent, right = node.at.x >= size.width / 2, own = node === this.nodes[0];
    const sides = [
      { x: 11, y: 4, anchor: "start" }, { x: -11, y: 4, anchor: "end" },
      { x: 0, y: 22, anchor: "middle" }, { x: 0, y: -13, anchor: "middle" }];
    const order = own ? [2, 3, 0, 1] : right ? [0, 2, 3, 1] : [1, 2, 3, 0];
    const inside = (box) => box.x >= 2 && box.x + box.width <= size.width - 2 && box.y >= 0 && box.y + box.height <= size.height;
    const boxAt = (side) => boxOf(text, { x: node.at.x + side.x, y: node.at.y + side.y }, side.anchor);
    const fit = order.find((i) => inside(boxAt(sides[i])) && free.fits(boxAt(sides[i])));
    const side = sides[fit ?? order.find((i) => inside(boxAt(sides[i]))) ?? order[0]];
    if (fit === undefined && own) free.take(boxAt(side));
    for (const [name, value] of [["x", side.x], ["y", side.y], ["text-anchor", side.anchor]]) node.label.setAttribute(name, value);
    node.link.classList.toggle("quiet", fit === undefined && !own);
  }

  // ---- what is looked at

  onPoint(event) {
    const group = event.target.closest(".node, .edge");
    this.emphasize(group?.node ?? group?.edge ?? null);
  }

  // A node with its facts, or a fact with its nodes, before the others.
  emphasize(thing) {
    const i = this.nodes.indexOf(thing);
    const edges = new Set(this.edges.filter((edge) => edge === thing || (i >= 0 && (edge.source === i || edge.target === i))));
    const nodes = new Set([...edges].flatMap((edge) => [this.nodes[edge.source], this.nodes[edge.target]]));
    this.svg.classList.toggle("looking", edges.size > 0);
    for (const edge of this.edges) edge.group.classList.toggle("near", edges.has(edge));
    for (const node of this.nodes) node.link.classList.toggle("near", nodes.has(node) || node === thing);
  }

  // Facts that explain an answer; an empty set: none.
  mark(facts) {
    this.marked = facts;
    const nodes = new Set();
    for (const edge of this.edges) {
      const marked = facts.has(key(edge));
      edge.group.classList.toggle("why", marked);
      if (marked || edge.asked) nodes.add(edge.source).add(edge.target);
    }
    this.nodes.forEach((node, i) => node.link.classList.toggle("why", nodes.has(i)));
    this.svg.classList.toggle("explaining", facts.size > 0);
  }

  // One stop for Tab; arrow keys go to the nearest node on that side.
  onKey(event) {
    const sides = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const node = event.target.closest(".node")?.node, side = sides[event.key];
    if (!node || !side) return;
    event.preventDefault();
    const cost = (other) => {
      const dx = other.at.x - node.at.x, dy = other.at.y - node.at.y, along = dx * side[0] + dy * side[1];
      return other === node || along < 1 ? Infinity : along + 2 * Math.abs(dx * side[1] + dy * side[0]);
    };
    const next = this.nodes.reduce((best, other) => (cost(other) < cost(best) ? other : best), node);
    if (next === node) return;
    node.link.setAttribute("tabindex", -1);
    next.link.setAttribute("tabindex", 0);
    next.link.focus();
  }
}

export { key as factKey };
