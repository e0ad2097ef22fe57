// <sp-complete>: suggestions under a text field while somebody types. With data-several for what stands between commas.

import { Combobox } from "scanpix/combobox";

class SpComplete extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input");
    this.combobox = new Combobox(this.box, {
      home: this,
      label: this.dataset.label,
      ask: () => `${this.dataset.suggest}?${new URLSearchParams({ q: this.box.value.slice(...this.piece).trim() })}`,
      choose: (option) => this.choose(option),
    });
  }

  disconnectedCallback() {
    this.combobox.remove();
  }

  // Where the piece begins and ends that is being typed.
  get piece() {
    if (!("several" in this.dataset)) return [0, this.box.value.length];
    const caret = this.box.selectionStart;
    const end = this.box.value.indexOf(",", caret);
    return [this.box.value.lastIndexOf(",", caret - 1) + 1, end < 0 ? this.box.value.length : end];
  }

  choose(option) {
    const [start, end] = this.piece;
    const before = start ? `${this.box.value.slice(0, start)} ` : "";
    this.box.setRangeText(`${before}${option.dataset.value}`, 0, end, "end");
  }
}

if (!customElements.get("sp-complete")) customElements.define("sp-complete", SpComplete);
