// <sp-scrub>: a slider of months at the edge of the window, made from the list of links in it. Half of its length is shared
// evenly among the months, half by how many photos they have, so that a small month can be hit as well.

const APART = 22; // CSS pixels between the names of two years
const SETTLE = 250; // milliseconds after a key, before the page follows
const LINGER = 1500; // milliseconds that the thumb stays on a phone after scrolling

class SpScrub extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("sp-select, body").querySelector("sp-days");
    const links = [...this.querySelectorAll("[data-count]")];
    if (!this.list || links.length < 2) return;
    this.months = links.map((link) => ({ url: link.href, text: link.firstElementChild.textContent, at: new URL(link.href).searchParams.get("at") }));
    this.measure(links.map((link) => Number(link.dataset.count)));
    this.build();
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.list.addEventListener("days:at", (event) => this.onDay(event.detail.day), { signal });
    window.addEventListener("resize", () => this.label(), { passive: true, signal });
    window.addEventListener("scroll", () => this.linger(), { passive: true, signal });
    this.list.tell();
  }

  disconnectedCallback() {
    this.listening?.abort();
  }

  measure(counts) {
    const total = counts.reduce((sum, count) => sum + count, 0);
    let end = 0;
    for (const [at, month] of this.months.entries()) {
      month.start = end;
      end += 0.5 / counts.length + (0.5 * counts[at]) / total;
      month.end = end;
    }
  }

  build() {
    const [rail, thumb, bubble] = ["rail", "thumb", "bubble"].map((name) => Object.assign(document.createElement("div"), { className: `scrub-${name}` }));
    Object.assign(this, { rail, thumb, bubble });
    const said = { role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-label": this.dataset.label, "aria-valuemin": 0, "aria-valuemax": this.months.length - 1 };
    for (const [name, value] of Object.entries(said)) rail.setAttribute(name, value);
    rail.append(thumb, bubble);
    this.append(rail);
    this.classList.add("scrub-ready");
    rail.addEventListener("pointerdown", (event) => this.onGrab(event));
    rail.addEventListener("pointermove", (event) => this.point(this.under(event)));
    rail.addEventListener("pointerup", (event) => this.onLeave(event));
    rail.addEventListener("pointercancel", () => this.classList.remove("scrub-held"));
    rail.addEventListener("keydown", (event) => this.onKey(event));
    this.label();
    this.show(0, 0);
  }

  // Names of the years, where there is room for them.
  label() {
    for (const old of this.rail.querySelectorAll(".scrub-name")) old.remove();
    let last = -APART;
    let year;
    for (const month of this.months) {
      const top = month.start * this.rail.clientHeight;
      if (month.at.slice(0, 4) === year || top - last < APART) continue;
      year = month.at.slice(0, 4);
      last = top;
      const name = Object.assign(document.createElement("span"), { className: "scrub-name", textContent: year, ariaHidden: "true" });
      name.style.top = `${100 * month.start}%`;
      this.rail.append(name);
    }
  }

  under(event) {
    const box = this.rail.getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    const at = this.months.findIndex((month) => share < month.end);
    return at < 0 ? this.months.length - 1 : at;
  }

  // Shows which month the pointer is on.
  point(at) {
    const { start, end, text } = this.months[at];
    this.bubble.textContent = text;
    this.bubble.style.top = `${50 * (start + end)}%`;
    if (this.classList.contains("scrub-held")) this.show(at, 0.5);
  }

  show(at, share) {
    const { start, end, text } = this.months[at];
    this.at = at;
    this.thumb.style.top = `${100 * (start + share * (end - start))}%`;
    this.rail.setAttribute("aria-valuenow", at);
    this.rail.setAttribute("aria-valuetext", text);
  }

  onDay(day) {
    const at = this.months.findIndex((month) => month.at <= day.slice(0, 7));
    if (at < 0 || this.classList.contains("scrub-held")) return;
    const isOfIt = this.months[at].at === day.slice(0, 7);
    this.show(at, isOfIt ? (31 - Number(day.slice(8))) / 31 : 0);
    this.point(at);
  }

  linger() {
    this.classList.add("scrub-seen");
    clearTimeout(this.lingering);
    this.lingering = setTimeout(() => this.classList.remove("scrub-seen"), LINGER);
  }

  onGrab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.rail.setPointerCapture(event.pointerId);
    this.classList.add("scrub-held");
    this.point(this.under(event));
  }

  onLeave(event) {
    if (!this.classList.contains("scrub-held")) return;
    this.classList.remove("scrub-held");
    this.go(this.under(event));
  }

  onKey(event) {
    const year = (step) => this.months.findIndex((month) => Number(month.at.slice(0, 4)) === Number(this.months[this.at].at.slice(0, 4)) + step);
    const last = this.months.length - 1;
    const to = { ArrowDown: this.at + 1, ArrowRight: this.at + 1, ArrowUp: this.at - 1, ArrowLeft: this.at - 1, Home: 0, End: last, PageDown: year(-1), PageUp: year(1) }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const at = Math.min(Math.max(to, 0), last);
    this.show(at, 0);
    this.point(at);
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.go(at), SETTLE);
  }

  go(at) {
    this.show(at, 0);
    this.list.jump(this.months[at].url);
  }
}

customElements.define("sp-scrub", SpScrub);
