// <sp-search>: "/" puts the cursor into the search box from anywhere on the page.

const TYPING = "input, textarea, select, [contenteditable]";

class SpSearch extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.listening.signal });
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  onKey(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    event.preventDefault();
    this.querySelector("input[type=search]").select();
  }
}

customElements.define("sp-search", SpSearch);
