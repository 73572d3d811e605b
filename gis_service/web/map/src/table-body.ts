/** The parts of the table twin as elements. */

import { el } from "./dom";
import type { Column, PlaceCell, Row, Sheetful } from "./table-rows";
import type { Words } from "./words";

interface Order {
  column: string;
  descending: boolean;
}

export function head(
  words: Words,
  { columns }: Sheetful,
  order: Order | null,
  onOrder: (column: string) => void,
): HTMLElement {
  const cells = columns.map((column) => {
    const here = order?.column === column.id;
    const sorted = here ? (order.descending ? "descending" : "ascending") : "none";
    const button = el("button", { type: "button", "data-column": column.id }, words.say(column.title));
    button.addEventListener("click", () => onOrder(column.id));
    return el("th", { scope: "col", class: classOf(column), "aria-sort": sorted }, button);
  });
  return el("thead", {}, el("tr", {}, ...cells));
}

/** Rows; the names of the chosen place are marked. */
export function body(
  words: Words,
  { columns }: Sheetful,
  rows: readonly Row[],
  unit: number | null,
): HTMLElement {
  const lines = rows.map((row) => {
    const cells = columns.map((column, index) => {
      const cell = row.cells[index] ?? 0;
      if (typeof cell === "number") return counted(words, column, cell);
      const tag = index === 0 ? el("th", { scope: "row" }) : el("td");
      tag.append(...place(words, cell, cell.code === unit));
      return tag;
    });
    return el("tr", { "data-id": row.id }, ...cells);
  });
  return el("tbody", {}, ...lines);
}

function place(words: Words, { code, place, within }: PlaceCell, chosen: boolean): HTMLElement[] {
  const name = el(
    "button",
    { type: "button", "data-code": code, "aria-current": chosen ? "true" : undefined },
    words.name(place),
  );
  return within ? [name, el("span", {}, words.name(within))] : [name];
}

/** Sums under the columns that count. */
export function foot(
  words: Words,
  { columns }: Sheetful,
  totals: readonly (number | null)[],
): HTMLElement {
  const names = columns.filter((column) => !column.counts).length;
  const sums = columns.flatMap((column, index) => {
    const total = totals[index] ?? null;
    return total === null ? [] : [counted(words, column, total)];
  });
  return el("tfoot", {}, el("tr", {}, el("th", { scope: "row", colspan: names }, words.say("table_sum")), ...sums));
}

function classOf(column: Column): string | undefined {
  return column.counts ? "count" : undefined;
}

function counted(words: Words, { signed }: Column, n: number): HTMLElement {
  // A true minus is as wide as a digit.
  const text = signed ? words.signed(n) : words.number(n).replace("-", "−");
  return el("td", { class: "count" }, text);
}
