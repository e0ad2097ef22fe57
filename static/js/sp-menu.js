// <sp-menu>: closes the <details> in it by Escape, by a click elsewhere, and when the focus leaves it.

class SpMenu extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("click", (event) => this.contains(event.target) || this.close(), { signal });
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(event.relatedTarget)) this.close();
    });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.details.open) return;
      event.stopPropagation();
      this.close();
      this.details.querySelector("summary").focus();
    });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  get details() {
    return this.querySelector("details");
  }

  close() {
    this.details.open = false;
  }
}

customElements.define("sp-menu", SpMenu);
