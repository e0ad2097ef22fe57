// PhotoSwipe on the stage of the media page: pictures that come in larger sizes as one zooms in.

import PhotoSwipe from "photoswipe";
import { loadOther } from "scanpix/viewer-other";

const CONTROLS = 80; // CSS pixels at the lower edge of a video that belong to its controls
const ZOOMED = 1.05; // times the fitted size; less is a finger that slipped

// Puts `slides` on `stage`, in the place of what the server had put there. `leave` and `info` are called when somebody
// drags a picture down and up.
export function stageOf(stage, slides, start, { leave, info, words }) {
  const pswp = new PhotoSwipe({
    dataSource: [],
    index: start,
    appendToEl: stage,
    mainClass: "stage-swipe",
    showHideAnimationType: "none",
    modal: false,
    loop: false,
    trapFocus: false,
    returnFocus: false,
    escKey: false,
    arrowKeys: false,
    pinchToClose: false,
    bgClickAction: false,
    tapAction: () => stage.toggleAttribute("quiet"),
    wheelToZoom: true,
    preload: [1, 2],
    errorMsg: words.failed,
    getViewportSizeFn: () => ({ x: stage.clientWidth, y: stage.clientHeight }),
    ...Object.fromEntries(["close", "zoom", "counter", "arrowPrev", "arrowNext"].map((name) => [name, false])),
  });
  pswp.addFilter("numItems", () => slides.last + 1);
  pswp.addFilter("itemData", (data, index) => itemOf(slides.at(index)));
  pswp.addFilter("placeholderSrc", (source, content) => content.data.msrc || source);
  pswp.addFilter("preventPointerEvent", (prevents, event) => prevents && !event.target.closest?.("video"));
  pswp.on("keydown", (event) => event.preventDefault()); // <sp-viewer> does
  pswp.on("pointerDown", (event) => ofControls(event.originalEvent) && event.preventDefault());
  pswp.on("updateScrollOffset", () => place(pswp, stage));
  pswp.on("contentLoad", (event) => loadOther(event, words));
  pswp.on("contentDeactivate", ({ content }) => content.element?.querySelector?.("video")?.pause());
  // What the server had put there is seen until then, so that nothing flickers.
  pswp.on("loadComplete", ({ content }) => content.index === start && stage.setAttribute("taken", ""));
  pswp.on("zoomPanUpdate", ({ slide }) => enlarge(slide));
  // It stays open as long as the page does: what would close it is a gesture that leads elsewhere.
  pswp.close = () => {
    const { currSlide } = pswp;
    const isUp = currSlide.pan.y < currSlide.bounds.center.y;
    currSlide.zoomAndPanToInitial();
    currSlide.applyCurrentZoomPan();
    pswp.applyBgOpacity(1);
    (isUp ? info : leave)();
  };
  // PhotoSwipe's left end is number 0; ours is the first slide there is.
  const move = pswp.mainScroll.moveIndexBy.bind(pswp.mainScroll);
  pswp.mainScroll.moveIndexBy = (by, ...rest) => move(Math.max(by, slides.first - pswp.potentialIndex), ...rest);
  pswp.init();
  pswp.element.setAttribute("role", "group");
  new ResizeObserver(() => pswp.updateSize()).observe(stage);
  return pswp;
}

function itemOf(slide) {
  if (!slide) return { html: "" };
  const { kind, src, srcset, msrc, alt, width, height } = slide;
  return kind === "image" ? { slide, src, srcset, msrc, alt, width, height } : { slide, type: kind };
}

function ofControls(event) {
  const frame = event.target.closest?.("video")?.getBoundingClientRect();
  return Boolean(frame) && event.clientY > frame.bottom - CONTROLS;
}

// Where the stage is on the page, which PhotoSwipe takes for the whole window.
function place(pswp, stage) {
  const frame = stage.getBoundingClientRect();
  pswp.offset.x = frame.left + window.scrollX;
  pswp.offset.y = frame.top + window.scrollY;
}

// Whoever zooms in gets the whole picture: the browser picks it as soon as the smaller ones are not enough.
function enlarge(slide) {
  const { full, srcset } = slide.data.slide ?? {};
  const image = slide.content.element;
  if (!full || !(image instanceof HTMLImageElement) || slide.currZoomLevel <= slide.zoomLevels.fit * ZOOMED) return;
  const whole = srcset ? `${srcset}, ${full}` : full;
  if (image.srcset !== whole) image.srcset = whole;
}
