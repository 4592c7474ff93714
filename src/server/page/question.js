// Questions with one part open, their answers, and the paths behind an answer.
import { byId, make, bar, labelOf, percent, shorten } from "./dom.js";
import { get, tellFault, turns } from "./api.js";
import { go, link, walk } from "./address.js";
import { combobox } from "./combobox.js";

const TOP = 10, PATHS = 5;
const asked = (state) => ["head", "relation", "tail"].filter((part) => state[part]).length === 2;

export class Question {
  // on.model(): its name; on.card(): what it is; on.paths(fact, paths): an explanation came, or none; on.path(path): one of
  // them is looked at, null: all.
  constructor(on) {
    this.on = on;
    this.turn = turns();
    this.whyTurn = turns();
    this.fields = { head: byId("ask-head"), relation: byId("ask-relation"), tail: byId("ask-tail") };
    for (const part of ["head", "tail"]) combobox(this.fields[part], { model: on.model, choose: () => {} });
    byId("ask").addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask();
    });
  }

  relations(names) {
    this.fields.relation.replaceChildren(make("option", { value: "" }, "?"), ...names.map((name) => make("option", { value: name }, name)));
  }

  ask() {
    const given = Object.fromEntries(Object.entries(this.fields).map(([part, field]) => [part, field.value.trim().replace(/^\?$/, "")]));
    if (!asked(given)) return tellFault(new Error("Give two of head, relation and tail; the third is asked for."));
    go({ ...given, known: byId("ask-known").checked ? "yes" : "", why: "" });
  }

  // Fields follow the address; without a question, the head is the entity that is looked at.
  async show(state) {
    const open = asked(state);
    this.fill(state, open);
    const question = open ? [this.on.model(), state.head, state.relation, state.tail, state.known].join("\u0001") : "";
    if (question !== this.question) await this.answer(question, state);
    await this.explain(state);
  }

  // Only when something of it has changed: a slider does not take away what is being typed.
  fill(state, open) {
    const { entity, head, relation, tail, known } = state;
    const filled = JSON.stringify([this.on.model(), entity, head, relation, tail, known]);
    if (filled === this.filled) return;
    this.filled = filled;
    this.fields.head.value = open ? (head ?? "") : (entity ?? "");
    this.fields.relation.value = open ? (relation ?? "") : "";
    this.fields.tail.value = open ? (tail ?? "") : "";
    byId("ask-known").checked = known === "yes";
  }

  async answer(question, state) {
    const signal = this.turn();
    this.question = question;
    if (!question) return byId("answers").replaceChildren(make("p", { class: "empty" }, "Two of the three given, the third is asked for."));
    try {
      const { head, relation, tail, known } = state;
      const { answers } = await get(this.on.model(), "predict", { head, relation, tail, known, top: TOP }, signal);
      this.list(state, answers);
    } catch (fault) {
      this.question = null;
      byId("answers").replaceChildren();
      tellFault(fault);
    }
  }

  list(state, answers) {
    const open = ["head", "relation", "tail"].find((part) => !state[part]);
    const explains = this.on.card().model === "path";
    const title = `(${["head", "relation", "tail"].map((part) => (part === open ? "?" : state[part])).join(", ")})`;
    const items = answers.map((answer) => make("li", { "data-answer": answer[open] },
      open === "relation" ? make("span", { class: "what" }, answer.relation) : make("a", { class: "what", href: walk(answer[open]), title: answer[open] }, shorten(labelOf({ text: answer[`${open}_text`], entity: answer[open] }), 40)),
      bar(answer.probability), make("span", { class: "number" }, percent(answer.probability)),
      explains ? make("a", { class: "explain", href: link({ why: answer[open] }), "aria-label": `Why ${answer[open]}` }, "why") : null));
    byId("answers").replaceChildren(make("h3", {}, title),
      items.length ? make("ol", { class: "answers" }, items) : make("p", { class: "empty" }, "No answer."));
  }

  async explain(state) {
    const signal = this.whyTurn();
    const open = ["head", "relation", "tail"].find((part) => !state[part]);
    for (const item of byId("answers").querySelectorAll("li")) item.classList.toggle("open", item.dataset.answer === state.why);
    if (!state.why || !asked(state)) {
      byId("why").replaceChildren();
      return this.on.paths(null, []);
    }
    try {
      const { head, relation, tail } = { ...state, [open]: state.why };
      const answer = await get(this.on.model(), "explain", { head, relation, tail, top: PATHS }, signal);
      this.paths({ head, relation, tail }, answer.paths);
    } catch (fault) {
      byId("why").replaceChildren();
      tellFault(fault);
    }
  }

  paths(fact, paths) {
    const item = (path, i) => make("li", {}, make("button", { type: "button", class: "path", "aria-pressed": "false", onclick: (event) => this.press(event.currentTarget, path) },
      make("span", { class: "number" }, `${i + 1}`),
      make("span", {}, path.steps.map((step) => make("span", { class: "step" }, make("b", {}, labelOf({ text: step.head_text, entity: step.head })), ` ${step.relation} `, make("b", {}, labelOf({ text: step.tail_text, entity: step.tail })), ` (${step.attention.toFixed(2)})`))),
      bar(path.weight, "warm")));
    byId("why").replaceChildren(
      make("h3", {}, `Paths behind ${fact.head} ${fact.relation} ${fact.tail}`),
      paths.length ? make("ol", { class: "paths" }, paths.map(item)) : make("p", { class: "empty" }, "No path led to this answer."),
      make("a", { href: link({ why: "" }) }, "Close"));
    byId("replies").scrollTop = byId("why").offsetTop - byId("replies").offsetTop;
    this.on.paths(fact, paths);
  }

  // One path alone, or all again.
  press(button, path) {
    const alone = button.getAttribute("aria-pressed") !== "true";
    for (const other of byId("why").querySelectorAll(".path")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(alone));
    this.on.path(alone ? path : null);
  }
}
