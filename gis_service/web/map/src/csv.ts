/** The table as CSV (RFC 4180). Column names are English and stay; what was asked
 * stands in each row, so that a file found later is understood. */

import type { Shown } from "./export-words";
import type { Cell, PlaceCell, Row, Sheetful } from "./table-rows";

/** Excel takes a file for UTF-8 by this mark only. */
const MARK = "\ufeff";
/** A text cell that begins so would be run as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

type Value = string | number | null;

export interface Origin {
  synthetic: boolean;
  /** The text that the rows were narrowed to, or none. */
  sought: string;
  source: string;
}

export function csvOf(shown: Shown, table: Sheetful, rows: readonly Row[], origin: Origin): string {
  const asked = constants(shown, origin);
  const lines = [
    [...table.columns.flatMap((each) => (each.counts ? [each.id] : placeColumns(each.id))), ...asked.keys()],
    ...rows.map((row) => [...row.cells.flatMap(values), ...asked.values()]),
  ];
  return MARK + lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

function placeColumns(id: string): string[] {
  return [`${id}_lgd`, id, `${id}_hi`, `${id}_state`];
}

function values(cell: Cell): Value[] {
  if (typeof cell === "number") return [cell];
  const { code, place, within }: PlaceCell = cell;
  return [code, place.name, place.name_hi, within?.name ?? null];
}

function constants({ asked, answer }: Shown, origin: Origin): Map<string, Value> {
  const { versus } = answer;
  return new Map<string, Value>([
    ["level", answer.level],
    ["from", answer.from],
    ["to", answer.to],
    ["versus_from", versus?.from ?? null],
    ["versus_to", versus?.to ?? null],
    ["mode", asked.mode || "all"],
    ["category", asked.category || "all"],
    ["stages", asked.stages.join(" ") || "all but cancelled"],
    ["only_place_lgd", asked.unit],
    ["direction", asked.unit === null ? null : asked.direction],
    ["text_filter", origin.sought || null],
    ["total", answer.total],
    ["hidden", answer.hidden],
    ["within_all", answer.internal],
    ["data_version", answer.version],
    ["about", answer.about ? "yes" : "no"],
    ["synthetic", origin.synthetic ? "yes" : "no"],
    ["source", origin.source],
  ]);
}

function field(value: Value): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
