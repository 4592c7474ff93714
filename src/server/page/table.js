// A table that can be sorted by each column.
import { make } from "./dom.js";

// columns: [{title, value(row), cell(row), number}]; sorted: {column, down}, kept by the caller.
export function table(caption, columns, rows, sorted) {
  const body = make("tbody");
  const heads = columns.map((column, i) => make("th", { scope: "col", class: column.number ? "number" : "" },
    make("button", { type: "button", onclick: () => sort(i) }, column.title)));

  function sort(i) {
    sorted.down = sorted.column === i ? !sorted.down : Boolean(columns[i].number);
    sorted.column = i;
    show();
  }

  function show() {
    const { value } = columns[sorted.column];
    const compare = (a, b) => (typeof value(a) === "number" ? value(a) - value(b) : String(value(a)).localeCompare(String(value(b))));
    const order = [...rows].sort((a, b) => (sorted.down ? -1 : 1) * compare(a, b));
    heads.forEach((head, i) => head.setAttribute("aria-sort", i !== sorted.column ? "none" : sorted.down ? "descending" : "ascending"));
    body.replaceChildren(...order.map((row) => make("tr", {}, columns.map((c) => make("td", { class: c.number ? "number" : "" }, c.cell(row))))));
  }

  show();
  return make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, heads)), body);
}
