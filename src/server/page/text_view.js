// Relations in a sentence: two marked entities, the relation between them, and the attention over the words.
import { byId, make, bar, percent } from "./dom.js";
import { post, tellFault, turns } from "./api.js";
import { go, read } from "./address.js";
import * as spans from "./spans.js";

export class TextView {
  constructor() {
    this.section = byId("text-view");
    this.turn = turns();
    this.spans = [null, null]; // [from, to) in code points
    const text = byId("text");
    text.addEventListener("input", () => {
      this.spans = [null, null];
      this.preview();
    });
    byId("mark1").addEventListener("click", () => this.mark(0));
    byId("mark2").addEventListener("click", () => this.mark(1));
    byId("sentence").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  about() { return "relations between two entities of a sentence"; }

  mark(k) {
    const span = spans.selected(byId("text"));
    if (!span) return tellFault(new Error("Select the words of the entity in the sentence first."));
    this.spans[k] = span;
    byId("fault").textContent = "";
    this.preview();
  }

  preview() {
    const letters = [...byId("text").value];
    const parts = this.spans.map((s, k) => make("span", {}, `${k ? "Second" : "First"}: `,
      s ? make("mark", { class: `e${k + 1}` }, letters.slice(...s).join("")) : "not marked"));
    byId("marks").replaceChildren(parts[0], " ", parts[1]);
  }

  submit() {
    const text = byId("text").value;
    if (!text.trim() || this.spans.includes(null)) return tellFault(new Error("A sentence with two marked entities is needed."));
    go({ text, e1: this.spans[0].join("-"), e2: this.spans[1].join("-") });
    if (read().text === text) this.show(this.model, read());
  }

  async show(name, state) {
    const marked = [spans.read(state.e1), spans.read(state.e2)];
    this.model = name;
    if (state.text !== undefined) {
      byId("text").value = state.text;
      this.spans = marked;
    }
    this.preview();
    if (!state.text || marked.includes(null)) return byId("told").replaceChildren(make("p", { class: "empty" }, "Labels, their probabilities and the attention over the words stand here."));
    try {
      const sentence = { text: state.text, e1: marked[0], e2: marked[1] };
      const { sentences } = await post(name, "extract", { sentences: [sentence] }, this.turn());
      this.tell(sentences[0]);
    } catch (fault) {
      tellFault(fault);
    }
  }

  tell(sentence) {
    const answers = sentence.answers.map((a) => make("li", {}, make("span", { class: "what" }, a.label), bar(a.probability), make("span", { class: "number" }, percent(a.probability))));
    byId("told").replaceChildren(
      make("h2", {}, "Relation"), make("ol", { class: "answers" }, answers), make("h2", {}, "Attention"), this.words(sentence));
  }

  words(sentence) {
    const most = Math.max(1e-9, ...sentence.words.map((w) => w.attention ?? 0));
    if (sentence.words.some((w) => w.attention === null)) return make("p", { class: "empty" }, "The model has no net, and so no attention over words.");
    const kind = (i) => (i >= sentence.e1[0] && i < sentence.e1[1] ? "e1" : i >= sentence.e2[0] && i < sentence.e2[1] ? "e2" : "");
    return make("p", { class: "words" }, sentence.words.map((w, i) => [make("span", { class: `word ${kind(i)}`, title: w.attention.toFixed(4) },
      make("span", { class: "shade", style: { "--share": (w.attention / most).toFixed(3) } }, w.word), make("small", {}, w.attention.toFixed(2))), " "]));
  }
}
