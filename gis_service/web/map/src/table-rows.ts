/** Rows of the table twin: what an answer says, without a page around it. */

import { type Answer, type Edge, type Node, REST } from "./answer";
import type { Key, Words } from "./words";

export type Kind = "flows" | "places";

export interface Named {
  name: string;
  name_hi: string | null;
}

/** A place in a cell; `within` is the state that tells it from its namesakes. */
export interface PlaceCell {
  code: number;
  place: Named;
  within: Named | null;
}

export type Cell = PlaceCell | number;

export interface Row {
  id: string;
  cells: readonly Cell[];
}

export interface Column {
  id: string;
  title: Key;
  counts: boolean;
  /** Whether it counts a change, which is written with its sign. */
  signed: boolean;
}

export interface Sheetful {
  kind: Kind;
  columns: readonly Column[];
  rows: readonly Row[];
}

/** Finds the state of a code, where its name is known by now. */
export type StateOf = (code: number) => Named | null;

/** The table of one kind, in the answer's own order: the largest first. */
export function rowsOf(
  kind: Kind,
  answer: Answer,
  nodes: ReadonlyMap<number, Node>,
  stateOf: StateOf,
): Sheetful {
  const inStates = answer.level === "district";
  const cell = (code: number): PlaceCell => {
    const place = nodes.get(code) ?? { name: String(code), name_hi: null, state_code: 0 };
    return { code, place, within: inStates && code < REST ? stateOf(place.state_code) : null };
  };
  return kind === "flows" ? flows(answer, cell) : places(answer, cell);
}

function flows(answer: Answer, cell: (code: number) => PlaceCell): Sheetful {
  const compared = answer.versus !== undefined;
  const counts: Column[] = compared
    ? [count("before", "before"), count("after", "after"), count("change", "change", true)]
    : [count("people", answer.about ? "table_people_about" : "table_people")];
  if (answer.about) counts.push(count("at_least", "table_low", compared), count("at_most", "table_high", compared));
  const bounds = ({ n_low = 0, n_high = 0 }: Edge) => (answer.about ? [n_low, n_high] : []);
  const figures = (edge: Edge) => {
    const { n, before = 0 } = edge;
    return [...(compared ? [before, before + n, n] : [n]), ...bounds(edge)];
  };
  return {
    kind: "flows",
    columns: [text("origin", "table_origin"), text("destination", "table_destination"), ...counts],
    rows: answer.edges.map((edge) => ({
      id: `${edge.origin}-${edge.destination}`,
      cells: [cell(edge.origin), cell(edge.destination), ...figures(edge)],
    })),
  };
}

function places(answer: Answer, cell: (code: number) => PlaceCell): Sheetful {
  const compared = answer.versus !== undefined;
  return {
    kind: "places",
    columns: [
      text("place", "table_place"),
      count("arriving", "arriving", compared),
      count("leaving", "leaving", compared),
      count("within", "inside", compared),
    ],
    rows: answer.nodes.map((node) => ({
      id: String(node.code),
      cells: [cell(node.code), node.in, node.out, node.internal],
    })),
  };
}

function text(id: string, title: Key): Column {
  return { id, title, counts: false, signed: false };
}

function count(id: string, title: Key, signed = false): Column {
  return { id, title, counts: true, signed };
}

/** Rows in which a place bears the text in its name, in either language, or its code. */
export function filtered(rows: readonly Row[], text: string): readonly Row[] {
  const sought = folded(text);
  if (!sought) return rows;
  const bears = (cell: Cell) =>
    typeof cell !== "number" &&
    [cell.place.name, cell.place.name_hi ?? "", cell.within?.name ?? "", cell.within?.name_hi ?? ""]
      .map(folded)
      .concat(String(cell.code))
      .some((each, index, all) => (index === all.length - 1 ? each === sought : each.includes(sought)));
  return rows.filter((row) => row.cells.some(bears));
}

/** Lower case without accents of Latin letters; Indian scripts keep their marks. */
function folded(text: string): string {
  return text.trim().toLocaleLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize("NFC");
}

/** Rows in the order of a column; ties keep the answer's order. */
export function sorted(
  rows: readonly Row[],
  column: number,
  descending: boolean,
  words: Words,
): readonly Row[] {
  const collator = new Intl.Collator(`${words.language}-IN`, { numeric: true });
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    if (typeof x === "number" && typeof y === "number") return sign * (x - y);
    return sign * collator.compare(written(x, words), written(y, words));
  });
}

function written(cell: Cell | undefined, words: Words): string {
  if (cell === undefined || typeof cell === "number") return "";
  return words.name(cell.place);
}

/** Sums of the columns that count; null for the others. */
export function sums({ columns }: Sheetful, rows: readonly Row[]): (number | null)[] {
  return columns.map((column, index) =>
    column.counts ? rows.reduce((sum, row) => sum + Number(row.cells[index]), 0) : null,
  );
}
