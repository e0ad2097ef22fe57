// <sp-map>: a small map of one place (`data-at`). With `data-input`, the id of a field, it sets the place: a click, or Enter
// for the middle of the map, writes "latitude, longitude" into the field and tells of it by the event "change".
// Leaflet comes only when the map comes into view.

const NEAR = 10;
const LEAST = 4;
const FAR = 2;
const MIDDLE = [30, 10];
const PIN = [20, 20];

class SpMap extends HTMLElement {
  connectedCallback() {
    // One in a closed dialog has no size yet; it begins when it is seen.
    this.watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.begin());
    this.watch.observe(this);
  }

  disconnectedCallback() {
    this.watch.disconnect();
    this.map?.remove();
    this.map = undefined;
  }

  get place() {
    const parts = (this.input ? this.input.value : this.dataset.at).split(",").map((part) => part.trim());
    const [latitude, longitude] = parts.map(Number);
    return parts.length === 2 && parts.every(Boolean) && !Number.isNaN(latitude + longitude) ? [latitude, longitude] : undefined;
  }

  async begin() {
    this.watch.disconnect();
    const tools = await import("scanpix/world-map");
    if (!this.isConnected || this.map) return;
    this.tools = tools;
    this.input = this.dataset.input ? document.getElementById(this.dataset.input) : undefined;
    // On a phone one finger scrolls the page, so a map that is only looked at is not dragged; two fingers zoom it.
    const dragging = Boolean(this.input) || !window.L.Browser.mobile;
    this.map = tools.worldMap(this, { scrollWheelZoom: Boolean(this.input), dragging });
    this.map.getContainer().setAttribute("role", "application");
    this.map.getContainer().setAttribute("aria-label", this.dataset.label);
    this.names = window.L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => this.name());
    if (this.input) this.pick();
    this.show(this.place ? NEAR : FAR);
  }

  pick() {
    this.map.on("click", ({ latlng }) => this.put(latlng));
    this.map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== this.map.getContainer()) return;
      event.preventDefault();
      this.put(this.map.getCenter());
    });
    this.input.addEventListener("change", () => this.show(this.map.getZoom()));
  }

  put(point) {
    const { lat, lng } = point.wrap();
    this.input.value = `${lat.toFixed(5)}, ${lng.toFixed(5)}`;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show(zoom) {
    const place = this.place;
    this.map.setView(place ?? MIDDLE, place ? Math.max(zoom, LEAST) : FAR);
    this.pin?.remove();
    if (!place) return;
    const icon = window.L.divIcon({ className: "map-pin", iconSize: PIN });
    this.pin = window.L.marker(place, { icon, interactive: false, keyboard: false }).addTo(this.map);
  }

  async name() {
    if (this.dataset.tiles) return;
    const query = new URLSearchParams({ area: this.tools.areaOf(this.map), zoom: this.map.getZoom() });
    const response = await fetch(`${this.dataset.names}?${query}`);
    if (response.ok && this.map) this.tools.showNames(this.map, this.names, (await response.json()).names);
  }
}

customElements.define("sp-map", SpMap);
