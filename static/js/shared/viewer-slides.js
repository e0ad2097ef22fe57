// What the viewer leafs through: slides by numbers that grow to the right, fetched as somebody comes near an end.

export const START = 1_000_000; // the first slide; there is room for more on either side
const AHEAD = 5; // slides left from which on more are fetched

export class Slides {
  // `first` is the slide of the page, `onMore(indexes)` is told which ones have come. Where reading goes from right to
  // left, what comes after lies on the left.
  constructor(first, onMore) {
    const isRightToLeft = getComputedStyle(document.documentElement).direction === "rtl";
    this.onward = isRightToLeft ? -1 : 1;
    [this.left, this.right] = isRightToLeft ? ["after", "before"] : ["before", "after"];
    this.known = new Map([[START, first]]);
    this.first = START;
    this.last = START;
    this.ended = { before: false, after: false };
    this.asking = { before: false, after: false };
    this.onMore = onMore;
  }

  at(index) {
    return this.known.get(index);
  }

  has(index) {
    return this.known.has(index);
  }

  // Whether it is known that there is no slide of that number.
  endsBefore(index) {
    return index < this.first ? this.ended[this.left] : index > this.last && this.ended[this.right];
  }

  // Has what lies around a slide fetched.
  async near(index) {
    const wanted = [];
    if (index - this.first < AHEAD) wanted.push(this.left);
    if (this.last - index < AHEAD) wanted.push(this.right);
    const sides = wanted.filter((side) => !this.ended[side] && !this.asking[side]);
    // From the first slide on, both by one request.
    if (sides.length === 2 && this.first === this.last) await this.fetch(this.at(index), sides);
    else await Promise.all(sides.map((side) => this.fetch(this.at(this.edge(side)), [side])));
  }

  edge(side) {
    return side === this.left ? this.first : this.last;
  }

  async fetch(edge, sides) {
    const address = new URL(edge.slides, window.location.href);
    if (sides.length === 1) address.searchParams.set("side", sides[0]);
    for (const side of sides) this.asking[side] = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
      const found = await answer.json();
      for (const side of sides) this.take(side, found[side], found.count);
    } catch (error) {
      // The network of a house comes and goes; the next slide asks again.
      if (!(error instanceof TypeError)) throw error;
    } finally {
      for (const side of sides) this.asking[side] = false;
    }
  }

  take(side, slides, count) {
    const step = side === this.left ? -1 : 1;
    const from = this.edge(side);
    const come = slides.map((slide, at) => from + step * (at + 1));
    slides.forEach((slide, at) => this.known.set(come[at], slide));
    if (come.length) this[step < 0 ? "first" : "last"] = come.at(-1);
    this.ended[side] = slides.length < count;
    this.onMore(come);
  }
}
