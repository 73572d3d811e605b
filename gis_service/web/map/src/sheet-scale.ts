/** A scale bar with the ground length at the latitude of the map's middle. */

import type { Area, Pen } from "./sheet-pen";
import type { Words } from "./words";

const LONGEST_PX = 130;
const BAR = { ink: "#14232f", paper: "rgb(255 255 255 / 88%)" };

/** The longest of 1, 2, 5 times a power of ten metres that fits. */
export function roundLength(metres: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(metres * most));
  const times = [5, 2, 1].find((each) => each * power <= metres * most) ?? 1;
  return times * power;
}

/** Draws it into the lower right corner of an area; `metres` per CSS pixel there. */
export function drawScale(pen: Pen, words: Words, metres: number, area: Area): void {
  const length = roundLength(metres, LONGEST_PX);
  const width = length / metres;
  const text =
    length >= 1000
      ? words.say("route_km", { km: words.number(length / 1000) })
      : words.say("sheet_metres", { m: words.number(length) });
  const x = area.x + area.width - width - 16;
  const y = area.y + area.height - 14;
  pen.box({ x: x - 8, y: y - 20, width: width + 16, height: 27 }, { fill: BAR.paper, round: 3 });
  pen.text(text, x + width / 2, y - 7, { size: 11, align: "center" });
  pen.box({ x, y: y - 2, width, height: 2 }, { fill: BAR.ink });
  pen.box({ x, y: y - 6, width: 1.5, height: 6 }, { fill: BAR.ink });
  pen.box({ x: x + width - 1.5, y: y - 6, width: 1.5, height: 6 }, { fill: BAR.ink });
}
