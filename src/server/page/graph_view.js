// A model of a graph: an entity among others as a picture and as a list, and questions.
import { byId, make, bar, decimal, labelOf, later, nameOf, shorten } from "./dom.js";
import { get, tellFault, turns } from "./api.js";
import { replace, walk } from "./address.js";
import { combobox } from "./combobox.js";
import { Picture, factKey } from "./picture.js";
import { Question } from "./question.js";
import { table } from "./table.js";

const USUAL = { hops: "1", top: "20", attn: "mean" };

export class GraphView {
  constructor() {
    this.section = byId("graph-view");
    this.picture = new Picture(byId("picture"));
    this.turn = turns();
    this.sorted = { column: 3, down: true };
    this.paths = { fact: null, list: [] };
    this.question = new Question({
      model: () => this.model, card: () => this.card,
      paths: (fact, list) => this.setPaths(fact, list), path: (path) => this.markPaths(path ? [path] : this.paths.list),
    });
    combobox(byId("entity"), { model: () => this.model, choose: (entity) => (location.hash = walk(entity)) });
    for (const id of ["hops", "top"]) this.slider(byId(id));
    byId("attn").addEventListener("change", (event) => replace({ attn: event.target.value }));
  }

  slider(input) {
    const tell = later(150, () => replace({ [input.id]: input.value }));
    input.addEventListener("input", () => {
      this.output(input).value = input.value;
      tell();
    });
  }

  output(input) { return this.section.querySelector(`output[for=${input.id}]`); }

  async show(name, state) {
    try {
      if (this.model !== name) this.opening = this.open(name);
      await this.opening;
      this.controls(state);
      if (!state.entity) await this.welcome();
      else await this.neighborhood(state);
      await this.question.show(state);
    } catch (fault) {
      tellFault(fault);
      if (!this.graph && this.card && fault.name !== "AbortError") await this.welcome();
    }
  }

  async open(name) {
    this.model = name;
    this.shown = this.graph = this.card = null;
    this.picture.before.clear();
    try {
      const [card, { relations }] = await Promise.all([get(name), get(name, "relations")]);
      this.card = card;
      this.question.relations(relations);
    } catch (fault) {
      this.model = null;
      throw fault;
    }
  }

  about() {
    if (!this.card) return "";
    const kind = this.card.model === "path" ? "paths" : this.card.attention ? `${this.card.attention} attention` : this.card.decoder;
    return `${this.card.entities.toLocaleString("en")} entities, ${this.card.relations} relations, ${this.card.train_triples.toLocaleString("en")} facts; ${kind}`;
  }

  controls(state) {
    for (const id of ["hops", "top"]) {
      byId(id).value = state[id] ?? USUAL[id];
      this.output(byId(id)).value = byId(id).value;
    }
    if (!byId("attn").options.length) this.heads(this.card.attention ? 1 : 0);
    if (document.activeElement !== byId("entity")) byId("entity").value = state.entity ?? "";
  }

  // Nothing is chosen yet: a few entities to begin with.
  async welcome() {
    const lists = await Promise.all(["a", "e", "1"].map((q) => get(this.model, "entities", { q, limit: 8 })));
    const some = lists.find((answer) => answer.entities.length)?.entities ?? [];
    this.picture.clear();
    this.shown = this.graph = null;
    byId("facts").replaceChildren(make("p", { class: "empty" }, "The facts of an entity stand here."));
    byId("legend").replaceChildren();
    byId("start").hidden = false;
    byId("start").replaceChildren(make("p", {}, "Search an entity above, or begin with one of these:"),
      make("ul", {}, some.map((item) => make("li", {}, make("a", { href: walk(item.entity) }, nameOf(item))))));
  }

  async neighborhood(state) {
    const { entity, hops = USUAL.hops, top = USUAL.top, attn = USUAL.attn } = state;
    const wanted = [this.model, entity, hops, top].join("\u0001");
    if (wanted !== this.shown) {
      this.graph = await get(this.model, "graph", { entity, hops, top }, this.turn());
      this.shown = wanted;
      this.paths = { fact: null, list: [] };
      this.heads(this.graph.heads);
      byId("start").hidden = true;
      this.attn = null;
    }
    byId("attn").value = attn;
    if (this.attn === attn) return;
    const drawn = this.attn !== null;
    this.attn = attn;
    if (drawn) this.picture.weigh((edge) => this.weigh(edge));
    else this.draw();
    this.list();
  }

  heads(count) {
    const options = [make("option", { value: "mean" }, count ? "all heads, the mean" : "no attention: by degree")];
    for (let h = 0; h < count; h++) options.push(make("option", { value: String(h + 1) }, `head ${h + 1}`));
    byId("attn").replaceChildren(...options);
    byId("attn").disabled = !count;
  }

  weigh(edge) {
    if (edge.asked) return undefined;
    const head = Number(this.attn);
    return head && edge.heads?.length >= head ? edge.heads[head - 1] : edge.weight;
  }

  // The neighbourhood, and what explanations add to it.
  draw() {
    const nodes = [...this.graph.nodes], edges = [...this.graph.edges];
    const known = new Set(nodes.map((node) => node.entity)), facts = new Set(edges.map(factKey));
    const meet = (entity, text) => known.has(entity) || (known.add(entity), nodes.push({ entity, text, hops: 2, weight: 0 }));
    const add = (edge) => {
      if (facts.has(factKey(edge))) return;
      meet(edge.head, edge.head_text), meet(edge.tail, edge.tail_text);
      facts.add(factKey(edge));
      edges.push(edge);
    };
    for (const path of this.paths.list)
      for (const step of path.steps) add({ ...step, weight: step.attention, heads: [] });
    if (this.paths.fact) add({ ...this.paths.fact, asked: true });
    this.picture.show({ nodes, edges }, (edge) => this.weigh(edge));
    this.legend(nodes, edges);
  }

  legend(nodes, edges) {
    const by = this.graph.by === "attention" ? "the attention" : "how few facts the other end has";
    byId("picture").setAttribute("aria-label", `${labelOf(nodes[0])} and ${nodes.length - 1} entities around it. Arrow keys go from one to the next, Enter walks on.`);
    byId("legend").replaceChildren(
      make("p", { title: nameOf(nodes[0]) }, make("b", {}, nodes[0].entity), nodes[0].text ? ` ${nodes[0].text}` : ""),
      make("p", {}, `${nodes.length - 1} entities, ${edges.length} facts. `,
      make("span", { class: "key" }, make("span", { class: "ramp", "aria-hidden": "true" }), ` from thin to thick: ${by}`), nodes.some((node) => node.hops > 1) ? "; hollow: further than one hop" : ""));
  }

  setPaths(fact, list) {
    const same = !fact && !this.paths.fact;
    this.paths = { fact, list };
    if (same || !this.graph) return;
    this.draw();
    this.markPaths(list);
  }

  markPaths(paths) {
    this.picture.mark(new Set(paths.flatMap((path) => path.steps.map(factKey))));
  }

  list() {
    const texts = new Map(this.graph.nodes.map((node) => [node.entity, labelOf(node)]));
    const most = Math.max(1e-9, ...this.graph.edges.map((edge) => this.weigh(edge)));
    const entity = (name) => make("a", { href: walk(name), title: name }, shorten(texts.get(name), 30));
    const columns = [
      { title: "Head", value: (e) => texts.get(e.head), cell: (e) => entity(e.head) },
      { title: "Relation", value: (e) => e.relation, cell: (e) => e.relation },
      { title: "Tail", value: (e) => texts.get(e.tail), cell: (e) => entity(e.tail) },
      { title: this.graph.by === "attention" ? "Attention" : "Weight", number: true, value: (e) => this.weigh(e),
        cell: (e) => [bar(this.weigh(e) / most), decimal(this.weigh(e))] }];
    byId("facts").replaceChildren(this.graph.edges.length ? table(`Facts around ${labelOf(this.graph.nodes[0])}`, columns, this.graph.edges, this.sorted)
      : make("p", { class: "empty" }, "No fact has this entity."));
  }
}

