// Elements. Names come from graphs that anybody may have made: they become text, never markup.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "style") for (const [key, part] of Object.entries(value)) element.style.setProperty(key, part);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export const make = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const draw = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

// What a person reads: the text where there is one. Of a name with its definition the name is enough for a label.
export const nameOf = (item) => item.text || item.entity;
export const labelOf = (item) => nameOf(item).split(": ")[0];
export const shorten = (text, most) => ([...text].length > most ? [...text].slice(0, most - 1).join("") + "…" : text);
export const percent = (share) => (share === null ? "–" : (100 * share).toFixed(share < 0.1 ? 2 : 1) + " %");
export const decimal = (number) => (number === null ? "–" : number.toFixed(3));

// A share as a bar; the number stands beside it as text.
export function bar(share, kind = "") {
  const width = `${Math.max(0, Math.min(1, share ?? 0)) * 100}%`;
  return make("span", { class: `bar ${kind}`, "aria-hidden": "true" }, make("span", { style: { width } }));
}

export function later(milliseconds, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
}

export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
