// <sp-days>: days part by part (sp-part.js). Fetches the parts that come near, downwards and upwards, and keeps the address at
// the day on top, so that reloading and going back lead there again.

import { fragment } from "scanpix/fragment";

const NEAR = "1500px 0px"; // some screens of a phone: what is fetched is there before it is seen
const RETRY = 5000; // milliseconds after a part could not be had
const REST = 200; // milliseconds without scrolling before the address follows
const PLACES = ["at", "after", "before", "from", "until"];

class SpDays extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.edges = new IntersectionObserver((seen) => this.onEdges(seen), { rootMargin: NEAR });
    window.addEventListener("scroll", () => this.onScroll(), { passive: true, signal });
    window.addEventListener("popstate", () => this.onHistory(), { signal });
    this.here = this.address();
    customElements.whenDefined("sp-part").then(() => this.begin());
  }

  disconnectedCallback() {
    this.listening.abort();
    this.edges.disconnect();
  }

  address() {
    return window.location.pathname + window.location.search;
  }

  // Where there is more above, the first day comes to the top of the window, and room is left to scroll up.
  begin() {
    this.prepare();
    if (!this.querySelector("[data-newer]")) return;
    history.scrollRestoration = "manual";
    this.querySelector("sp-part").scrollIntoView();
  }

  prepare() {
    for (const edge of this.querySelectorAll(".days-edge")) this.edges.observe(edge);
    for (const part of this.querySelectorAll("sp-part:not([data-last])")) {
      part.join();
      part.nextElementSibling?.join?.();
    }
    this.dispatchEvent(new CustomEvent("tiles:shown", { bubbles: true }));
  }

  onEdges(seen) {
    for (const { target, isIntersecting } of seen) if (isIntersecting) this.load(target);
  }

  async load(edge) {
    this.edges.unobserve(edge);
    const found = await fragment(edge.querySelector("a").href);
    if (!edge.isConnected) return;
    if (found) this.still(edge.hasAttribute("data-newer") && edge.nextElementSibling, () => edge.replaceWith(found));
    else setTimeout(() => edge.isConnected && this.edges.observe(edge), RETRY);
  }

  // What is below stays where it is on the screen while something above it changes.
  still(below, change) {
    const before = below && below.getBoundingClientRect().top;
    change();
    this.prepare();
    if (below) window.scrollBy(0, below.getBoundingClientRect().top - before);
  }

  onScroll() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.tell(), REST);
  }

  tell() {
    const top = Number.parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
    const days = [...this.querySelectorAll("[data-day]")];
    const day = days.find((one) => one.getBoundingClientRect().bottom > top + 1)?.dataset.day;
    if (!day || !this.isConnected) return;
    const url = new URL(window.location.href);
    for (const name of PLACES) url.searchParams.delete(name);
    if (day !== days[0].dataset.day || this.querySelector("[data-newer]")) url.searchParams.set("at", day);
    if (url.href !== window.location.href) history.replaceState(history.state, "", url);
    this.here = this.address();
    this.dispatchEvent(new CustomEvent("days:at", { bubbles: true, detail: { day } }));
  }

  onHistory() {
    if (this.address() !== this.here) this.jump(window.location.href, false);
  }

  // To another place, without what lies between.
  async jump(url, push = true) {
    const found = await fragment(url);
    if (!found) return window.location.assign(url);
    if (push) history.pushState(null, "", url);
    this.here = this.address();
    this.edges.disconnect();
    for (const part of this.querySelectorAll("sp-part")) part.empty();
    this.replaceChildren(found);
    window.scrollTo(0, 0);
    this.begin();
    return this.tell();
  }
}

customElements.define("sp-days", SpDays);
