/** Draws arrows and groups of districts, in classes; a change is coloured by its sign. */

import type { Arc, Point } from "./arcs";
import type { Circle } from "./circles";
import { type Class, FEWER, INBOUND, MORE, OUTBOUND, shade } from "./classes";
import type { View } from "./view";

export interface Flows {
  readonly arcs: readonly Arc[];
  readonly circles: readonly Circle[];
  readonly classes: readonly Class[];
  /** Whether counts are differences. */
  readonly changes: boolean;
}

/** How an arrow looks at a zoom. */
export interface Look {
  readonly colour: string;
  readonly opacity: number;
  readonly width: number;
  /** Of the light rim, for flows that stand out; 0 for others. */
  readonly rim: number;
  /** Length of the head. */
  readonly head: number;
}

type Pen = CanvasRenderingContext2D;

/** Flows this opaque stand out. */
const STRONG = 0.9;
const RIM = { colour: "#fffdf7", opacity: 0.55 };
/** Sizes are given for these zooms; between them they grow evenly. */
const [FAR, NEAR] = [3, 7];
/** Length of a head of size 1, in pixels, and its outline along and across the way. */
const HEAD_PX = 48;
const HEAD = { side: [0.86, 0.38], notch: 0.66 } as const;
const CIRCLE = { line: "#12506b", opacity: 0.75, more: "#74abd6", fewer: "#e8a76d", plain: "#7fb0c4" };

export function drawFlows(pen: Pen, flows: Flows, view: View): void {
  const looks = looksOf(flows, view.zoom);
  pen.lineCap = "round";
  for (const circle of flows.circles) drawCircle(pen, circle, view);
  const seen = flows.arcs.map((arc) => ({ arc, look: looks(arc), on: placed(arc, view) }));
  pen.strokeStyle = RIM.colour;
  pen.globalAlpha = RIM.opacity;
  for (const { look, on } of seen) if (look.rim) stroke(pen, on, look.rim);
  for (const { look, on } of seen) {
    pen.strokeStyle = look.colour;
    pen.globalAlpha = look.opacity;
    stroke(pen, on, look.width);
  }
  for (const { look, on } of seen) {
    pen.fillStyle = look.colour;
    pen.globalAlpha = look.opacity;
    head(pen, on, look.head);
  }
  pen.globalAlpha = 1;
}

/** Start, control point and tip on the screen. */
export function placed({ from, control, to }: Arc, { at }: View): [Point, Point, Point] {
  return [at(from), at(control), at(to)];
}

/** How each arc looks; those of one class and colour share one look. */
export function looksOf({ classes, changes }: Flows, zoom: number): (arc: Arc) => Look {
  const near = Math.max(0, Math.min(1, (zoom - FAR) / (NEAR - FAR)));
  const grown = (far: number, close: number) => far + (close - far) * near;
  const sizes = classes.map(({ width, opacity }) => ({
    opacity,
    width: grown(width * 0.65, width * 1.2),
    head: HEAD_PX * grown(0.07 + width * 0.062, 0.16 + width * 0.09),
    rim: opacity >= STRONG ? grown(width * 0.7 + 1.4, width * 1.2 + 2) : 0,
  }));
  const tinted = (tint: (each: Class, index: number) => string): Look[] =>
    classes.map((each, index) => ({ ...(sizes[index] as Omit<Look, "colour">), colour: tint(each, index) }));
  const ramp = (colours: readonly string[]) => tinted((_, index) => shade(colours, index, classes.length));
  const signed = { more: ramp(MORE), fewer: ramp(FEWER) };
  const ways = { in: tinted(() => INBOUND), out: tinted(() => OUTBOUND), any: tinted((each) => each.colour) };
  return ({ edge, way }) => {
    const looks = changes ? signed[edge.n < 0 ? "fewer" : "more"] : ways[way];
    const index = classes.findLastIndex(({ above }) => Math.abs(edge.n) >= above);
    return looks[Math.max(0, index)] as Look;
  };
}

/** A circle's radius, in pixels. */
export function radius({ size }: Circle): number {
  return 2.5 + 17 * size;
}

function drawCircle(pen: Pen, circle: Circle, { at }: View): void {
  const [x, y] = at(circle.at);
  pen.beginPath();
  pen.arc(x, y, radius(circle), 0, 2 * Math.PI);
  pen.fillStyle = circle.sign > 0 ? CIRCLE.more : circle.sign < 0 ? CIRCLE.fewer : CIRCLE.plain;
  pen.globalAlpha = CIRCLE.opacity;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = CIRCLE.line;
  pen.lineWidth = 1;
  pen.stroke();
}

function stroke(pen: Pen, [from, control, to]: readonly Point[], width: number): void {
  if (!from || !control || !to) return;
  pen.lineWidth = width;
  pen.beginPath();
  pen.moveTo(from[0], from[1]);
  pen.quadraticCurveTo(control[0], control[1], to[0], to[1]);
  pen.stroke();
}

/** A head whose tip is the curve's end, along the curve's last piece. */
function head(pen: Pen, [, control, to]: readonly Point[], length: number): void {
  if (!control || !to) return;
  const far = Math.hypot(to[0] - control[0], to[1] - control[1]) || 1;
  const [x, y] = [((to[0] - control[0]) / far) * length, ((to[1] - control[1]) / far) * length];
  const [along, across] = HEAD.side;
  pen.beginPath();
  pen.moveTo(to[0], to[1]);
  pen.lineTo(to[0] - x * along - y * across, to[1] - y * along + x * across);
  pen.lineTo(to[0] - x * HEAD.notch, to[1] - y * HEAD.notch);
  pen.lineTo(to[0] - x * along + y * across, to[1] - y * along - x * across);
  pen.closePath();
  pen.fill();
}
