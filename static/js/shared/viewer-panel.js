// What is known of the picture on the stage: beside it on a desk, a sheet from below on a phone.

const KEPT = "viewer-info";
const REST = 200; // milliseconds on a slide before its information is asked for: leafing fast asks for none
const WIDE = "(min-width: 60rem)";

export class Panel {
  // `onShown` is called whenever there is new content.
  constructor(viewer, onShown) {
    this.viewer = viewer;
    this.aside = viewer.querySelector(".about");
    this.body = viewer.querySelector("[data-about]");
    this.toggler = viewer.querySelector("[data-info]");
    this.onShown = onShown;
    this.shown = undefined;
    const close = viewer.querySelector("[data-info-close]");
    close.hidden = false;
    close.addEventListener("click", () => this.open(false));
    this.toggler.setAttribute("role", "button");
    this.toggler.addEventListener("click", (event) => {
      event.preventDefault();
      this.open(!this.isOpen);
    });
    const kept = sessionStorage.getItem(KEPT);
    this.set(window.location.hash === "#about" || (kept ? kept === "open" : window.matchMedia(WIDE).matches));
  }

  get isSheet() {
    return !window.matchMedia(WIDE).matches;
  }

  open(isOpen) {
    sessionStorage.setItem(KEPT, isOpen ? "open" : "closed");
    const hadFocus = this.aside.contains(document.activeElement);
    this.set(isOpen);
    if (!isOpen && hadFocus) this.toggler.focus();
  }

  set(isOpen) {
    this.isOpen = isOpen;
    this.viewer.toggleAttribute("info", isOpen);
    this.aside.inert = !isOpen;
    this.toggler.setAttribute("aria-pressed", String(isOpen));
  }

  // Has the information on a slide fetched, unless another one comes soon.
  show(slide) {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.aside.setAttribute("aria-busy", "true");
    this.timer = setTimeout(() => this.fetch(slide), REST);
  }

  async fetch(slide, options = {}) {
    const asked = (this.asked = new AbortController());
    try {
      const answer = await fetch(slide.about, { signal: asked.signal, ...options });
      if (answer.ok) this.fill(await answer.text());
      else this.body.replaceChildren();
    } catch (error) {
      // Another slide came, or the network went: what stood here is of another picture.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
      if (error instanceof TypeError) this.body.replaceChildren();
    } finally {
      if (asked === this.asked && !asked.signal.aborted) this.aside.removeAttribute("aria-busy");
    }
  }

  fill(html) {
    this.body.innerHTML = html;
    this.aside.scrollTop = 0;
    // Scripts do not run that come this way; those that a panel brings are modules of ours.
    for (const script of this.body.querySelectorAll("script[type=module][src]")) import(script.src);
    window.htmx?.process(this.body);
    this.onShown();
  }
}
