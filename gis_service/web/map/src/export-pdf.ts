/** A sheet as one page of PDF: the canvas as a picture, for no font of PDF's own shapes
 * Devanagari, and over it, unseen, what is written in Latin letters, to be searched,
 * copied and read aloud. */

import { jsPDF } from "jspdf";
import { blobOf } from "./export-png";
import type { Shown } from "./export-words";
import { type Sheet, sheetOf } from "./sheet";
import type { PictureSource } from "./table-source";

/** A4 landscape, in millimetres, and in CSS pixels of 1/96 inch. */
const A4 = { width: 297, height: 210 };
const PX_PER_MM = 96 / 25.4;
const DPI = 220;
const QUALITY = 0.94;
const POINTS_PER_PX = 72 / 96;

/** What PDF's own Helvetica can write. */
const LATIN = /^[\x20-\x7e\xa0-\xff]+$/;
/** Signs that it lacks, and what stands for them in the unseen text. */
const PLAINER: readonly [RegExp, string][] = [
  [/[–−]/g, "-"],
  [/→/g, ">"],
];

export async function pdfOf(source: PictureSource, shown: Shown): Promise<Blob> {
  const paper = { width: A4.width * PX_PER_MM, height: A4.height * PX_PER_MM };
  const sheet = await sheetOf(source, shown, { paper, ratio: DPI / 96 });
  const doc = new jsPDF({ orientation: "landscape", unit: "mm", format: "a4", compress: true });
  doc.setProperties({
    title: [sheet.title, sheet.lines[0]].join(", "),
    subject: sheet.lines.join(" "),
    author: source.words.say("product"),
    creator: source.words.say("product_short"),
  });
  doc.setLanguage(source.words.language === "hi" ? "hi" : "en-GB");
  doc.setDisplayMode("fullpage");
  const jpeg = await blobOf(sheet.canvas, "image/jpeg", QUALITY);
  doc.addImage(new Uint8Array(await jpeg.arrayBuffer()), "JPEG", 0, 0, A4.width, A4.height);
  write(doc, sheet);
  return doc.output("blob");
}

function write(doc: jsPDF, { written }: Sheet): void {
  doc.setFont("helvetica", "normal");
  for (const { text, x, y, size } of written) {
    const plain = PLAINER.reduce((now, [from, to]) => now.replace(from, to), text);
    if (!LATIN.test(plain)) continue;
    doc.setFontSize(size * POINTS_PER_PX);
    doc.text(plain, x / PX_PER_MM, y / PX_PER_MM, { renderingMode: "invisible" });
  }
}
