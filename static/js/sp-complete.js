// <sp-complete>: suggestions under a text field while somebody types, as an ARIA combobox. With data-several for what
// stands between commas.

const PAUSE = 120; // milliseconds without a key until suggestions are asked for
let lists = 0;

class SpComplete extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input");
    this.list = Object.assign(document.createElement("ul"), { id: `complete-${(lists += 1)}`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.dataset.label);
    this.append(this.list);
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(states)) this.box.setAttribute(name, value);
    this.box.addEventListener("keydown", (event) => this.onKey(event));
    this.box.addEventListener("input", () => this.later());
    this.box.addEventListener("click", () => this.later());
    this.box.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  disconnectedCallback() {
    this.close();
    this.list.remove();
  }

  onKey(event) {
    if (event.isComposing) return;
    const active = this.list.querySelector("[aria-selected=true]");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.list.hidden) this.ask();
    else if (step) this.move(active, step);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && active) this.choose(active);
    else return;
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the dialog around it
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), PAUSE);
  }

  // Where the piece begins and ends that is being typed.
  get piece() {
    if (!("several" in this.dataset)) return [0, this.box.value.length];
    const caret = this.box.selectionStart;
    const end = this.box.value.indexOf(",", caret);
    return [this.box.value.lastIndexOf(",", caret - 1) + 1, end < 0 ? this.box.value.length : end];
  }

  async ask() {
    this.asking?.abort();
    this.asking = new AbortController();
    const typed = this.box.value.slice(...this.piece).trim();
    const answer = await fetch(`${this.dataset.suggest}?${new URLSearchParams({ q: typed })}`, { signal: this.asking.signal }).catch(() => undefined);
    if (!answer?.ok || answer.redirected || document.activeElement !== this.box) return;
    this.list.innerHTML = await answer.text();
    [...this.list.children].forEach((option, at) => { option.id = `${this.list.id}-${at}`; });
    this.list.hidden = !this.list.childElementCount;
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
    this.box.removeAttribute("aria-activedescendant");
  }

  move(active, step) {
    const options = [...this.list.children];
    const next = options.at(active ? (options.indexOf(active) + step) % options.length : Math.min(step, 0));
    active?.setAttribute("aria-selected", "false");
    next.setAttribute("aria-selected", "true");
    next.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-activedescendant", next.id);
  }

  choose(option) {
    if (!option) return;
    const [start, end] = this.piece;
    const before = start ? `${this.box.value.slice(0, start)} ` : "";
    this.box.setRangeText(`${before}${option.dataset.value}`, 0, end, "end");
    this.close();
  }

  close() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.list.hidden = true;
    this.list.replaceChildren();
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }
}

if (!customElements.get("sp-complete")) customElements.define("sp-complete", SpComplete);
