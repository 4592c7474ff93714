// Which entities a text means: its mentions marked, and for one of them the candidates with their probabilities and what
// supported the answer.
import { byId, make, bar, percent } from "./dom.js";
import { get, post, tellFault, turns } from "./api.js";
import { go, link, read } from "./address.js";
import * as spans from "./spans.js";

const named = (choice) => (choice.title && choice.title !== choice.entity ? `${choice.title} (${choice.entity})` : choice.entity);
const row = (what, share, kind) => make("li", {}, make("span", { class: "what", title: what }, what), bar(share, kind), make("span", { class: "number" }, percent(share)));

export class LinkView {
  constructor() {
    this.section = byId("link-view");
    this.turn = turns();
    this.marked = []; // [from, to), none: the names of the graph are found
    this.asked = null; // what the mentions below answer
    this.mentions = [];
    byId("document-text").addEventListener("input", () => this.mark([]));
    byId("mark-mention").addEventListener("click", () => this.add());
    byId("mark-none").addEventListener("click", () => this.mark([]));
    byId("document").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  about() { return this.card?.names ? `${this.card.names.toLocaleString("en")} names of ${this.card.kg_entities.toLocaleString("en")} entities` : "entities that a text means"; }

  mark(list) {
    this.marked = list;
    const letters = [...byId("document-text").value];
    byId("mentions").replaceChildren(...(list.length
      ? ["Marked: ", list.map((s) => [make("mark", { class: "e1" }, letters.slice(...s).join("")), " "])].flat(3)
      : ["Nothing marked: names of the graph are found."]));
  }

  // One more mention, in place of those that it meets.
  add() {
    const span = spans.selected(byId("document-text"));
    if (!span) return tellFault(new Error("Select the words of a mention in the text first."));
    byId("fault").textContent = "";
    this.mark([...this.marked.filter(([from, to]) => to <= span[0] || span[1] <= from), span].sort((a, b) => a[0] - b[0]));
  }

  submit() {
    const text = byId("document-text").value;
    if (!text.trim()) return tellFault(new Error("A text is needed."));
    go({ text, spans: this.marked.map((s) => s.join("-")).join(","), mention: "" });
    if (read().text === text) this.show(this.model, read());
  }

  async show(name, state) {
    const marked = (state.spans ?? "").split(",").map(spans.read).filter(Boolean), asked = JSON.stringify([name, state.text, marked]);
    try {
      if (name !== this.model) this.card = await get(name);
      this.model = name;
      if (state.text !== undefined) {
        byId("document-text").value = state.text;
        this.mark(marked);
      }
      if (!state.text) return this.empty();
      if (asked !== this.asked) await this.ask(state.text, marked);
      this.asked = asked;
      this.tell(state);
    } catch (fault) {
      tellFault(fault);
    }
  }

  async ask(text, marked) {
    const given = marked.length ? { mentions: marked.map(([start, end]) => ({ start, end })) } : {};
    const { mentions } = await post(this.model, "link", { documents: [{ text, ...given }] }, this.turn());
    this.mentions = mentions;
  }

  empty() {
    this.asked = null;
    const what = this.card.names ? "The text with its mentions marked, and what they mean, stand here." : "This model has no graph: its documents bring candidates of their own, which this page does not.";
    byId("linked").replaceChildren(make("p", { class: "empty" }, what));
  }

  tell(state) {
    const chosen = Math.min(Number(state.mention) || 0, this.mentions.length - 1);
    byId("linked").replaceChildren(make("h2", {}, "Mentions"), this.text(state.text, chosen),
      ...(this.mentions.length ? this.detail(this.mentions[chosen]) : [make("p", { class: "empty" }, "No name of the graph stands in this text.")]));
  }

  // The text with its mentions as links, each with what it means under it.
  text(text, chosen) {
    const letters = [...text], parts = [];
    let done = 0;
    this.mentions.forEach((m, i) => {
      if (m.start < done) return;
      parts.push(letters.slice(done, m.start).join(""), make("a", { class: `mention ${m.entity === "NIL" ? "nil" : ""}`, href: link({ mention: i || "" }), "aria-current": i === chosen ? "true" : null, title: percent(m.probability) },
        make("span", {}, letters.slice(m.start, m.end).join("")), make("small", {}, m.entity === "NIL" ? "nothing known" : m.title || m.entity)));
      done = m.end;
    });
    return make("p", { class: "document" }, parts, letters.slice(done).join(""));
  }

  detail(m) {
    const more = m.candidates - m.best.length, nothing = m.entity === "NIL";
    const heard = m.supported_by.map((s) => row(`${s.text} as ${s.entity}`, s.weight, "warm"));
    return [
      make("h2", {}, `“${m.text}” means ${nothing ? "nothing in the graph" : named(m)}`),
      make("p", { id: "sure" }, `This is right with a probability of ${percent(m.probability)}.`),
      make("h3", {}, more > 0 ? `Candidates, the best ${m.best.length} of ${m.candidates}` : "Candidates"),
      make("ol", { class: "answers" }, m.best.map((c) => row(named(c), c.belief))),
      make("h3", {}, "None of them"), make("ol", { class: "answers" }, row("nothing in the graph", m.nil)),
      make("h3", {}, "Supported by"),
      heard.length ? make("ol", { class: "answers" }, heard) : make("p", { class: "empty" }, "No other mention spoke for it."),
    ];
  }
}
