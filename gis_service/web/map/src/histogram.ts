/** A bar per day, in the width that there is. */

const SVG = "http://www.w3.org/2000/svg";
const GAP = 0.08;
/** So that a day with one person is not taken for one with none. */
const LEAST = 0.03;

export class Histogram {
  readonly element = document.createElementNS(SVG, "svg");
  private readonly all = document.createElementNS(SVG, "path");
  private readonly chosen = document.createElementNS(SVG, "path");

  constructor() {
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true");
    this.all.setAttribute("class", "bars");
    this.chosen.setAttribute("class", "bars chosen-days");
    this.element.append(this.all, this.chosen);
  }

  show(people: readonly number[]): void {
    this.element.setAttribute("viewBox", `0 0 ${Math.max(1, people.length)} 1`);
    const most = Math.max(1, ...people);
    const bars = people.map((n, day) => {
      const height = n > 0 ? Math.max(LEAST, n / most) : 0;
      return `M${day + GAP} 1v${-height}h${1 - 2 * GAP}v${height}z`;
    });
    this.all.setAttribute("d", bars.join(""));
    this.bars = bars;
  }

  /** Colours the bars of days `from` to `to`, counted from the first. */
  choose(from: number, to: number): void {
    this.chosen.setAttribute("d", this.bars.slice(from, to + 1).join(""));
  }

  private bars: readonly string[] = [];
}
