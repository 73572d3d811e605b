/** A sheet as PNG that also says in text what it shows (PNG third edition, 11.3.3.4). */

import type { Sheet } from "./sheet";

/** Where the first chunk ends: 8 bytes of signature, 25 of IHDR. */
const AFTER_HEADER = 33;

export async function pngOf(sheet: Sheet): Promise<Blob> {
  const plain = await blobOf(sheet.canvas, "image/png");
  const texts = [
    chunk("iTXt", international("Title", sheet.title)),
    chunk("iTXt", international("Description", sheet.lines.join("\n"))),
  ];
  const parts = [plain.slice(0, AFTER_HEADER), ...texts, plain.slice(AFTER_HEADER)];
  return new Blob(parts, { type: "image/png" });
}

export function blobOf(canvas: HTMLCanvasElement, type: string, quality?: number): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null) => (blob ? resolve(blob) : reject(new Error("the canvas gave no picture")));
    canvas.toBlob(done, type, quality);
  });
}

/** Keyword, no compression, no language, no translated keyword, UTF-8 text. */
function international(keyword: string, text: string): Uint8Array {
  return new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`);
}

function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** CRC-32 of ISO 3309, bit by bit: the texts are a few hundred bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
