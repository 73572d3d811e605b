/** The legend of a sheet: what the page's own legend shows, read from it, so that the
 * two can never differ. */

import type { Pen } from "./sheet-pen";

interface Entry {
  kind: "stroke" | "patch" | "plain";
  colour: string;
  /** Of a stroke, in CSS pixels. */
  thickness: number;
  text: string;
}

interface Part {
  title: string;
  entries: readonly Entry[];
}

const SAMPLE = 30;
const ROW = 20;
const TITLE = { size: 12.5, weight: 650, colour: "#475764" };
const TEXT = { size: 12.5 };
const GAP = 12;
/** A column of samples and words needs this much to stand beside another. */
const NARROWEST = 150;

export function keyOf(page: HTMLElement): Part[] {
  return [...page.querySelectorAll<HTMLElement>(".legend .key > *")].map((part) => {
    const rows = [...part.querySelectorAll<HTMLElement>("li")];
    if (!rows.length) return { title: "", entries: [entry(part)] };
    return { title: part.querySelector("h3")?.textContent ?? "", entries: rows.map(entry) };
  });
}

function entry(row: HTMLElement): Entry {
  const sample = row.querySelector<HTMLElement>(".stroke, .patch");
  return {
    kind: sample ? (sample.classList.contains("patch") ? "patch" : "stroke") : "plain",
    colour: sample?.style.backgroundColor ?? "",
    thickness: Number.parseFloat(sample?.style.height ?? "") || 3,
    text: row.textContent?.trim() ?? "",
  };
}

interface Place {
  x: number;
  y: number;
  width: number;
}

/** Draws the parts from `y` down, or side by side; gives where the next may begin. */
export function drawKey(pen: Pen, parts: readonly Part[], at: Place): number {
  const narrowest = Math.max(...parts.map((part) => NARROWEST * columnsOf(part)), 0);
  if (at.width >= 2 * narrowest && parts.length > 1) return sideBySide(pen, parts, at);
  return parts.reduce((y, part) => drawPart(pen, part, { ...at, y }), at.y);
}

function sideBySide(pen: Pen, parts: readonly Part[], at: Place): number {
  const width = at.width / 2;
  const ends = [at.y, at.y];
  for (const part of parts) {
    const side = (ends[1] as number) < (ends[0] as number) ? 1 : 0;
    ends[side] = drawPart(pen, part, { x: at.x + side * width, y: ends[side] as number, width: width - GAP });
  }
  return Math.max(...ends);
}

/** Rows that begin with words instead of a sample are heads of columns: more, fewer. */
function columnsOf({ entries }: Part): number {
  return Math.max(1, entries.findIndex(({ kind }) => kind !== "plain"));
}

function drawPart(pen: Pen, part: Part, at: Place): number {
  const { title, entries } = part;
  let y = title ? pen.paragraph(title, at, TITLE) + 4 : at.y;
  const columns = columnsOf(part);
  const width = at.width / columns;
  for (let first = 0; first < entries.length; first += columns) {
    const row = entries.slice(first, first + columns);
    y = Math.max(...row.map((each, index) => drawEntry(pen, each, { x: at.x + index * width, y, width })));
  }
  return y + GAP;
}

function drawEntry(pen: Pen, each: Entry, { x, y, width }: Place): number {
  const { kind, colour: fill, thickness } = each;
  const middle = y + ROW / 2;
  if (kind === "patch") {
    pen.box({ x, y: middle - 7, width: SAMPLE, height: 14 }, { fill, line: "#93a3ae", round: 2 });
  } else if (kind === "stroke") {
    const height = Math.min(thickness, ROW - 4);
    pen.box({ x, y: middle - height / 2, width: SAMPLE, height }, { fill, round: Math.min(4, height / 2) });
  }
  const from = kind === "plain" ? x : x + SAMPLE + 9;
  const end = pen.paragraph(each.text, { x: from, y: middle - 9, width: width - (from - x) }, TEXT);
  return Math.max(y + ROW, end);
}
