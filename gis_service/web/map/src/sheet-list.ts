/** The largest flows as a list, where the shape of the map leaves a sheet empty. */

import type { Shown } from "./export-words";
import type { Area, Pen } from "./sheet-pen";
import { type PlaceCell, rowsOf } from "./table-rows";
import type { PictureSource } from "./table-source";
import { wordsOf } from "./words";

/** Narrower than this, names would have to be cut. */
export const LIST_WIDTH = 230;
const ROW = 19;
const HEAD = { size: 12.5, weight: 650, colour: "#475764" };
const TEXT = { size: 12 };

/** Draws as many as fit into the area. */
export function drawList(pen: Pen, source: PictureSource, shown: Shown, area: Area): void {
  const { words } = source;
  const { columns, rows } = rowsOf("flows", shown.answer, source.nodes(), source.stateOf);
  const counted = columns.findIndex(({ id }) => id === "people" || id === "change");
  const { versus } = shown.answer;
  const { people: said, signed } = wordsOf(words, shown.answer);
  const title = wordsOf(words, shown.answer).say(versus ? "sheet_largest_changes" : "sheet_largest");
  let y = pen.paragraph(title, area, HEAD) + 4;
  for (const { cells } of rows) {
    if (y + ROW > area.y + area.height) return;
    const [from, to] = cells as readonly [PlaceCell, PlaceCell];
    const people = Number(cells[counted]);
    const n = versus ? signed(people) : said(people);
    const room = area.width - pen.width(n, TEXT) - 14;
    const names = `${words.name(from.place)} → ${words.name(to.place)}`;
    pen.text(fitted(pen, names, room), area.x, y + TEXT.size, TEXT);
    pen.text(n, area.x + area.width, y + TEXT.size, { ...TEXT, align: "right" });
    y += ROW;
  }
}

function fitted(pen: Pen, text: string, width: number): string {
  if (pen.width(text, TEXT) <= width) return text;
  const signs = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  while (signs.length > 1 && pen.width(`${signs.join("")}…`, TEXT) > width) signs.pop();
  return `${signs.join("")}…`;
}
