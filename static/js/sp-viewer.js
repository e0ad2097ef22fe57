// <sp-viewer>: leafs through photos by swiping, keys and buttons. Each has an address of its own, which stands in the
// place of the one before, so that the browser's back button leads to where the viewer was opened from.

import { FaceBoxes } from "scanpix/viewer-faces";
import { FullScreen } from "scanpix/viewer-fullscreen";
import { Heart } from "scanpix/viewer-heart";
import { onClick, onKey } from "scanpix/viewer-keys";
import { Panel } from "scanpix/viewer-panel";
import { START, Slides } from "scanpix/viewer-slides";
import { Slideshow } from "scanpix/viewer-slideshow";
import { stageOf } from "scanpix/viewer-stage";
import { lead, leave, stand } from "scanpix/viewer-ways";

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
    this.fullScreen = new FullScreen(this, this.querySelector("[data-full-screen]"));
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
    this.addEventListener("click", (event) => onClick(this, event), { signal });
    for (const button of this.querySelectorAll("[data-zoom], [data-help]")) button.hidden = false;
    this.setAttribute("ready", "");
    this.onPanel();
    this.slides.near(START);
    if (new URLSearchParams(window.location.search).has("slideshow")) this.slideshow.toggle(true);
  }

  disconnectedCallback() {
    this.listening.abort();
    this.slideshow.toggle(false);
    this.pswp.isDestroying = true; // or it would ask to be closed, which leads back
    this.pswp.destroy();
  }

  // Slides have come; those beside the one on the stage get their places.
  onMore(come) {
    const at = this.pswp.currIndex;
    for (const index of come) if (Math.abs(index - at) === 1) this.pswp.refreshSlideContent(index);
    lead(this);
    if (this.wanted) this.leaf(this.wanted);
  }

  onSlide() {
    const slide = this.slides.at(this.pswp.currIndex);
    if (!slide || slide === this.shown) return;
    this.shown = slide;
    stand(this, slide);
    this.heart?.show(slide);
    this.boxes.clear();
    this.panel.show(slide);
    lead(this);
    this.slides.near(this.pswp.currIndex);
    this.slideshow.step();
  }

  onPanel() {
    this.boxes.read();
    // The panel may have changed it, by undoing.
    this.shown.favourite = this.querySelector("[data-favourite-now]")?.dataset.favouriteNow === "true";
    this.heart?.show(this.shown);
    const { currSlide } = this.pswp;
    const { element } = currSlide.content;
    if (element instanceof HTMLImageElement) this.boxes.lie(currSlide, element.offsetWidth, element.offsetHeight);
  }

  // Says whether there is another slide on that side. One that is still on its way is gone to when it is there.
  leaf(step) {
    const index = this.pswp.currIndex + step;
    const isThere = this.slides.has(index);
    this.wanted = isThere || this.slides.endsBefore(index) ? undefined : step;
    if (isThere) this.pswp.goTo(index);
    return isThere || Boolean(this.wanted);
  }

  leave() {
    leave(this.querySelector("[data-back]"));
  }
}

customElements.define("sp-viewer", SpViewer);
