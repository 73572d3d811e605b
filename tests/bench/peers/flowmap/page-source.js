// flowmap.gl with all rows in the browser; `brush([from, to])` resolves, to the time
// when it was called, when the picture is painted.
import { Deck } from "@deck.gl/core";
import { FlowmapLayer } from "@flowmap.gl/layers";
import { LocalFlowmapDataProvider } from "@flowmap.gl/data";
import { accessors, parsed, range, settings } from "./rows.js";

let applied = () => {};
class Watched extends LocalFlowmapDataProvider {
  async updateLayersData(put, flags) {
    await super.updateLayersData((layers) => {
      put(layers);
      applied();
    }, flags);
  }
}

const [rows, places] = await Promise.all([
  fetch("rows.csv").then((answer) => answer.text()),
  fetch("places.json").then((answer) => answer.json()),
]);
const data = parsed(rows, places);
const dataProvider = new Watched(accessors);
dataProvider.setFlowmapData(data);

let rendered = () => {};
const deck = new Deck({
  canvas: "map",
  width: 1280,
  height: 800,
  initialViewState: { longitude: 80, latitude: 22, zoom: 4 },
  controller: false,
  useDevicePixels: false,
  layers: [],
  onAfterRender: ({ gl, device }) => rendered(gl ?? device?.gl),
});

function layer(filter) {
  return new FlowmapLayer({
    id: "flows",
    dataProvider,
    filter,
    pickable: false,
    ...accessors,
    ...settings,
  });
}

// The layers take the data up in deck.gl's own next frame (a redraw before it would show
// the former picture); the picture is there when a pixel of that frame can be read.
function painted() {
  return new Promise((done) => {
    rendered = (gl) => {
      gl?.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
      rendered = () => {};
      done();
    };
  });
}

window.brush = async (asked) => {
  const start = performance.now();
  const data = new Promise((done) => {
    applied = done;
  });
  const filter = asked ? { selectedTimeRange: range(asked) } : {};
  deck.setProps({ layers: [layer(filter)] });
  await data;
  await painted();
  applied = () => {};
  return start;
};
window.rowsHeld = data.flows.length;
await window.brush(null);
window.painted = performance.now();
