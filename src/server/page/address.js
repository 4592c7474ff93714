// What is shown stands in the address behind "#", so that it can be shared, and "back" goes back.

export const read = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

// The address with some parts changed; an empty one is left out.
export function link(changes) {
  const parts = Object.entries({ ...read(), ...changes }).filter(([, value]) => value !== "" && value !== undefined);
  return "#" + new URLSearchParams(parts);
}

export function go(changes) {
  if (link(changes) !== location.hash) location.hash = link(changes);
}

// The same without a step in the history: for what changes while a slider moves.
export function replace(changes) {
  history.replaceState(null, "", link(changes));
  dispatchEvent(new HashChangeEvent("hashchange"));
}

// Walking on keeps the model and the sliders, and forgets the question.
export const walk = (entity) => link({ entity, head: "", relation: "", tail: "", known: "", why: "" });
