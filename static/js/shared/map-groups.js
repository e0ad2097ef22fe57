// A group of photos on a map: its newest picture, and how many there are.

import "leaflet";
import { nearest } from "scanpix/world-map";

const L = window.L;
const SIDE = 56; // pixels, as in map.css

// The marker of a group as the server tells it; `open` is called by a click, Enter or the space bar.
export function groupMarker(map, one, layer, open) {
  const picture = document.createElement(one.src ? "img" : "span");
  if (one.src) Object.assign(picture, { src: one.src, alt: "" });
  const count = Object.assign(document.createElement("span"), { className: "map-count", textContent: one.shown });
  const inside = document.createElement("span");
  inside.append(picture, ...(one.count > 1 ? [count] : []));
  const icon = L.divIcon({ className: "map-group", html: inside, iconSize: [SIDE, SIDE] });
  const marker = L.marker([one.latitude, nearest(map, one.longitude)], { icon, riseOnHover: true });
  marker.on("click", open).addTo(layer);
  const element = marker.getElement();
  element.setAttribute("aria-label", one.label);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    open();
  });
  marker.area = one.area;
  return marker;
}
