// <sp-viewer>: leafs by the arrow keys and by swiping, goes back by Escape, and fetches the next picture ahead.

const SWIPE = 60; // CSS pixels; less is a tap that slipped

class SpViewer extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    const stage = this.querySelector(".stage");
    stage.addEventListener("touchstart", (event) => this.onTouch(event), { passive: true });
    stage.addEventListener("touchend", (event) => this.onRelease(event), { passive: true });
    this.ahead();
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  ahead() {
    if (!this.dataset.nextPicture || navigator.connection?.saveData) return;
    const fetchAhead = () => (new Image().src = this.dataset.nextPicture);
    if (document.readyState === "complete") fetchAhead();
    else window.addEventListener("load", fetchAhead, { once: true, signal: this.listening.signal });
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, video, details")) return;
    if (event.key === "ArrowLeft") this.leaf("[data-previous]");
    if (event.key === "ArrowRight") this.leaf("[data-next]");
    if (event.key === "Escape") this.querySelector("[data-back]").click();
  }

  onTouch(event) {
    this.start = event.touches.length === 1 ? event.touches[0] : undefined;
  }

  onRelease(event) {
    if (!this.start || (window.visualViewport?.scale ?? 1) > 1) return;
    const end = event.changedTouches[0];
    const across = end.clientX - this.start.clientX;
    const down = end.clientY - this.start.clientY;
    if (Math.abs(across) < SWIPE || Math.abs(down) > Math.abs(across) / 2) return;
    this.leaf(across > 0 ? "[data-previous]" : "[data-next]");
  }

  // Replaces the entry of the history, so that the browser's back button leads to where the viewer was opened from.
  leaf(selector) {
    const link = this.querySelector(selector);
    if (link) window.location.replace(link.href);
  }
}

customElements.define("sp-viewer", SpViewer);
