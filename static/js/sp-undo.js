// <sp-undo>: around the form that undoes what was done last. Ctrl+Z (Command+Z) presses its button.

const IN_SIGHT = 20000; // milliseconds that the message stays in sight while the page is scrolled

class SpUndo extends HTMLElement {
  connectedCallback() {
    const said = this.closest(".messages")?.parentElement;
    said?.classList.add("messages-stay");
    this.timer = setTimeout(() => said?.classList.remove("messages-stay"), IN_SIGHT);
    this.listening = new AbortController();
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.listening.signal });
  }

  disconnectedCallback() {
    this.listening.abort();
    clearTimeout(this.timer);
  }

  onKey(event) {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const types = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    if (!isUndo || types || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.querySelector("form").requestSubmit();
  }
}

customElements.define("sp-undo", SpUndo);
