// An alignment of two graphs: its pairs, and one of them with the reasons for it.
import { byId, make, bar, decimal, later, percent, shorten } from "./dom.js";
import { get, tellFault, turns } from "./api.js";
import { link, replace } from "./address.js";
import { drawPair } from "./pair_picture.js";

const REASONS = 12, FACTS = 200, ALIKE = 8, PAGE = 50;
const both = (text, name) => text || name;

export class PairView {
  constructor() {
    this.section = byId("pair-view");
    this.turn = turns();
    this.pairTurn = turns();
    byId("pair-part").addEventListener("input", later(150, () => replace({ part: byId("pair-part").value, source: "" })));
    byId("more-pairs").addEventListener("click", () => this.more().catch(tellFault));
    new ResizeObserver(() => this.redraw?.()).observe(byId("pair-picture"));
  }

  async show(name, state) {
    try {
      if (this.model !== name || this.part !== (state.part ?? "")) this.opening = this.open(name, state.part ?? "");
      await this.opening;
      await this.pair(state.source ?? this.pairs[0]?.source);
    } catch (fault) {
      tellFault(fault);
    }
  }

  about() {
    if (!this.card) return "";
    const number = (n) => n.toLocaleString("en");
    return `${number(this.card.entities1)} and ${number(this.card.entities2)} entities, ${number(this.card.seeds)} seeds, ${number(this.card.pairs)} pairs`;
  }

  async open(name, part) {
    if (this.model !== name) this.card = null;
    this.model = name;
    this.part = part;
    this.pairs = [];
    this.next = 0;
    this.shown = null;
    if (document.activeElement !== byId("pair-part")) byId("pair-part").value = part;
    byId("pairs").replaceChildren(make("ul", { class: "pairs" }));
    try {
      this.card ??= await get(name);
      await this.more();
    } catch (fault) {
      if (fault.name !== "AbortError") this.model = null;
      throw fault;
    }
  }

  async more() {
    const answer = await get(this.model, "pairs", { q: this.part, from: this.next, limit: PAGE }, this.turn());
    this.pairs.push(...answer.pairs);
    this.next = answer.next;
    byId("more-pairs").hidden = answer.next === null;
    if (!this.pairs.length) byId("pairs").replaceChildren(make("p", { class: "empty" }, "No pair has this in its names."));
    byId("pairs").querySelector("ul")?.append(...answer.pairs.map((pair) => this.item(pair)));
  }

  item(pair) {
    return make("li", { "data-source": pair.source }, make("a", { href: link({ source: pair.source }) },
      make("span", {}, shorten(both(pair.source_text, pair.source), 34)), make("span", { class: "equals" }, " = "),
      make("span", {}, shorten(both(pair.target_text, pair.target), 34))),
      bar(pair.confidence), make("span", { class: "number" }, percent(pair.confidence)));
  }

  // Also one that is not in the list yet.
  async find(source) {
    const known = this.pairs.find((pair) => pair.source === source);
    if (known) return known;
    const { pairs } = await get(this.model, "pairs", { q: source, limit: 1000 });
    return pairs.find((pair) => pair.source === source);
  }

  async pair(source) {
    for (const item of byId("pairs").querySelectorAll("li")) {
      if (item.dataset.source === source) item.querySelector("a").setAttribute("aria-current", "true");
      else item.querySelector("a").removeAttribute("aria-current");
    }
    if (source === this.shown) return;
    this.shown = source;
    const signal = this.pairTurn(), pair = source && (await this.find(source));
    if (!pair) return this.none(source);
    const [{ reasons }, one, two, { neighbors }] = await Promise.all([
      get(this.model, "evidence", { source, top: REASONS }, signal),
      get(this.model, "facts", { entity: source, graph: 1, top: FACTS }, signal),
      get(this.model, "facts", { entity: pair.target, graph: 2, top: FACTS }, signal),
      get(this.model, "neighbors", { entity: `1:${source}`, top: ALIKE }, signal)]);
    this.tell(pair, reasons, [one.facts, two.facts], neighbors);
  }

  none(source) {
    this.redraw = null;
    byId("pair-title").textContent = "A pair";
    byId("pair-picture").replaceChildren();
    byId("reasons").replaceChildren();
    byId("alike").replaceChildren();
    byId("pair-empty").replaceChildren(source ? `"${source}" has no pair.` : "There is no pair to show.");
  }

  tell(pair, reasons, facts, neighbors) {
    const one = both(pair.source_text, pair.source), two = both(pair.target_text, pair.target);
    byId("pair-title").textContent = `${one} = ${two}`;
    byId("pair-empty").replaceChildren(...(reasons.length ? [] : ["No neighbours of the two are believed to be one."]));
    this.redraw = () => drawPair(byId("pair-picture"), [one, two], facts, reasons);
    this.redraw();
    byId("reasons").replaceChildren(...(reasons.length ? [this.reasonTable(reasons)] : []));
    byId("alike").replaceChildren(...this.alikeList(neighbors));
  }

  reasonTable(reasons) {
    const side = (s) => `${s.direction === "in" ? "← " : ""}${s.relation}${s.direction === "in" ? "" : " →"}`;
    const row = (r) => make("tr", {}, make("td", {}, side(r.first)), make("td", {}, both(r.first.text, r.first.neighbor)),
      make("td", {}, both(r.second.text, r.second.neighbor)), make("td", {}, side(r.second)),
      make("td", { class: "number" }, bar(r.belief, "warm"), percent(r.belief)));
    const titles = ["Relation", "Neighbour", "Neighbour", "Relation", "Believed one"];
    return make("table", {}, make("caption", {}, "Evidence: neighbours in the two graphs that are believed to be one"),
      make("thead", {}, make("tr", {}, titles.map((title, i) => make("th", { scope: "col", class: i === 4 ? "number" : "" }, title)))), make("tbody", {}, reasons.map(row)));
  }

  alikeList(neighbors) {
    if (!neighbors.length) return [];
    return [make("h3", {}, "Most alike in both graphs"), make("ol", { class: "answers" }, neighbors.map((n) => make("li", {},
      make("span", { class: "what" }, both(n.text, n.entity), make("span", { class: "id" }, ` graph ${n.graph}`)),
      bar(n.weight), make("span", { class: "number" }, decimal(n.weight)))))];
  }
}
