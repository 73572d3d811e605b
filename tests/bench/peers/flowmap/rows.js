// Rows as the bench writes them: one line of numbers each, origin, destination, day.
// Days become Dates once, shared by all rows of a day: the least memory there is.

export function parsed(text, places) {
  const days = new Map();
  const flows = [];
  for (const line of text.split("\n")) {
    if (!line) continue;
    const [origin, dest, day, count] = line.split(",");
    if (!days.has(day)) days.set(day, new Date(`${day}T00:00:00Z`));
    flows.push({
      origin: Number(origin),
      dest: Number(dest),
      time: days.get(day),
      count: Number(count),
    });
  }
  return { locations: places, flows };
}

export const accessors = {
  getLocationId: (place) => place.code,
  getLocationLat: (place) => place.lat,
  getLocationLon: (place) => place.lon,
  getLocationName: (place) => place.name,
  getFlowOriginId: (flow) => flow.origin,
  getFlowDestId: (flow) => flow.dest,
  getFlowMagnitude: (flow) => flow.count,
  getFlowTime: (flow) => flow.time,
};

// The same picture as ours: no clusters, the thousand largest, totals of all places.
export const settings = {
  flowLinesRenderingMode: "straight",
  fadeEnabled: true,
  fadeOpacityEnabled: false,
  fadeAmount: 50,
  locationsEnabled: true,
  locationTotalsEnabled: true,
  locationLabelsEnabled: false,
  adaptiveScalesEnabled: true,
  clusteringEnabled: false,
  clusteringAuto: false,
  darkMode: false,
  colorScheme: "Teal",
  highlightColor: "orange",
  maxTopFlowsDisplayNum: 1000,
  flowEndpointsInViewportMode: "any",
  flowLineThicknessScale: 1,
};

// The end of a range is left out by flowmap.gl, so it is the day after.
export function range([from, to]) {
  const last = new Date(`${to}T00:00:00Z`);
  last.setUTCDate(last.getUTCDate() + 1);
  return [new Date(`${from}T00:00:00Z`), last];
}
