// The heart on the stage: makes a favourite of the picture, or no longer, without leaving it. The server answers with the
// information on the picture, in which it says what was done and offers to undo it.

export class Heart {
  constructor(viewer, form) {
    this.viewer = viewer;
    this.form = form;
    this.button = form.querySelector("button");
    form.addEventListener("submit", (event) => this.send(event));
  }

  press() {
    this.button.click();
  }

  show(slide) {
    this.button.setAttribute("aria-pressed", String(slide.favourite));
    this.form.elements.media.value = slide.id;
    this.form.elements.next.value = slide.about;
    this.form.elements.action.value = slide.favourite ? "unfavourite" : "favourite";
  }

  async send(event) {
    event.preventDefault();
    const slide = this.viewer.shown;
    this.show(slide);
    const body = new FormData(this.form);
    slide.favourite = !slide.favourite;
    this.show(slide);
    await this.viewer.panel.fetch(this.form.getAttribute("action"), { method: "POST", body });
  }
}
