import "maplibre-gl/dist/maplibre-gl.css";
import "./flow-map.css";
import { setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { FlowMap } from "./flow-map";

// A file of ours, not a blob: the page's policy allows scripts of this address only.
setWorkerUrl(new URL(workerUrl, import.meta.url).href);
customElements.define("nmis-flow-map", FlowMap);

// The other language, the same picture.
for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-keeps-hash]")) {
  link.addEventListener("click", () => {
    link.hash = window.location.hash;
  });
}
