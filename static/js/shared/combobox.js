// Suggestions under a text field while somebody types: an editable combobox with a list box of options, by keys and roles
// as the ARIA Authoring Practices Guide tells them (combobox, list autocomplete, chosen by hand).

const PAUSE = 120; // milliseconds without a key until suggestions are asked for
let lists = 0;

export class Combobox {
  // `ask()` gives the address of the suggestions for what stands in `box`: options as <li role="option">. `choose(option)`
  // writes one into the box, and says whether more are to be suggested. The list, called `label`, is put at the end of `home`.
  constructor(box, { home, label, ask, choose }) {
    Object.assign(this, { box, address: ask, take: choose });
    this.list = Object.assign(document.createElement("ul"), { id: `suggestions-${(lists += 1)}`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    home.append(this.list);
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(states)) box.setAttribute(name, value);
    this.listening = new AbortController();
    const on = (target, name, does) => target.addEventListener(name, does, { signal: this.listening.signal });
    on(box, "keydown", (event) => this.onKey(event));
    on(box, "input", () => this.later());
    on(box, "click", () => this.later());
    on(box, "blur", () => this.close());
    on(this.list, "mousedown", (event) => event.preventDefault()); // the box keeps the focus
    on(this.list, "click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  remove() {
    this.close();
    this.listening.abort();
    this.list.remove();
  }

  onKey(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const { active, list } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.altKey && !list.hidden) this.close();
    else if (step) this.move(step, event.altKey);
    else if (event.key === "Escape" && !list.hidden) this.close();
    else if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && active) this.choose(active);
    else return this.mark(undefined); // back to the text
    event.preventDefault();
    event.stopPropagation(); // Escape closes the list, not the dialog around it
  }

  later() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.open(), PAUSE);
  }

  async open() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const text = await fetch(this.address(), { signal })
      .then((answer) => (answer.ok && !answer.redirected ? answer.text() : ""))
      .catch(() => undefined); // it is a text field all the same
    if (text === undefined || signal.aborted || document.activeElement !== this.box) return;
    this.list.innerHTML = text;
    [...this.list.children].forEach((option, at) => { option.id = `${this.list.id}-${at}`; });
    this.list.hidden = !this.list.childElementCount;
    this.mark(undefined);
  }

  // One on or back, around at the ends; a closed list is opened first, and only that with `stay`.
  async move(step, stay) {
    if (this.list.hidden) await this.open();
    const options = [...this.list.children];
    if (stay || this.list.hidden || !options.length) return;
    this.mark(options.at(this.active ? (options.indexOf(this.active) + step) % options.length : Math.min(step, 0)));
  }

  mark(option) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = option;
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    this.box.setAttribute("aria-expanded", String(!this.list.hidden));
    if (option) this.box.setAttribute("aria-activedescendant", option.id);
    else this.box.removeAttribute("aria-activedescendant");
  }

  choose(option) {
    if (!option) return;
    const goesOn = this.take(option);
    this.close();
    if (goesOn) this.open();
  }

  close() {
    clearTimeout(this.waiting);
    this.asking?.abort();
    this.list.hidden = true;
    this.list.replaceChildren();
    this.mark(undefined);
  }
}
