// Dragging over the tiles of <sp-select> chooses all from the first to the one under the pointer: with the mouse at once, by
// touch after a long press, so that a swipe still scrolls. Near an edge of the window the page scrolls along.

import { between } from "scanpix/tile-order";

const LONG_PRESS = 450; // milliseconds, as long as phones take for their own menus
const SLIPPED = 8; // CSS pixels that a finger or mouse may move before it counts as moved
const EDGE = 72; // CSS pixels from the top and bottom in which the page scrolls
const STEP = 14; // CSS pixels for each frame

let sweep; // {select, first, before, on, x, y, pressed, timer}

function begin(target, x, y) {
  const select = target.closest?.("sp-select");
  const first = target.closest?.("button, input, form") ? undefined : select?.idAt?.(target);
  if (!first || !select.chosen) return;
  sweep = { select, first, before: [...select.chosen], on: !select.chosen.has(first), x, y, moving: false };
}

function start() {
  sweep.moving = true;
  sweep.select.last = sweep.first;
  extend();
  requestAnimationFrame(scrollAlong);
}

function extend() {
  const { select, before, on, first, x, y } = sweep;
  const under = select.idAt(document.elementFromPoint(x, y));
  if (!under || under === sweep.under) return;
  sweep.under = under;
  select.chosen = new Set(before);
  select.choose(between(select, first, under), on);
}

function scrollAlong() {
  if (!sweep?.moving) return;
  const up = sweep.y < EDGE;
  const down = sweep.y > window.innerHeight - EDGE;
  if (up || down) {
    window.scrollBy(0, up ? -STEP : STEP);
    extend();
  }
  requestAnimationFrame(scrollAlong);
}

function move(event, x, y) {
  const moved = Math.hypot(x - sweep.x, y - sweep.y) > SLIPPED;
  if (!sweep.moving && !moved) return false;
  Object.assign(sweep, { x, y });
  return true;
}

function end(event) {
  clearTimeout(sweep?.timer);
  // The click that ends a drag must open nothing. A finger's has none, as its touchend is prevented: a tap soon after counts.
  if (sweep?.moving && event?.type === "mouseup") {
    window.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 50);
  }
  sweep = undefined;
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("mousedown", (event) => {
  if (event.button === 0 && !event.shiftKey && !event.sourceCapabilities?.firesTouchEvents) begin(event.target, event.clientX, event.clientY);
});
document.addEventListener("mousemove", (event) => {
  if (!sweep || sweep.timer || !move(event, event.clientX, event.clientY)) return;
  if (sweep.moving) extend();
  else start();
});
document.addEventListener("mouseup", end);
document.addEventListener("dragstart", (event) => {
  if (event.target.closest?.("sp-select .tile")) event.preventDefault();
});

document.addEventListener("touchstart", (event) => {
  end();
  if (event.touches.length > 1) return;
  const { clientX, clientY } = event.touches[0];
  begin(event.target, clientX, clientY);
  if (sweep) sweep.timer = setTimeout(start, LONG_PRESS);
}, { passive: true });
document.addEventListener("touchmove", (event) => {
  if (!sweep) return;
  const { clientX, clientY } = event.touches[0];
  const moved = move(event, clientX, clientY);
  if (!sweep.moving) return moved ? end() : undefined;
  event.preventDefault();
  return extend();
}, { passive: false });
document.addEventListener("touchend", (event) => {
  if (sweep?.moving && event.cancelable) event.preventDefault();
  end();
}, { passive: false });
document.addEventListener("touchcancel", end);
// The phone's own menu for links comes with a long press as well.
document.addEventListener("contextmenu", (event) => {
  if (sweep?.timer && event.target.closest?.("sp-select .tile")) event.preventDefault();
});
