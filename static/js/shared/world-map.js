// A map in an element: drawn from outlines and names of our own, or from tiles where the household has set an address.
// What it needs stands in the element's data attributes (templates/media_index/_map_settings.html).

import "leaflet";
import { countries } from "scanpix/outline";

const L = window.L;
const FINE_FROM = 5; // the zoom from which the rough outlines look wrong
const MOST_ZOOM = 18;

export function worldMap(element, options = {}) {
  const words = element.dataset;
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  element.prepend(canvas);
  const map = L.map(canvas, {
    zoomControl: false,
    attributionControl: false,
    minZoom: 1,
    maxZoom: MOST_ZOOM,
    worldCopyJump: true,
    maxBounds: [[-85, -Infinity], [85, Infinity]],
    preferCanvas: true,
    ...options,
  });
  L.control.zoom({ zoomInTitle: words.zoomIn, zoomOutTitle: words.zoomOut }).addTo(map);
  const said = document.createElement("span");
  said.textContent = words.attribution ?? "";
  L.control.attribution({ prefix: false }).addAttribution(said.innerHTML).addTo(map);
  if (words.tiles) L.tileLayer(words.tiles, { maxZoom: MOST_ZOOM }).addTo(map);
  else outlined(map, words);
  return map;
}

// The part of the map in sight, as addresses name it: south,west,north,east.
export function areaOf(map) {
  const bounds = map.getBounds();
  const wide = bounds.getEast() - bounds.getWest() >= 360;
  const turned = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;
  const west = wide ? -180 : turned(bounds.getWest());
  const east = wide ? 180 : turned(bounds.getEast());
  const south = Math.max(bounds.getSouth(), -90);
  const north = Math.min(bounds.getNorth(), 90);
  return [south, west, north, east].map((degrees) => degrees.toFixed(5)).join(",");
}

export function fit(map, area, options = {}) {
  const [south, west, north, east] = area.split(",").map(Number);
  map.fitBounds([[south, west], [north, east < west ? east + 360 : east]], { padding: [40, 40], ...options });
}

// On which copy of the world a longitude is nearest to the middle of the map.
export function nearest(map, longitude) {
  return longitude + 360 * Math.round((map.getCenter().lng - longitude) / 360);
}

export function showNames(map, layer, names) {
  layer.clearLayers();
  for (const one of names) {
    const text = document.createElement("span");
    text.textContent = one.name;
    const icon = L.divIcon({ className: one.country ? "map-name map-name-country" : "map-name", html: text, iconSize: null });
    L.marker([one.latitude, nearest(map, one.longitude)], { icon, interactive: false, keyboard: false }).addTo(layer);
  }
}

function outlined(map, words) {
  const style = () => {
    const colours = getComputedStyle(map.getContainer());
    const colour = (name) => colours.getPropertyValue(name).trim();
    return { color: colour("--map-border"), fillColor: colour("--map-land"), fillOpacity: 1, weight: 0.75 };
  };
  let layer;
  let shown = "";
  const draw = async () => {
    const wanted = map.getZoom() >= FINE_FROM ? words.outlineFine : words.outline;
    if (wanted === shown) return;
    shown = wanted;
    const lands = await countries(wanted);
    if (wanted !== shown) return;
    layer?.remove();
    // Three worlds side by side, so that the map goes on beyond 180 degrees.
    layer = L.layerGroup([-360, 0, 360].map((turn) => L.geoJSON(lands, {
      style,
      interactive: false,
      coordsToLatLng: ([longitude, latitude]) => L.latLng(latitude, longitude + turn),
    }))).addTo(map);
  };
  map.on("zoomend load", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    layer?.eachLayer((one) => one.setStyle(style()));
  });
}
