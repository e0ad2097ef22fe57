// <sp-photo-map>: the photos on a map. The server groups them; a group leads nearer, or shows its photos beside the map.

import "leaflet";
import { groupMarker } from "scanpix/map-groups";
import { areaOf, fit, showNames, worldMap } from "scanpix/world-map";

const L = window.L;
const FEW = 30; // so many photos are rather looked at than zoomed into
const POINT = 0.0005; // degrees: a group within about 50 m does not part when one zooms

class SpPhotoMap extends HTMLElement {
  connectedCallback() {
    this.side = document.getElementById("map-photos");
    this.map = worldMap(this);
    this.map.getContainer().setAttribute("aria-label", this.dataset.placeLabel);
    this.map.getContainer().setAttribute("role", "application");
    this.groups = L.layerGroup().addTo(this.map);
    this.names = L.layerGroup().addTo(this.map);
    this.map.on("moveend", () => this.load());
    this.places = this.side.innerHTML;
    this.side.addEventListener("click", (event) => this.close(event));
    this.begin();
  }

  begin() {
    const [latitude, longitude, zoom] = (new URLSearchParams(location.search).get("at") ?? "").split(",").map(Number);
    if (Number.isFinite(zoom)) this.map.setView([latitude, longitude], zoom);
    else fit(this.map, this.dataset.area, { maxZoom: 13, animate: false });
  }

  address(base, more) {
    return `${base}?${new URLSearchParams({ q: this.dataset.query, ...more })}`;
  }

  async load() {
    this.asked?.abort();
    this.asked = new AbortController();
    this.remember();
    const address = this.address(this.dataset.clusters, { area: areaOf(this.map), zoom: this.map.getZoom() });
    try {
      const response = await fetch(address, { signal: this.asked.signal });
      if (response.ok) this.show(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  // Back from a photo or a reload lead to where one was.
  remember() {
    const { lat, lng } = this.map.getCenter();
    const here = new URL(location.href);
    here.searchParams.set("at", `${lat.toFixed(5)},${lng.toFixed(5)},${this.map.getZoom()}`);
    history.replaceState(history.state, "", here);
  }

  show(found) {
    const focused = this.groups.getLayers().find((one) => one.getElement() === document.activeElement)?.area;
    this.groups.clearLayers();
    for (const one of found.clusters) groupMarker(this.map, one, this.groups, () => this.open(one));
    this.groups.getLayers().find((one) => one.area === focused)?.getElement()?.focus();
    showNames(this.map, this.names, found.names);
    this.querySelector("[data-said]").textContent = found.said;
    const tools = this.querySelector(".map-tools");
    tools.hidden = !found.here;
    tools.querySelector("[data-here]").href = found.here;
  }

  open(one) {
    const [south, west, north, east] = one.area.split(",").map(Number);
    const isPoint = north - south < POINT && east - west < POINT;
    if (one.count > FEW && !isPoint && this.map.getZoom() < this.map.getMaxZoom()) fit(this.map, one.area);
    else this.photos(one.area);
  }

  async photos(area) {
    const address = this.address(this.dataset.photos, { area });
    const response = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!response.ok) return;
    this.side.innerHTML = await response.text();
    this.side.querySelector("h2").focus({ preventScroll: true });
    this.side.scrollIntoView({ block: "nearest" });
  }

  close(event) {
    if (!event.target.closest("[data-close]")) return;
    event.preventDefault();
    this.side.innerHTML = this.places;
    this.map.getContainer().focus();
  }
}

customElements.define("sp-photo-map", SpPhotoMap);
