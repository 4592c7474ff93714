// Which names a picture has room for: the important ones first, none over another.

const HEIGHT = 15, PER_LETTER = 6.7;

const meets = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

export function room() {
  const taken = [];
  return {
    take: (box) => taken.push(box),
    // Takes the box where it is free, and tells whether it was.
    fits(box) {
      if (taken.some((other) => meets(box, other))) return false;
      taken.push(box);
      return true;
    },
  };
}

// The box of a text around or beside a point.
export function boxOf(text, at, anchor) {
  const width = [...text].length * PER_LETTER;
  const shift = { start: 0, middle: -width / 2, end: -width }[anchor];
  return { x: at.x + shift, y: at.y - HEIGHT + 3, width, height: HEIGHT };
}
