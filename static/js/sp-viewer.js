// <sp-viewer>: leafs through photos by swiping, keys and buttons. Each has an address of its own, which stands in the
// place of the one before, so that the browser's back button leads to where the viewer was opened from.

import { FaceBoxes } from "scanpix/viewer-faces";
import { Heart } from "scanpix/viewer-heart";
import { onKey } from "scanpix/viewer-keys";
import { Panel } from "scanpix/viewer-panel";
import { START, Slides } from "scanpix/viewer-slides";
import { Slideshow } from "scanpix/viewer-slideshow";
import { stageOf } from "scanpix/viewer-stage";
import { lead, leave } from "scanpix/viewer-ways";

class SpViewer extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController();
    const { signal } = this.listening;
    this.stage = this.querySelector(".stage");
    this.shown = JSON.parse(this.querySelector("#slide").textContent);
    this.slides = new Slides(this.shown, (come) => this.onMore(come));
    this.boxes = new FaceBoxes(this);
    this.panel = new Panel(this, () => this.onPanel());
    this.slideshow = new Slideshow(this, this.querySelector("[data-slideshow]"));
    const form = this.querySelector("[data-favourite]");
    if (form) this.heart = new Heart(this, form);
    this.help = this.querySelector("[data-help-dialog]");
    this.pswp = stageOf(this.stage, this.slides, START, {
      leave: () => this.leave(),
      info: () => this.panel.open(true),
      words: this.dataset,
    });
    this.pswp.on("change", () => this.onSlide());
    this.pswp.on("imageSizeChange", ({ slide, width, height }) => {
      if (slide === this.pswp.currSlide) this.boxes.lie(slide, width, height);
    });
    this.pswp.on("pointerDown", () => this.slideshow.toggle(false));
    document.addEventListener("keydown", (event) => onKey(this, event), { signal });
    this.addEventListener("click", (event) => this.onClick(event), { signal });
    for (const button of this.querySelectorAll("[data-zoom], [data-help]")) button.hidden = false;
    this.setAttribute("ready", "");
    this.onPanel();
    this.slides.near(START);
  }

  disconnectedCallback() {
    this.listening.abort();
    this.slideshow.toggle(false);
    this.pswp.destroy();
  }

  get video() {
    return this.pswp.currSlide?.content.element?.querySelector?.("video");
  }

  get isLoaded() {
    return !this.pswp.currSlide?.content.isLoading();
  }

  // Slides have come; those beside the one on the stage get their places.
  onMore(come) {
    const at = this.pswp.currIndex;
    for (const index of come) if (Math.abs(index - at) === 1) this.pswp.refreshSlideContent(index);
    lead(this);
  }

  onSlide() {
    const slide = this.slides.at(this.pswp.currIndex);
    if (!slide || slide === this.shown) return;
    this.shown = slide;
    window.history.replaceState(window.history.state, "", slide.url);
    document.title = slide.name + document.title.slice(document.title.lastIndexOf(" · "));
    for (const name of document.querySelectorAll("[data-name]")) name.textContent = slide.name;
    this.querySelector("[data-said]").textContent = slide.alt;
    this.heart?.show(slide);
    this.boxes.clear();
    this.panel.show(slide);
    lead(this);
    this.slides.near(this.pswp.currIndex);
    this.slideshow.step();
  }

  onPanel() {
    this.boxes.read();
    const { currSlide } = this.pswp;
    const { element } = currSlide.content;
    if (element instanceof HTMLImageElement) this.boxes.lie(currSlide, element.offsetWidth, element.offsetHeight);
  }

  next() {
    return this.leaf(this.slides.onward);
  }

  // Says whether there was another slide on that side.
  leaf(step) {
    if (!this.slides.has(this.pswp.currIndex + step)) return false;
    this.pswp.goTo(this.pswp.currIndex + step);
    return true;
  }

  leave() {
    leave(this.querySelector("[data-back]"));
  }

  onClick(event) {
    const pressed = event.target.closest("[data-back], [data-previous], [data-next], [data-zoom], [data-help]");
    if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { dataset } = pressed;
    if ("back" in dataset) this.leave();
    else if ("zoom" in dataset) this.pswp.toggleZoom();
    else if ("help" in dataset) this.help.showModal();
    else this.leaf("next" in dataset ? this.slides.onward : -this.slides.onward);
  }
}

customElements.define("sp-viewer", SpViewer);
