// <sp-drawn>: the picture of a tile that a script brought: painted while it is near the window, its pixels freed once it is far.
// Of an <img> Chromium keeps the decoded pixels when the element is long gone, of the last 1,000 pictures: hundreds of megabytes.

const NEAR = "1500px 0px"; // as sp-days.js: what is fetched is there before it is seen
const SOFT = 0.75; // share of the wanted width that a picture may have: blown up by a third it still looks sharp

const watch = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting, boundingClientRect } of seen) {
      const { top, bottom, width } = boundingClientRect;
      const isSeen = bottom > 0 && top < window.innerHeight;
      if (isIntersecting) target.draw(width * window.devicePixelRatio, isSeen ? "auto" : "low");
      else target.clear();
    }
  },
  { rootMargin: NEAR },
);

class SpDrawn extends HTMLElement {
  connectedCallback() {
    this.replaceChildren(); // a copy of markup brings an empty canvas
    watch.observe(this);
  }

  disconnectedCallback() {
    watch.unobserve(this);
    this.clear();
  }

  // The smallest picture that is wide enough, or else the largest.
  address(width) {
    const sizes = (this.dataset.srcset ?? "").split(", ").map((one) => one.split(" "));
    const [found] = sizes.find(([, wide]) => Number.parseInt(wide, 10) >= width * SOFT) ?? sizes.at(-1);
    return found || this.dataset.src;
  }

  async draw(width, priority) {
    if (this.loading) return;
    const { signal } = (this.loading = new AbortController());
    try {
      const answer = await fetch(this.address(width), { signal, priority });
      if (!answer.ok) throw new TypeError(answer.statusText);
      const picture = await createImageBitmap(await answer.blob());
      if (!signal.aborted) this.paint(picture);
      picture.close();
    } catch (error) {
      if (!signal.aborted) this.replaceWith(this.plain());
    }
  }

  paint(picture) {
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    // Read or not: it keeps the pixels out of the graphics card, where each canvas would be a layer of its own.
    canvas.getContext("2d", { willReadFrequently: true }).drawImage(picture, 0, 0);
    this.replaceChildren(canvas);
  }

  clear() {
    this.loading?.abort();
    this.loading = undefined;
    for (const canvas of this.children) canvas.width = canvas.height = 0; // frees at once, not when garbage is collected
    this.replaceChildren();
  }

  // What cannot be drawn is left to the browser, which tries for itself or shows the words.
  plain() {
    return Object.assign(new Image(), { className: this.className, src: this.dataset.src, alt: this.ariaLabel });
  }
}

customElements.define("sp-drawn", SpDrawn);

// Before it is in the page: once there, each <img> would be loaded.
export function drawn(fragment) {
  for (const picture of fragment?.querySelectorAll(".tile-image") ?? []) {
    const { className, alt } = picture;
    const made = Object.assign(document.createElement("sp-drawn"), { className, role: "img", ariaLabel: alt });
    for (const name of ["src", "srcset"]) if (picture.hasAttribute(name)) made.dataset[name] = picture.getAttribute(name);
    picture.replaceWith(made);
  }
  return fragment;
}
