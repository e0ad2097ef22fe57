// The keys of the viewer. They belong to whatever is typed in or pressed before they are ours.

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
    f: () => viewer.heart?.press(),
    z: () => viewer.pswp.toggleZoom(),
    "?": () => viewer.help.showModal(),
  }[key.length === 1 ? key.toLowerCase() : key];
  if (!does) return;
  if (key !== " ") viewer.slideshow.toggle(false);
  event.preventDefault();
  does();
}
