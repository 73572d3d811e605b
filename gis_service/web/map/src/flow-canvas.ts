/** Arrows and groups of districts over the map; they follow it as it moves. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Arc, Point } from "./arcs";
import type { Circle } from "./circles";
import { drawFlows, type Flows, looksOf, placed, radius } from "./flow-pen";
import { Layer } from "./layer";
import { type View, viewOf } from "./view";

const NOTHING: Flows = { arcs: [], circles: [], classes: [], changes: false };
/** Pieces that a curve is looked at in when it is pointed at. */
const PIECES = 24;

export class FlowCanvas {
  private readonly layer: Layer;
  private flows = NOTHING;

  constructor(private readonly map: LibreMap) {
    this.layer = new Layer(map, "flows");
    map.getCanvasContainer().append(this.layer.canvas);
    map.on("resize", () => this.draw());
    map.on("move", () => this.draw());
  }

  show(flows: Flows): void {
    this.flows = flows;
    this.draw();
  }

  /** Draws what is shown on another picture of the same view. */
  drawOn(pen: CanvasRenderingContext2D, ratio: number): void {
    pen.save();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawFlows(pen, this.flows, viewOf(this.map));
    pen.restore();
  }

  /** Arcs and circles with a part in view. */
  get seen(): { arcs: Arc[]; circles: Circle[] } {
    const view = viewOf(this.map);
    const { arcs, circles } = this.flows;
    return {
      arcs: arcs.filter((arc) => pieces(arc, view).some((at) => within(at, view))),
      circles: circles.filter(({ at }) => within(view.at(at), view)),
    };
  }

  /** The uppermost arc within so many pixels of a point. */
  arcAt(point: { x: number; y: number }, reach: number): Arc | null {
    const view = viewOf(this.map);
    const looks = looksOf(this.flows, view.zoom);
    const near = (arc: Arc) => distance(point, pieces(arc, view)) <= reach + looks(arc).width / 2;
    return this.flows.arcs.findLast((arc) => mayTouch(point, arc, view, reach) && near(arc)) ?? null;
  }

  circleAt({ x, y }: { x: number; y: number }): Circle | null {
    const view = viewOf(this.map);
    const on = (circle: Circle) => {
      const at = view.at(circle.at);
      return Math.hypot(at[0] - x, at[1] - y) <= radius(circle);
    };
    return this.flows.circles.findLast(on) ?? null;
  }

  private draw(): void {
    this.layer.fit();
    const { canvas, context, ratio } = this.layer;
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.drawOn(context, ratio);
  }
}

/** Points along an arc, on the screen. */
function pieces(arc: Arc, view: View): Point[] {
  const [a, b, c] = placed(arc, view);
  return Array.from({ length: PIECES + 1 }, (_, piece) => {
    const t = piece / PIECES;
    const [p, q, r] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [p * a[0] + q * b[0] + r * c[0], p * a[1] + q * b[1] + r * c[1]];
  });
}

/** A curve lies within the box of its three points. */
function mayTouch({ x, y }: { x: number; y: number }, arc: Arc, view: View, reach: number): boolean {
  const corners = placed(arc, view);
  const over = reach + 12;
  const spans = (axis: 0 | 1, at: number) => {
    const all = corners.map((corner) => corner[axis]);
    return at >= Math.min(...all) - over && at <= Math.max(...all) + over;
  };
  return spans(0, x) && spans(1, y);
}

/** From a point to a line of pieces, in pixels. */
function distance({ x, y }: { x: number; y: number }, line: readonly Point[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let piece = 1; piece < line.length; piece++) {
    const [ax, ay] = line[piece - 1] as Point;
    const [bx, by] = line[piece] as Point;
    const [dx, dy] = [bx - ax, by - ay];
    const t = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
    const on = Math.max(0, Math.min(1, t));
    least = Math.min(least, Math.hypot(x - ax - on * dx, y - ay - on * dy));
  }
  return least;
}

function within([x, y]: Point, { width, height }: View): boolean {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}
