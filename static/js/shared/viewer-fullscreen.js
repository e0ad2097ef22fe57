// The viewer over the whole screen. Escape is the browser's: it leads out of it first, and only then back to the grid.

export class FullScreen {
  // Where the browser has none (an iPhone), the button stays hidden.
  constructor(viewer, button) {
    this.viewer = viewer;
    if (!document.fullscreenEnabled) return;
    button.hidden = false;
    button.addEventListener("click", () => this.toggle());
    viewer.addEventListener("fullscreenchange", () => button.setAttribute("aria-pressed", String(this.isOn)));
  }

  get isOn() {
    return document.fullscreenElement === this.viewer;
  }

  async toggle() {
    if (!document.fullscreenEnabled) return;
    try {
      await (this.isOn ? document.exitFullscreen() : this.viewer.requestFullscreen({ navigationUI: "hide" }));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // refused: somebody was quicker to press something else
    }
  }
}
