// <sp-arrange>: photos and notes of an album are dragged, or moved by their arrows, without loading the page anew.

import "sortablejs";
import { csrfToken } from "scanpix/page";

const QUICK = 140; // milliseconds in which the others make room

class SpArrange extends HTMLElement {
  connectedCallback() {
    this.row = this.querySelector("ol");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.sorting = window.Sortable.create(this.row, {
      animation: this.calm ? 0 : QUICK,
      draggable: "[data-item]",
      filter: "form, details",
      preventOnFilter: false,
      delay: 200, // a finger that only scrolls moves nothing
      delayOnTouchOnly: true,
      onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && this.tell(item),
    });
    this.addEventListener("submit", (event) => this.onSubmit(event));
  }

  disconnectedCallback() {
    this.sorting.destroy();
  }

  onSubmit(event) {
    const { submitter } = event;
    const item = submitter?.closest("[data-item]");
    if (!item || submitter.name !== "way" || submitter.value === "place") return;
    const other = submitter.value === "earlier" ? item.previousElementSibling : item.nextElementSibling;
    if (!other?.dataset.item) return; // at an edge of what is loaded the server knows better
    event.preventDefault();
    if (submitter.value === "earlier") other.before(item);
    else other.after(item);
    submitter.focus();
    item.scrollIntoView({ block: "nearest", behavior: this.calm ? "auto" : "smooth" });
    this.tell(item);
  }

  // Before what it stands now; the last one that is loaded stands before what the next part begins with.
  async tell(item) {
    const next = item.nextElementSibling;
    const body = new URLSearchParams({ item: item.dataset.item, before: next?.dataset.item ?? next?.dataset.before ?? "" });
    const answer = await fetch(this.dataset.url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() } }).catch(() => undefined);
    const done = answer?.ok && !answer.redirected;
    this.querySelector("[data-said]").textContent = done ? this.dataset.moved : this.dataset.failed;
    this.classList.toggle("arrange-failed", !done);
    if (done) this.number();
  }

  number() {
    const places = [...this.row.querySelectorAll(".arrange-place")];
    const first = Math.min(...places.map((place) => Number(place.defaultValue)));
    places.forEach((place, at) => { place.value = place.defaultValue = String(first + at); });
  }
}

customElements.define("sp-arrange", SpArrange);
