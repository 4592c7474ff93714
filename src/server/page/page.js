// The page: a model is chosen, and the view of its kind shows what the address says.
import { byId, make } from "./dom.js";
import { get, tellFault, clearFault } from "./api.js";
import { read } from "./address.js";
import { GraphView } from "./graph_view.js";
import { PairView } from "./pair_view.js";
import { TextView } from "./text_view.js";
import { LinkView } from "./link_view.js";

const kinds = { graph: GraphView, alignment: PairView, relations: TextView, linking: LinkView };
const views = new Map(); // kind -> view, made when first needed
let models = [], latest = 0;

const known = (kind) => kind in kinds;

function viewOf(kind) {
  if (!views.has(kind)) views.set(kind, new kinds[kind]());
  return views.get(kind);
}

async function show() {
  const state = read(), turn = ++latest;
  const model = models.find((m) => m.name === state.model) ?? models.find((m) => known(m.kind));
  clearFault();
  if (!model || !known(model.kind)) return none();
  if (state.model && model.name !== state.model) tellFault(new Error(`No model "${state.model}" is loaded.`));
  const view = viewOf(model.kind);
  byId("model").value = model.name;
  for (const section of document.querySelectorAll(".view")) section.hidden = section !== view.section;
  await view.show(model.name, state);
  if (turn !== latest) return;
  byId("about").textContent = view.about();
  document.title = [state.entity ?? state.source, model.name, "gatkit"].filter(Boolean).join(" · ");
  document.querySelector("main").setAttribute("aria-busy", "false");
}

function none() {
  document.querySelector("main").append(make("p", { class: "empty" }, "No model that this page shows is loaded."));
}

function fillModels() {
  byId("model").replaceChildren(...models.map((m) => make("option", { value: m.name, disabled: !known(m.kind) }, `${m.name} (${m.kind})`)));
  byId("model").addEventListener("change", (event) => (location.hash = new URLSearchParams({ model: event.target.value })));
}

try {
  ({ models } = await get());
  fillModels();
  addEventListener("hashchange", () => show().catch(tellFault));
  await show();
} catch (fault) {
  tellFault(fault);
}
