// <sp-stack>: the badge of a stack shows and hides the shots below it in place, instead of leading to a page of all.

class SpStack extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.onClick(event));
    this.addEventListener("htmx:load", () => this.prepare());
    this.prepare();
  }

  // As a button: it is pressed, and leads nowhere.
  prepare() {
    for (const badge of this.querySelectorAll("[data-stack-toggle]:not([aria-expanded])")) {
      badge.setAttribute("role", "button");
      badge.setAttribute("aria-expanded", "false");
      badge.addEventListener("keydown", (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        badge.click();
      });
    }
  }

  onClick(event) {
    const badge = event.target.closest?.("[data-stack-toggle]");
    if (!badge || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const open = badge.getAttribute("aria-expanded") !== "true";
    badge.setAttribute("aria-expanded", String(open));
    for (const tile of this.querySelectorAll(`[data-stack="${badge.dataset.stackToggle}"]`)) tile.hidden = !open;
  }
}

customElements.define("sp-stack", SpStack);
