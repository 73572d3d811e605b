// The time brush without a screen: node brush.mjs rows.csv places.json windows.json
// (bundled first: the package names its files as bundlers, not Node, look for them).
// Prints milliseconds of each window, of the first picture, and its memory, as JSON.
import { readFileSync } from "node:fs";
import { LocalFlowmapDataProvider } from "@flowmap.gl/data";
import { accessors, parsed, range, settings } from "./rows.js";

const [rows, places, windows] = process.argv.slice(2);
const viewport = { width: 1280, height: 800, longitude: 80, latitude: 22, zoom: 4 };
const begin = performance.now();
const data = parsed(readFileSync(rows, "utf8"), JSON.parse(readFileSync(places)));
const provider = new LocalFlowmapDataProvider(accessors);
provider.setFlowmapData(data);

async function drawn(window) {
  const filter = window ? { selectedTimeRange: range(window) } : {};
  await provider.setFlowmapState({ filter, settings, viewport });
  return provider.getLayersData();
}

await drawn(null);
const first = performance.now() - begin;
const steps = [];
let flows = 0;
for (const window of JSON.parse(readFileSync(windows))) {
  const start = performance.now();
  const layers = await drawn(window);
  steps.push(performance.now() - start);
  flows += layers.lineAttributes.length;
}
const memory = process.memoryUsage().rss / 2 ** 20;
console.log(JSON.stringify({ first, steps, memory, rows: data.flows.length, flows }));
