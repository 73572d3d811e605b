/** Makes a file of what is shown and hands it to the browser. */

import { csvOf } from "./csv";
import { fileName, type Shown } from "./export-words";
import { sheetOf } from "./sheet";
import type { Listed } from "./table";
import type { PictureSource } from "./table-source";

/** As many pixels per CSS pixel as a sharp screen has. */
const PICTURE_RATIO = 2;

/** Saves it under a name that says what it holds, and gives that name. */
export async function saved(
  file: "csv" | "picture" | "pdf",
  source: PictureSource,
  shown: Shown,
  listed: Listed,
): Promise<string> {
  const { blob, what, ending } = await made(file, source, shown, listed);
  const name = fileName(shown, what, { ending, synthetic: source.synthetic });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads it after the click; a while later it surely has.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}

async function made(
  file: "csv" | "picture" | "pdf",
  source: PictureSource,
  shown: Shown,
  { table, rows, sought }: Listed,
): Promise<{ blob: Blob; what: string; ending: string }> {
  if (file === "csv") {
    const origin = { synthetic: source.synthetic, sought, source: source.attribution };
    const text = csvOf(shown, table, rows, origin);
    return { blob: new Blob([text], { type: "text/csv;charset=utf-8" }), what: table.kind, ending: "csv" };
  }
  if (file === "pdf") {
    const { pdfOf } = await import("./export-pdf");
    return { blob: await pdfOf(source, shown), what: "map", ending: "pdf" };
  }
  const { pngOf } = await import("./export-png");
  const sheet = await sheetOf(source, shown, { paper: null, ratio: PICTURE_RATIO });
  return { blob: await pngOf(sheet), what: "map", ending: "png" };
}
