// A field that finds entities while a name is typed (WAI-ARIA: editable combobox with a list).
import { make, later, shorten } from "./dom.js";
import { get, tellFault, turns } from "./api.js";

// on.model(): the model that is asked; on.choose(entity): one was chosen.
export function combobox(input, on) {
  const list = make("ul", { role: "listbox", id: `${input.id}-list`, "aria-label": "Entities", hidden: true });
  const turn = turns();
  let found = [], active = -1;
  input.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]])
    input.setAttribute(name, value);

  function close() {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === index)));
    if (index < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index].scrollIntoView({ block: "nearest" });
  }

  function choose(index) {
    const entity = found[index].entity;
    input.value = entity;
    close();
    on.choose(entity);
  }

  function option(item, i) {
    const parts = [make("span", {}, shorten(item.text || item.entity, 60)), item.text ? make("span", { class: "id" }, item.entity) : null];
    return make("li", { role: "option", id: `${list.id}-${i}`, "aria-selected": "false",
      onmousedown: (event) => event.preventDefault(), onclick: () => choose(i) }, parts);
  }

  function show() {
    const none = make("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "none" }, "No entity is like this");
    list.replaceChildren(...(found.length ? found.map(option) : [none]));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(found.length ? 0 : -1);
  }

  const find = later(90, async () => {
    const q = input.value.trim(), signal = turn();
    if (!q) return close();
    try {
      found = (await get(on.model(), "entities", { q, limit: 12 }, signal)).entities;
      if (document.activeElement === input) show();
    } catch (fault) {
      tellFault(fault);
    }
  });

  input.addEventListener("input", find);
  input.addEventListener("blur", () => { turn(); close(); });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden && found.length > 0;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      if (open) mark((active + steps[event.key] + found.length) % found.length);
      else find();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape") {
      close();
    }
  });
}
