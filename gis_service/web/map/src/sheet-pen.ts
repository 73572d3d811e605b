/** Draws text and shapes in CSS pixels, and keeps what it wrote for readers of text. */

export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A written line: where its baseline begins, in CSS pixels. */
export interface Written {
  text: string;
  x: number;
  y: number;
  size: number;
}

export interface Hand {
  size: number;
  weight?: number;
  colour?: string;
  align?: CanvasTextAlign;
  /** Width of a white edge around the letters. */
  halo?: number;
}

const FAMILY = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Devanagari", sans-serif';
const INK = "#14232f";
/** From one baseline to the next, as a share of the size; Devanagari needs the room. */
const LEADING = 1.42;

export class Pen {
  readonly written: Written[] = [];

  constructor(private readonly on: CanvasRenderingContext2D) {}

  text(text: string, x: number, y: number, hand: Hand): void {
    const { on } = this;
    this.take(hand);
    on.textAlign = hand.align ?? "left";
    if (hand.halo) {
      on.strokeStyle = "rgb(255 255 255 / 92%)";
      on.lineWidth = hand.halo;
      on.lineJoin = "round";
      on.strokeText(text, x, y);
    }
    on.fillStyle = hand.colour ?? INK;
    on.fillText(text, x, y);
    const width = on.measureText(text).width;
    const left = hand.align === "center" ? x - width / 2 : hand.align === "right" ? x - width : x;
    this.written.push({ text, x: left, y, size: hand.size });
  }

  width(text: string, hand: Hand): number {
    this.take(hand);
    return this.on.measureText(text).width;
  }

  /** Writes lines no wider than `width` from `y` down; gives where the next may begin. */
  paragraph(text: string, at: { x: number; y: number; width: number }, hand: Hand): number {
    let y = at.y;
    for (const line of this.broken(text, at.width, hand)) {
      this.text(line, at.x, y + hand.size, hand);
      y += hand.size * LEADING;
    }
    return y;
  }

  private broken(text: string, width: number, hand: Hand): string[] {
    const lines: string[] = [];
    for (const word of text.split(" ")) {
      const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
      if (lines.length && this.width(longer, hand) <= width) lines[lines.length - 1] = longer;
      else lines.push(word);
    }
    return lines;
  }

  box({ x, y, width, height }: Area, { fill, line, round = 0 }: { fill?: string; line?: string; round?: number }): void {
    const { on } = this;
    on.beginPath();
    on.roundRect(x, y, width, height, round);
    if (fill) {
      on.fillStyle = fill;
      on.fill();
    }
    if (line) {
      on.strokeStyle = line;
      on.lineWidth = 1;
      on.stroke();
    }
  }

  picture(image: CanvasImageSource, { x, y, width, height }: Area): void {
    this.on.drawImage(image, x, y, width, height);
  }

  /** Whatever `draw` does stays within an area. */
  within({ x, y, width, height }: Area, draw: () => void): void {
    this.on.save();
    this.on.beginPath();
    this.on.rect(x, y, width, height);
    this.on.clip();
    draw();
    this.on.restore();
  }

  private take({ size, weight = 400 }: Hand): void {
    this.on.font = `${weight} ${size}px ${FAMILY}`;
  }
}
