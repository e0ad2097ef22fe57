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
    this.body.addEventListener("submit", (event) => this.send(event));
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
    this.timer = setTimeout(() => {
      this.aside.scrollTop = 0;
      this.fetch(slide.about);
    }, REST);
  }

  // Fills the panel with what `address` leads to. What leads elsewhere (a sign-in page, an error) is left to the browser.
  async fetch(address, options = {}) {
    const asked = (this.asked = new AbortController());
    const { shown } = this.viewer;
    try {
      const answer = await fetch(address, { signal: asked.signal, ...options });
      const isAbout = answer.ok && new URL(answer.url).pathname === new URL(shown.about, window.location.href).pathname;
      if (isAbout) this.fill(await answer.text());
      else window.location.assign(shown.url);
    } catch (error) {
      // Another slide came, or the network went: what stood here is of another picture.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
      if (error instanceof TypeError) this.body.replaceChildren();
    } finally {
      if (asked === this.asked && !asked.signal.aborted) this.aside.removeAttribute("aria-busy");
    }
  }

  // What a form of the panel does is shown in the panel, which its answer leads to, rather than by loading the page.
  async send(event) {
    const { target: form, submitter } = event;
    if (!("stay" in form.dataset) || event.defaultPrevented) return;
    event.preventDefault();
    clearTimeout(this.timer);
    const body = new FormData(form, submitter);
    body.set("next", this.viewer.shown.about);
    await this.fetch(form.getAttribute("action"), { method: "POST", body });
  }

  fill(html) {
    const hadFocus = this.body.contains(document.activeElement);
    this.body.innerHTML = html;
    if (hadFocus) this.body.querySelector(".about-name").focus({ preventScroll: true });
    // Scripts do not run that come this way; those that a panel brings are modules of ours.
    for (const script of this.body.querySelectorAll("script[type=module][src]")) import(script.src);
    window.htmx?.process(this.body);
    this.onShown();
  }
}
