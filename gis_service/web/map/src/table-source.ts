/** What the table and the files need of the map around them. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Node } from "./answer";
import type { Drawing } from "./drawing";
import type { Shown } from "./export-words";
import type { Named } from "./table-rows";
import type { Words } from "./words";

export interface TableSource {
  readonly words: Words;
  /** The newest answer with its question, or null before the first. */
  shown(): Shown | null;
  nodes(): ReadonlyMap<number, Node>;
  stateOf(code: number): Named | null;
  nameOf(code: number): string;
  /** Chooses a place on the map, or none. */
  choose(code: number | null): void;
  close(): void;
}

export interface PictureSource extends TableSource {
  readonly map: LibreMap;
  readonly drawing: Drawing;
  /** The element that holds names, legend and map. */
  readonly page: HTMLElement;
  readonly synthetic: boolean;
  readonly attribution: string;
  /** Who is signed in, in words; empty where nobody is. */
  readonly who: string;
}
