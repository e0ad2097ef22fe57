// <sp-search>: "/" puts the cursor into the search box from anywhere; suggestions while typing.

import { Combobox } from "scanpix/combobox";

const TYPING = "input, textarea, select, [contenteditable]";

class SpSearch extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input[type=search]");
    this.combobox = new Combobox(this.box, {
      home: this.box.form,
      label: this.dataset.label,
      ask: () => `${this.dataset.suggest}?${new URLSearchParams({ q: this.box.value, at: this.box.selectionStart })}`,
      choose: (option) => this.choose(option),
    });
    this.listening = new AbortController();
    document.addEventListener("keydown", (event) => this.onSlash(event), { signal: this.listening.signal });
  }

  disconnectedCallback() {
    this.listening.abort();
    this.combobox.remove();
  }

  onSlash(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    event.preventDefault();
    this.box.select();
  }

  // Behind a filter its values are next.
  choose({ dataset }) {
    this.box.value = dataset.query;
    this.box.setSelectionRange(dataset.caret, dataset.caret);
    if ("whole" in dataset) this.box.form.requestSubmit();
    return !("whole" in dataset) && dataset.query.at(dataset.caret - 1) === ":";
  }
}

customElements.define("sp-search", SpSearch);
