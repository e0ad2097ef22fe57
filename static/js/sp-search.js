// <sp-search>: "/" puts the cursor into the search box from anywhere; suggestions while typing, as an ARIA combobox.

const TYPING = "input, textarea, select, [contenteditable]";
const PAUSE = 120; // milliseconds without a key until suggestions are asked for

class SpSearch extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector("input[type=search]");
    this.list = Object.assign(document.createElement("ul"), { id: "suggestions", className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.box.form.append(this.list);
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions" };
    for (const [name, value] of Object.entries(states)) this.box.setAttribute(name, value);
    this.listening = new AbortController();
    const { signal } = this.listening;
    document.addEventListener("keydown", (event) => this.onSlash(event), { signal });
    this.box.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.box.addEventListener("input", () => this.later(), { signal });
    this.box.addEventListener("click", () => this.later(), { signal });
    this.box.addEventListener("blur", () => this.close(), { signal });
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  disconnectedCallback() {
    this.listening.abort();
    this.list.remove();
  }

  onSlash(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
    event.preventDefault();
    this.box.select();
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
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asking?.abort();
    this.asking = new AbortController();
    const address = `${this.box.dataset.suggest}?${new URLSearchParams({ q: this.box.value, at: this.box.selectionStart })}`;
    const answer = await fetch(address, { signal: this.asking.signal }).catch(() => undefined);
    if (!answer?.ok || answer.redirected || document.activeElement !== this.box) return;
    this.list.innerHTML = await answer.text();
    const isEmpty = !this.list.childElementCount;
    this.list.hidden = isEmpty;
    this.box.setAttribute("aria-expanded", String(!isEmpty));
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
    this.box.value = option.dataset.query;
    this.box.setSelectionRange(option.dataset.caret, option.dataset.caret);
    this.close();
    if ("whole" in option.dataset) this.box.form.requestSubmit();
    else if (option.dataset.query.at(option.dataset.caret - 1) === ":") this.ask(); // a filter: its values are next
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

customElements.define("sp-search", SpSearch);
