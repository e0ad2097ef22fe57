// The keys and buttons of the viewer. Keys belong to whatever is typed in or pressed before they are ours.

const TYPING = "input, textarea, select, [contenteditable], dialog";
const PRESSING = "a, button, summary, video";
const OF_PRESSED = new Set([" ", "ArrowLeft", "ArrowRight"]); // a video seeks by the arrows

export function onKey(viewer, event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest?.(TYPING)) return;
  if (OF_PRESSED.has(key) && target.closest?.(key === " " ? PRESSING : "video")) return;
  const does = {
    ArrowLeft: () => viewer.leaf(-1),
    ArrowRight: () => viewer.leaf(1),
    Escape: () => (viewer.panel.isSheet && viewer.panel.isOpen ? viewer.panel.open(false) : viewer.leave()),
    " ": () => viewer.slideshow.toggle(),
    i: () => viewer.panel.open(!viewer.panel.isOpen),
    f: () => (event.shiftKey ? viewer.fullScreen.toggle() : viewer.heart?.press()),
    z: () => viewer.pswp.toggleZoom(),
    "?": () => viewer.help.showModal(),
  }[key.length === 1 ? key.toLowerCase() : key];
  if (!does) return;
  if (key !== " " && !(event.shiftKey && key === "F")) viewer.slideshow.toggle(false);
  event.preventDefault();
  does();
}

export function onClick(viewer, event) {
  const pressed = event.target.closest("[data-back], [data-previous], [data-next], [data-zoom], [data-help]");
  if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { onward } = viewer.slides;
  const { dataset } = pressed;
  if ("back" in dataset) viewer.leave();
  else if ("zoom" in dataset) viewer.pswp.toggleZoom();
  else if ("help" in dataset) viewer.help.showModal();
  else viewer.leaf("next" in dataset ? onward : -onward);
}
