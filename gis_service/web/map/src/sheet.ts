/** One sheet with the map, its title, key, scale, sources, and whether it is made up:
 * drawn once onto a canvas, for the picture and for paper. */

import { disclosed, filtersOf, type Shown, titleOf, windowOf } from "./export-words";
import { drawKey, keyOf } from "./sheet-key";
import { drawList, LIST_WIDTH } from "./sheet-list";
import { drawMap, type MapPicture, mapPicture } from "./sheet-map";
import { type Area, Pen, type Written } from "./sheet-pen";
import { drawScale } from "./sheet-scale";
import type { PictureSource } from "./table-source";

export interface Sheet {
  canvas: HTMLCanvasElement;
  /** CSS pixels. */
  width: number;
  height: number;
  title: string;
  /** What the sheet says besides its title, one sentence each. */
  lines: readonly string[];
  written: readonly Written[];
}

/** Paper has a size and the map fits in; a picture is as large as the map needs. */
export type Paper = { width: number; height: number } | null;

const MARGIN = 28;
const GAP = 22;
const KEY_WIDTH = 268;
/** Narrower maps have their key below. */
const WIDE = 620;
const NARROWEST = 340;
const MARK = { fill: "#fff3d1", line: "#d9b95c", ink: "#4d3800" };

interface Told {
  title: string;
  window: string;
  filters: string;
  counts: readonly string[];
  foot: readonly string[];
  synthetic: { mark: string; sentence: string } | null;
}

interface Plan {
  width: number;
  height: number;
  map: Area;
  key: { x: number; y: number; width: number };
  /** Room that the map and the key leave on paper, where it is worth using. */
  list: Area | null;
  foot: number;
}

export async function sheetOf(source: PictureSource, shown: Shown, { paper, ratio }: { paper: Paper; ratio: number }): Promise<Sheet> {
  const { page } = source;
  const picture = await mapPicture(source, Math.max(2, ratio));
  const told = toldOf(source, shown);
  const parts = keyOf(page);
  const plan = planned(measuring(), told, parts, picture, paper);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(plan.width * ratio);
  canvas.height = Math.round(plan.height * ratio);
  const on = context(canvas);
  on.scale(ratio, ratio);
  const pen = new Pen(on);
  pen.box({ x: 0, y: 0, width: plan.width, height: plan.height }, { fill: "#fff" });
  drawHead(pen, told, plan.width);
  drawMap(pen, picture, plan.map);
  if (told.synthetic) drawMark(pen, told.synthetic.mark, plan.map);
  drawScale(pen, source.words, (picture.metres * picture.width) / plan.map.width, plan.map);
  drawKey(pen, parts, plan.key);
  if (plan.list) drawList(pen, source, shown, plan.list);
  drawFoot(pen, told, { x: MARGIN, y: plan.foot, width: plan.width - 2 * MARGIN });
  const lines = [told.window, told.filters, ...told.counts, ...told.foot].filter(Boolean);
  return { canvas, width: plan.width, height: plan.height, title: told.title, lines, written: pen.written };
}

function toldOf(source: PictureSource, shown: Shown): Told {
  const { words, synthetic } = source;
  const { unit } = shown.asked;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Kolkata" }).format(new Date());
  const made = words.say("sheet_made", { date: words.day(today), version: String(shown.answer.version) });
  const from = words.say("sheet_source", { product: words.say("product") });
  // Whose the layer of another portal is, if one is shown.
  const credit = source.page.querySelector(".map-attribution .credit")?.textContent ?? "";
  return {
    title: titleOf(words, shown),
    window: windowOf(words, shown),
    filters: filtersOf(words, shown, unit === null ? null : source.nameOf(unit)).join(" · "),
    counts: disclosed(words, shown),
    foot: [
      [from, source.attribution + credit].join(" "),
      [made, source.who].filter(Boolean).join(" "),
      ...(synthetic ? [words.say("synthetic")] : []),
    ],
    synthetic: synthetic ? { mark: words.say("synthetic_mark"), sentence: words.say("synthetic") } : null,
  };
}

/** Finds where everything goes: head above, key beside or below, foot at the end. */
function planned(pen: Pen, told: Told, parts: ReturnType<typeof keyOf>, picture: MapPicture, paper: Paper): Plan {
  const beside = paper !== null || picture.width >= WIDE;
  const width = paper?.width ?? 2 * MARGIN + (beside ? picture.width + GAP + KEY_WIDTH : Math.max(picture.width, NARROWEST));
  const inner = width - 2 * MARGIN;
  const y = drawHead(pen, told, width);
  const footHeight = drawFoot(pen, told, { x: MARGIN, y: 0, width: inner });
  const keyWidth = beside ? KEY_WIDTH : inner;
  const keyHeight = drawKey(pen, parts, { x: MARGIN, y: 0, width: keyWidth });
  const room = paper
    ? { width: inner - GAP - KEY_WIDTH, height: paper.height - y - GAP - footHeight - MARGIN }
    : { width: picture.width, height: picture.height };
  const times = Math.min(room.width / picture.width, room.height / picture.height);
  const map = { x: MARGIN, y, width: picture.width * times, height: picture.height * times };
  const below = map.y + map.height + GAP;
  const key = beside
    ? { x: map.x + map.width + GAP, y, width: KEY_WIDTH }
    : { x: MARGIN, y: below, width: inner };
  const foot = paper
    ? paper.height - MARGIN - footHeight
    : Math.max(beside ? below : below + keyHeight, beside ? y + keyHeight : 0);
  return { width, height: paper?.height ?? foot + footHeight + MARGIN, map, key, list: listed(paper, map, key), foot };
}

/** Beside the key, as high as the map: on paper only, where a high map leaves it empty. */
function listed(paper: Paper, map: Area, key: Plan["key"]): Area | null {
  if (!paper) return null;
  const x = key.x + key.width + GAP;
  const width = Math.min(paper.width - MARGIN - x, 1.6 * LIST_WIDTH);
  return width < LIST_WIDTH ? null : { x, y: key.y, width, height: map.height };
}

function drawHead(pen: Pen, told: Told, width: number): number {
  const at = (y: number) => ({ x: MARGIN, y, width: width - 2 * MARGIN });
  let y = pen.paragraph(told.title, at(MARGIN - 4), { size: 23, weight: 650 });
  const window = [told.window, told.filters].filter(Boolean).join(" · ");
  y = pen.paragraph(window, at(y + 1), { size: 15, weight: 600 });
  y = pen.paragraph(told.counts.join(" "), at(y + 2), { size: 12.5, colour: "#475764" });
  return y + 10;
}

function drawFoot(pen: Pen, told: Told, at: { x: number; y: number; width: number }): number {
  let { y } = at;
  for (const line of told.foot) {
    y = pen.paragraph(line, { ...at, y }, { size: 11, colour: line === told.synthetic?.sentence ? MARK.ink : "#475764" });
  }
  return y;
}

/** On the map itself, so that a part cut out of the picture still says it; in the corner
 * where there is sea, not over the country's north. */
function drawMark(pen: Pen, text: string, { x, y: top, height }: Area): void {
  const hand = { size: 15, weight: 700, colour: MARK.ink };
  const width = pen.width(text, hand) + 24;
  const y = top + height - 43;
  pen.box({ x: x + 12, y, width, height: 31 }, { fill: MARK.fill, line: MARK.line, round: 4 });
  pen.text(text, x + 24, y + 21, hand);
}

function measuring(): Pen {
  return new Pen(context(document.createElement("canvas")));
}

function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = canvas.getContext("2d");
  if (!found) throw new Error("this browser gives no canvas");
  return found;
}
