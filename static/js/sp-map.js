// <sp-map>: a small map of one place. With `data-input`, the id of a field, it sets the place: a click or a pressed key
// writes "latitude,longitude" into the field and tells of it by the event "change".

import "leaflet";
import { areaOf, showNames, worldMap } from "scanpix/world-map";

const L = window.L;
const NEAR = 10;
const FAR = 2;

class SpMap extends HTMLElement {
  connectedCallback() {
    // One in a closed dialog has no size yet; it begins when it comes into view.
    this.watch = new IntersectionObserver(([entry]) => entry.isIntersecting && this.begin());
    this.watch.observe(this);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    this.map?.remove();
  }

  get place() {
    const text = this.input?.value || this.dataset.at || "";
    const [latitude, longitude] = text.split(",").map(Number);
    return text && Number.isFinite(latitude) && Number.isFinite(longitude) ? [latitude, longitude] : undefined;
  }

  begin() {
    this.watch.disconnect();
    this.input = this.dataset.input ? document.getElementById(this.dataset.input) : undefined;
    // On a phone one finger scrolls the page; two move and zoom the map.
    this.map = worldMap(this, { scrollWheelZoom: Boolean(this.input), dragging: Boolean(this.input) || !L.Browser.mobile });
    if (this.dataset.label) this.map.getContainer().setAttribute("aria-label", this.dataset.label);
    this.names = L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => this.name());
    if (this.input) this.pick();
    this.show(NEAR);
  }

  pick() {
    this.map.on("click", ({ latlng }) => this.put(latlng));
    // By keyboard the middle of the map is what is pointed at.
    this.map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.map.getContainer()) {
        event.preventDefault();
        this.put(this.map.getCenter());
      }
    });
    this.input.addEventListener("change", () => this.show(this.map.getZoom()));
  }

  put(point) {
    const { lat, lng } = point.wrap();
    this.input.value = `${lat.toFixed(5)},${lng.toFixed(5)}`;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show(zoom) {
    const place = this.place;
    this.map.setView(place ?? [30, 10], place ? Math.max(zoom, 4) : FAR);
    this.pin?.remove();
    if (!place) return;
    const icon = L.divIcon({ className: "map-pin", html: "", iconSize: [20, 20] });
    this.pin = L.marker(place, { icon, interactive: false, keyboard: false }).addTo(this.map);
  }

  async name() {
    const query = new URLSearchParams({ area: areaOf(this.map), zoom: this.map.getZoom() });
    const response = await fetch(`${this.dataset.names}?${query}`);
    if (response.ok) showNames(this.map, this.names, (await response.json()).names);
  }
}

customElements.define("sp-map", SpMap);
