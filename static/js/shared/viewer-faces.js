// The boxes of faces over the picture on the stage. They are told by the panel of people: rows with `data-box`, which is
// left, top, width and height in percent, and a button `data-boxes` that shows them all.

const KEPT = "viewer-faces";

export class FaceBoxes {
  constructor(viewer) {
    this.viewer = viewer;
    this.layer = Object.assign(document.createElement("div"), { className: "face-marks" });
    this.layer.setAttribute("aria-hidden", "true"); // the panel tells the same in words
    viewer.addEventListener("pointerover", (event) => this.point(event.target));
    viewer.addEventListener("focusin", (event) => this.point(event.target));
    viewer.addEventListener("click", (event) => event.target.closest("[data-boxes]") && this.all(!this.isAll));
    this.isAll = sessionStorage.getItem(KEPT) === "all";
  }

  // The boxes of what the panel tells now.
  read() {
    this.rows = [...this.viewer.querySelectorAll("[data-box]")];
    this.marks = this.rows.map((row) => this.mark(row));
    this.layer.replaceChildren(...this.marks);
    this.all(this.isAll);
  }

  mark(row) {
    const [left, top, width, height] = row.dataset.box.split(" ");
    const mark = Object.assign(document.createElement("div"), { className: "face-mark" });
    Object.assign(mark.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    mark.append(Object.assign(document.createElement("span"), { textContent: row.dataset.boxName }));
    return mark;
  }

  all(isAll) {
    this.isAll = isAll;
    sessionStorage.setItem(KEPT, isAll ? "all" : "");
    this.layer.toggleAttribute("all", isAll);
    for (const button of this.viewer.querySelectorAll("[data-boxes]")) {
      button.hidden = !this.rows.length;
      button.setAttribute("aria-pressed", String(isAll));
    }
  }

  // The box of the row that the pointer or the focus is on.
  point(target) {
    if (!this.rows) return;
    const row = target.closest("[data-box]");
    this.marks.forEach((mark, at) => mark.classList.toggle("face-mark-on", this.rows[at] === row));
  }

  // Another slide: no box is of it until its panel is there.
  clear() {
    this.rows = this.marks = undefined;
    this.layer.replaceChildren();
    this.layer.remove();
  }

  // Lies over the picture and grows with it.
  lie(slide, width, height) {
    if (this.layer.parentElement !== slide.container) slide.container.append(this.layer);
    Object.assign(this.layer.style, { width: `${width}px`, height: `${height}px` });
  }
}
