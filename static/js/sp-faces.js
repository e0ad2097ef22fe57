// <sp-faces>: while "Add a face" is open, a box is drawn in the picture, by pointer or by the numbers of its form.

const SIDES = ["left", "top", "width", "height"];

class SpFaces extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.adding = this.querySelector("[data-draw]");
    this.picture = this.querySelector("svg");
    this.box = this.querySelector(".face-drawn");
    this.picture.addEventListener("pointerdown", (event) => this.begin(event), { signal });
    this.picture.addEventListener("pointermove", (event) => this.draw(event), { signal });
    for (const end of ["pointerup", "pointercancel"]) this.picture.addEventListener(end, () => (this.start = undefined), { signal });
    this.adding.addEventListener("input", () => this.show(), { signal });
    this.adding.addEventListener("toggle", () => this.show(), { signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  field(side) {
    return this.adding.querySelector(`[name=${side}]`);
  }

  // Where the pointer is, in percent of the picture.
  at(event) {
    const frame = this.picture.getBoundingClientRect();
    const share = (value, from, size) => Math.min(100, Math.max(0, (100 * (value - from)) / size));
    return { x: share(event.clientX, frame.left, frame.width), y: share(event.clientY, frame.top, frame.height) };
  }

  begin(event) {
    if (!this.adding.open || event.button > 0) return;
    event.preventDefault();
    this.picture.setPointerCapture(event.pointerId);
    this.start = this.at(event);
  }

  draw(event) {
    if (!this.start) return;
    const now = this.at(event);
    const values = {
      left: Math.min(this.start.x, now.x),
      top: Math.min(this.start.y, now.y),
      width: Math.abs(now.x - this.start.x),
      height: Math.abs(now.y - this.start.y),
    };
    for (const side of SIDES) this.field(side).value = values[side].toFixed(1);
    this.show();
  }

  show() {
    this.toggleAttribute("drawing", this.adding.open);
    const { width, height } = this.picture.viewBox.baseVal;
    const names = { left: ["x", width], top: ["y", height], width: ["width", width], height: ["height", height] };
    for (const side of SIDES) {
      const [name, whole] = names[side];
      const percent = this.adding.open ? Number(this.field(side).value) || 0 : 0;
      this.box.setAttribute(name, String((percent * whole) / 100));
    }
  }
}

customElements.define("sp-faces", SpFaces);
