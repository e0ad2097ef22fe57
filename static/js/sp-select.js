// <sp-select>: chooses tiles by click, with shift and by keyboard; select-sweep.js adds dragging. It knows the chosen by
// their ids, so that they stay chosen while the timeline lets go of far parts of the page.

import { between, boxes, order } from "scanpix/tile-order";

class SpSelect extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("#selection");
    if (!this.form) return;
    this.asked = this.classList.contains("selecting");
    this.chosen = new Set(boxes(this).filter((box) => box.checked).map((box) => box.value));
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    this.addEventListener("htmx:load", () => this.paint(), { signal });
    this.addEventListener("tiles:shown", () => this.paint(), { signal });
    // One field however many: a form of thousands of fields is refused.
    this.form.addEventListener("formdata", (event) => event.formData.set("media", [...this.chosen].join(",")), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.paint();
  }

  disconnectedCallback() {
    this.listening?.abort();
  }

  idAt(element) {
    return element?.closest?.(".tile")?.querySelector(".tile-check")?.value;
  }

  choose(ids, on) {
    for (const id of ids) on ? this.chosen.add(id) : this.chosen.delete(id);
    this.paint();
  }

  toggle(id, withRange) {
    const on = !this.chosen.has(id);
    const ids = withRange && this.last ? between(this, this.last, id) : [id];
    this.last = id;
    this.choose(ids, on || ids.length > 1);
  }

  clear() {
    this.asked = false;
    this.last = undefined;
    this.chosen.clear();
    this.paint();
  }

  paint() {
    for (const box of boxes(this)) box.checked = this.chosen.has(box.value);
    const count = this.chosen.size;
    this.classList.toggle("selecting", count > 0 || this.asked);
    if (count === this.told) return;
    const text = count.toLocaleString(document.documentElement.lang);
    const said = this.querySelector("[data-select-said]");
    if (count || this.told) said.textContent = `${said.dataset.selectSaid} ${text}`;
    this.querySelector("[data-select-count]").textContent = text;
    this.told = count;
    this.dispatchEvent(new CustomEvent("selection", { bubbles: true, detail: { count } }));
  }

  onClick(event) {
    const { target } = event;
    if (target.closest("[data-select-start], [data-select-clear]")) {
      event.preventDefault();
      this.clear();
      this.asked = Boolean(target.closest("[data-select-start]"));
      return this.paint();
    }
    const day = target.closest("[data-select-day]") && order(this, target.closest("[data-day]").dataset.day);
    if (day) return this.choose(day, !day.every((id) => this.chosen.has(id)));
    const box = target.closest(".tile")?.querySelector(".tile-check");
    if (target === box) return this.toggle(box.value, event.shiftKey);
    if (!box || target.closest("a") !== box.parentElement.querySelector("a")) return undefined;
    if (!this.classList.contains("selecting") && !event.shiftKey && !event.ctrlKey && !event.metaKey) return undefined;
    event.preventDefault();
    return this.toggle(box.value, event.shiftKey);
  }

  onKey(event) {
    const { key, target } = event;
    if (document.querySelector("dialog[open], :popover-open") || target.closest?.("input:not(.tile-check), textarea, select")) return;
    const id = key === " " && target.matches(".tile > a") && this.contains(target) && this.idAt(target);
    if (id) this.toggle(id, event.shiftKey);
    else if (key === "Escape" && (this.chosen.size || this.asked)) this.clear();
    else if (key === "a" && (event.ctrlKey || event.metaKey)) this.choose(order(this), true);
    else return;
    event.preventDefault();
  }
}

customElements.define("sp-select", SpSelect);
