// Outlines of countries from a file of TopoJSON (its specification, 2.1), as Leaflet draws them.

const files = new Map();

// The countries of a file as GeoJSON; each file is asked for once.
export function countries(address) {
  if (!files.has(address)) {
    files.set(
      address,
      fetch(address).then(async (response) => {
        if (!response.ok) throw new Error(`${address}: ${response.status}`);
        return decoded(await response.json(), "countries");
      }),
    );
  }
  return files.get(address);
}

function decoded(topology, name) {
  const arcs = topology.arcs.map((arc) => positions(arc, topology.transform));
  const features = topology.objects[name].geometries
    .filter((one) => one.type === "Polygon" || one.type === "MultiPolygon")
    .map((one) => ({
      type: "Feature",
      properties: {},
      geometry: {
        type: "MultiPolygon",
        coordinates: (one.type === "Polygon" ? [one.arcs] : one.arcs).map((rings) =>
          rings.map((ring) => joined(ring, arcs)),
        ),
      },
    }));
  return { type: "FeatureCollection", features };
}

// Each position of an arc is told by its difference to the one before, in whole steps of the grid.
function positions(arc, { scale, translate }) {
  let x = 0;
  let y = 0;
  return arc.map(([right, up]) => {
    x += right;
    y += up;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

// A ring of arcs; one that is told by its complement runs backwards. The end of each is the beginning of the next.
function joined(ring, arcs) {
  const points = [];
  for (const index of ring) {
    const arc = index < 0 ? [...arcs[~index]].reverse() : arcs[index];
    points.push(...(points.length ? arc.slice(1) : arc));
  }
  return unrolled(points);
}

// On a flat map a ring goes on beyond 180 degrees instead of jumping to the other side; one that runs around a pole is
// closed along the edge of the map.
function unrolled(points) {
  let turn = 0;
  const flat = points.map(([x, y], at) => {
    if (at) turn -= 360 * Math.round((x - points[at - 1][0]) / 360);
    return [x + turn, y];
  });
  if (!turn) return flat;
  const pole = points[0][1] < 0 ? -90 : 90;
  return [...flat, [flat.at(-1)[0], pole], [flat[0][0], pole]];
}
