import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const LEAFLET = "node_modules/leaflet/dist";
const LICENCES = [
  "maplibre-gl/LICENSE.txt",
  "leaflet/LICENSE",
  "simple-statistics/LICENSE",
  "jspdf/LICENSE",
  "@babel/runtime/LICENSE",
  "fflate/LICENSE",
];
// Parts of jsPDF that we do not use: HTML, SVG and PNG drawn into a PDF.
const UNUSED = ["html2canvas", "dompurify", "canvg", "fast-png"];
const NOTHING = fileURLToPath(new URL("src/export-nothing.ts", import.meta.url));

/** Copies Leaflet as it is (route pages load it as a plain script), and licences. */
function carried(): Plugin {
  const files = ["leaflet.js", "leaflet.css"].map((name) => [name, name] as const);
  const images = readdirSync(`${LEAFLET}/images`).map(
    (name) => [`images/${name}`, `images/${name}`] as const,
  );
  return {
    name: "carried",
    generateBundle() {
      for (const [from, to] of [...files, ...images]) {
        // The map beside the script is not carried, so neither is its mention.
        let source: Buffer | string = readFileSync(`${LEAFLET}/${from}`);
        if (from.endsWith(".js")) {
          source = source.toString().replace(/\n\/\/# sourceMappingURL=.*/, "");
        }
        this.emitFile({ type: "asset", fileName: to, source });
      }
      const text = LICENCES.map(
        (path) => `${path}\n\n${readFileSync(`node_modules/${path}`, "utf8")}`,
      ).join("\n\n");
      this.emitFile({ type: "asset", fileName: "licences.txt", source: text });
    },
  };
}

/** Lays a packed twin beside what is worth it; the server sends it where it may. */
function packed(): Plugin {
  return {
    name: "packed",
    writeBundle({ dir }, files) {
      for (const name of Object.keys(files)) {
        if (!/\.(js|mjs|css)$/.test(name)) continue;
        writeFileSync(`${dir}/${name}.gz`, gzipSync(readFileSync(`${dir}/${name}`)));
      }
    },
  };
}

// Names carry no hash: the server puts one digest of the whole folder into the
// address, so that files may refer to each other by relative names.
export default defineConfig({
  base: "./",
  plugins: [carried(), packed()],
  resolve: { alias: Object.fromEntries(UNUSED.map((name) => [name, NOTHING])) },
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1600,
    modulePreload: false,
    rolldownOptions: {
      input: { "flow-map": "src/main.ts" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name].js",
        assetFileNames: "[name][extname]",
      },
    },
  },
});
