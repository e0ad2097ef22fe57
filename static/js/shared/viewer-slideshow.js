// One picture after the other by itself: the screen stays on, a video plays to its end, and any other key or touch stops.

const SECONDS = 5;

export class Slideshow {
  // `viewer.leaf()` leafs on and says whether there is another one; `viewer.pswp` shows them.
  constructor(viewer, button) {
    this.viewer = viewer;
    this.button = button;
    this.running = false;
    button.hidden = false;
    button.addEventListener("click", () => this.toggle());
    document.addEventListener("visibilitychange", () => this.running && this.hold());
  }

  get content() {
    return this.viewer.pswp.currSlide?.content;
  }

  toggle(running = !this.running) {
    if (running === this.running) return;
    this.running = running;
    this.button.setAttribute("aria-pressed", String(running));
    this.viewer.toggleAttribute("slideshow", running);
    clearTimeout(this.timer);
    if (running) {
      this.hold();
      this.step();
    } else {
      this.lock?.release();
      this.lock = undefined;
    }
  }

  // Waits as long as the slide is to be seen. Called again whenever another one is on the stage.
  step() {
    clearTimeout(this.timer);
    if (!this.running) return;
    const video = this.content?.element?.querySelector?.("video");
    if (video) {
      video.addEventListener("ended", () => this.go(), { once: true });
      // A browser that plays nothing by itself, and one that cannot play it: then as long as a picture.
      video.play().catch(() => this.wait());
    } else {
      this.wait();
    }
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.go(), 1000 * SECONDS);
  }

  go() {
    if (!this.running) return;
    if (this.content?.isLoading()) this.wait();
    else if (!this.viewer.leaf(this.viewer.slides.onward)) this.toggle(false);
  }

  // Keeps the screen on, where the browser can and the page is to be seen.
  async hold() {
    if (document.visibilityState !== "visible" || !navigator.wakeLock) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (this.running) this.lock = lock;
      else lock.release();
    } catch (error) {
      // Refused when the battery is low.
      if (error.name !== "NotAllowedError") throw error;
    }
  }
}
