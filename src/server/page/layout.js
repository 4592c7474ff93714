// Where the nodes of a neighbourhood stand: d3-force finds places, which are then stretched over the whole picture.
import "./d3-force.js";

const { forceSimulation, forceLink, forceManyBody, forceCollide, forceX, forceY } = globalThis.d3;
const TICKS = 220, SMALL = 150;
const MARGIN = { x: 76, y: 34 };

// Nodes: {entity, hops}; edges: {source, target} (indices), share. before: entity -> {x, y} of the picture before, in [0, 1].
// Returns places in [0, 1].
export function place(nodes, edges, before) {
  const points = nodes.map((node, i) => start(node, i, before));
  points[0].fx = points[0].fy = 0;
  forceSimulation(points)
    .force("link", forceLink(edges.map((e) => ({ source: e.source, target: e.target, share: e.share }))).distance(90).strength((e) => 0.25 + 0.4 * e.share))
    .force("charge", forceManyBody().strength(-420))
    .force("collide", forceCollide(26))
    .force("x", forceX(0).strength(0.05))
    .force("y", forceY(0).strength(0.07))
    .stop()
    .tick(TICKS);
  return stretch(points);
}

function start(node, i, before) {
  const known = before.get(node.entity);
  if (known) return { x: 600 * (known.x - 0.5), y: 600 * (known.y - 0.5) };
  const angle = i * 2.39996; // the golden angle: no two begin in one place
  return { x: 80 * node.hops * Math.cos(angle), y: 80 * node.hops * Math.sin(angle) };
}

// All of it into the unit square; a small picture does not fill all the room.
function stretch(points) {
  const unit = (axis) => {
    const values = points.map((p) => p[axis]), least = Math.min(...values), most = Math.max(...values);
    const room = Math.max(2 * SMALL, most - least), from = (least + most - room) / 2;
    return (p) => (p[axis] - from) / room;
  };
  const x = unit("x"), y = unit("y");
  return points.map((p) => ({ x: x(p), y: y(p) }));
}

export function toPixels(place, size) {
  return { x: MARGIN.x + place.x * (size.width - 2 * MARGIN.x), y: MARGIN.y + place.y * (size.height - 2 * MARGIN.y) };
}
