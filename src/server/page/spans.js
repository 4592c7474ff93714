// Parts of a text as [from, to) in code points, as the server counts them; "from-to" in the address.

const points = (text, units) => [...text.slice(0, units)].length; // code points before a place in UTF-16

export const read = (text) => (/^\d+-\d+$/.test(text ?? "") ? text.split("-").map(Number) : null);

// What is selected in a field, or null. Blanks at the ends of a selection belong to no name.
export function selected(field) {
  const chosen = field.value.slice(field.selectionStart, field.selectionEnd);
  if (!chosen.trim()) return null;
  const from = field.selectionStart + chosen.length - chosen.trimStart().length;
  return [points(field.value, from), points(field.value, from + chosen.trim().length)];
}
