// <sp-part>: some days of <sp-days>. Far from the window it lets go of its tiles and keeps its height and their ids, so that a
// page that was scrolled through 20,000 photos holds some hundred.

import { fragment } from "scanpix/fragment";

const FAR = "5000px 0px"; // beyond what is fetched ahead
const MARKUP_KEPT = 40; // parts let go of whose markup stays: about 100 kB each; others are fetched again

const kept = [];
const watch = new IntersectionObserver(
  (seen) => {
    for (const { target, isIntersecting, boundingClientRect } of seen) {
      if (isIntersecting) target.restore();
      else if (target.isConnected) target.drop(boundingClientRect.height);
    }
  },
  { rootMargin: FAR },
);

class SpPart extends HTMLElement {
  connectedCallback() {
    watch.observe(this);
  }

  disconnectedCallback() {
    watch.unobserve(this);
    this.markup = undefined;
  }

  get dropped() {
    return this.hasAttribute("data-dropped");
  }

  // A day that the part above began has no second title.
  join() {
    const day = this.firstElementChild;
    this.dataset.last ??= this.lastElementChild.dataset.day;
    if (this.dropped || this.previousElementSibling?.dataset.last !== day.dataset.day) return;
    day.classList.remove("day-few");
    day.querySelector(".day-title").hidden = true;
  }

  drop(height) {
    if (this.dropped || this.contains(document.activeElement)) return;
    const ids = (day) => [...day.querySelectorAll(".tile-check")].map((box) => box.value);
    this.days = [...this.children].map((day) => [day.dataset.day, ids(day)]);
    this.markup = this.innerHTML;
    this.style.height = `${height}px`;
    this.empty();
    this.toggleAttribute("data-dropped", true);
    kept.push(this);
    if (kept.length > MARKUP_KEPT) kept.shift().markup = undefined;
  }

  // Chromium holds on to a picture that still waits for its turn to load, and with it to the whole day around it.
  empty() {
    for (const picture of this.querySelectorAll("img")) for (const name of ["srcset", "src"]) picture.removeAttribute(name);
    this.replaceChildren();
  }

  async restore() {
    if (!this.dropped) return;
    const list = this.closest("sp-days");
    const found = this.markup ? undefined : await fragment(this.dataset.part);
    const markup = this.markup ?? found?.querySelector("sp-part")?.innerHTML;
    if (!markup || !this.dropped) return;
    const isAbove = this.getBoundingClientRect().bottom < 0;
    list.still(isAbove ? this.nextElementSibling : undefined, () => {
      this.innerHTML = markup;
      this.style.height = "";
      this.toggleAttribute("data-dropped", false);
      this.days = this.markup = undefined;
      this.join();
    });
  }
}

customElements.define("sp-part", SpPart);
