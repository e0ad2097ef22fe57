// <sp-review>: answers by single keys (data-key) and by swiping right for yes, left for no.

const SWIPE = 80; // CSS pixels; less is a tap that slipped

class SpReview extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    const area = this.querySelector("[data-swipe]");
    area?.addEventListener("touchstart", (event) => (this.start = event.touches.length === 1 ? event.touches[0] : undefined), { passive: true, signal });
    area?.addEventListener("touchend", (event) => this.onRelease(event), { passive: true, signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
    const target = /^[a-z]$/.test(event.key) && this.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "INPUT") target.focus();
    else target.click();
  }

  onRelease(event) {
    if (!this.start || (window.visualViewport?.scale ?? 1) > 1) return;
    const end = event.changedTouches[0];
    const across = end.clientX - this.start.clientX;
    const down = end.clientY - this.start.clientY;
    if (Math.abs(across) < SWIPE || Math.abs(down) > Math.abs(across) / 2) return;
    this.querySelector(across > 0 ? "[data-swipe-right]" : "[data-swipe-left]")?.click();
  }
}

customElements.define("sp-review", SpReview);
