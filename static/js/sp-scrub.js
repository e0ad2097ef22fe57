// <sp-scrub>: a slider of months at the edge of the window, made from the list of links in it; <sp-days> goes where it says.

import { Months } from "scanpix/months";

const APART = 22; // CSS pixels between the names of two years
const SETTLE = 250; // milliseconds after a key, before the page follows
const LINGER = 1500; // milliseconds that the thumb stays on a phone after scrolling

class SpScrub extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("sp-select")?.querySelector("sp-days");
    const links = [...this.querySelectorAll("[data-count]")];
    if (!this.list || links.length < 2) return;
    this.months = new Months(links);
    this.build();
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.list.addEventListener("days:at", (event) => this.held || this.show(...this.months.of(event.detail.day)), { signal });
    window.addEventListener("resize", () => this.label(), { passive: true, signal });
    window.addEventListener("scroll", () => this.linger(), { passive: true, signal });
    this.list.tell();
  }

  disconnectedCallback() {
    this.listening?.abort();
  }

  build() {
    const made = (name) => Object.assign(document.createElement("div"), { className: `scrub-${name}` });
    [this.rail, this.thumb, this.bubble] = ["rail", "thumb", "bubble"].map(made);
    const said = { role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-label": this.dataset.label };
    Object.assign(said, { "aria-valuemin": 0, "aria-valuemax": this.months.last });
    for (const [name, value] of Object.entries(said)) this.rail.setAttribute(name, value);
    this.rail.append(this.thumb, this.bubble);
    this.append(this.rail);
    this.classList.add("scrub-ready");
    this.rail.addEventListener("pointerdown", (event) => this.onGrab(event));
    this.rail.addEventListener("pointermove", (event) => this.point(this.under(event)));
    this.rail.addEventListener("pointerup", (event) => this.held && this.go(this.under(event)));
    this.rail.addEventListener("pointercancel", () => this.hold(false));
    this.rail.addEventListener("keydown", (event) => this.onKey(event));
    this.label();
    this.show(0, 0);
  }

  label() {
    for (const old of this.rail.querySelectorAll(".scrub-name")) old.remove();
    for (const { month, start } of this.months.years(APART / this.rail.clientHeight)) {
      const name = Object.assign(document.createElement("span"), { className: "scrub-name", textContent: month.slice(0, 4), ariaHidden: "true" });
      name.style.top = `${100 * start}%`;
      this.rail.append(name);
    }
  }

  under(event) {
    const box = this.rail.getBoundingClientRect();
    return this.months.under((event.clientY - box.top) / box.height);
  }

  // Says beside the pointer which month it is on.
  point(at) {
    const { start, end, text } = this.months.all[at];
    this.bubble.textContent = text;
    this.bubble.style.top = `${50 * (start + end)}%`;
    if (this.held) this.show(at, 0.5);
  }

  show(at, share) {
    const { start, end, text } = this.months.all[at];
    this.at = at;
    this.thumb.style.top = `${100 * (start + share * (end - start))}%`;
    this.rail.setAttribute("aria-valuenow", at);
    this.rail.setAttribute("aria-valuetext", text);
  }

  linger() {
    this.classList.add("scrub-seen");
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.classList.remove("scrub-seen"), LINGER);
  }

  hold(on) {
    this.held = on;
    this.classList.toggle("scrub-held", on);
  }

  onGrab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.rail.setPointerCapture(event.pointerId);
    this.hold(true);
    this.point(this.under(event));
  }

  onKey(event) {
    const { at, months } = this;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: months.last, PageDown: months.year(at, -1) ?? months.last, PageUp: months.year(at, 1) ?? 0 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const wanted = Math.min(Math.max(to, 0), months.last);
    this.show(wanted, 0);
    this.point(wanted);
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.go(wanted), SETTLE);
  }

  go(at) {
    this.hold(false);
    this.show(at, 0);
    this.list.jump(this.months.all[at].url);
  }
}

customElements.define("sp-scrub", SpScrub);
