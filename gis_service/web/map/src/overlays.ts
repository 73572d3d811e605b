/** Layers of other portals over the colours of places: a switch for each; of the one that
 * is shown its key, whose it is, and how old. */

import type { FillLayerSpecification, Map as LibreMap, PointLike } from "maplibre-gl";
import type { Class } from "./classes";
import { el } from "./dom";
import { fills } from "./legend";
import type { Portal, Service } from "./service";
import type { Words } from "./words";

const OVER = "overlay";
/** Borders, arrows and names stay above. */
const BELOW = "districts-line";
const DEEPEST_TILES = 10;

export class Overlays {
  readonly element: HTMLElement;
  /** Whose the shown one is; it stands on the map, also where the panel is shut. */
  readonly credit = el("span", { class: "credit" });
  /** The name of the one that is shown. */
  chosen: string | null = null;
  private portals: readonly Portal[] = [];
  private readonly switches = new Map<string, HTMLInputElement>();
  private readonly rows = el("div", { class: "switches" });
  private readonly key = el("div", { class: "key" });

  constructor(
    private readonly map: LibreMap,
    private readonly words: Words,
    private readonly service: Service,
    private readonly changed: () => void,
  ) {
    this.element = el("section", { class: "legend overlays", hidden: true }, el("h2", {}, words.say("overlays")), this.rows, this.key);
  }

  /** Learns which there are, and shows one that the address names. */
  async learn(chosen: string | null, signal: AbortSignal): Promise<void> {
    this.portals = await this.service.portals(signal).catch(() => []);
    for (const portal of this.portals) this.rows.append(this.switched(portal));
    this.element.hidden = this.portals.length === 0;
    await this.choose(chosen);
  }

  /** Shows one, or none. */
  async choose(name: string | null): Promise<void> {
    const portal = this.portals.find((each) => each.name === name) ?? null;
    if (this.portals.length === 0 || this.chosen === (portal?.name ?? null)) return;
    this.chosen = portal?.name ?? null;
    for (const [each, box] of this.switches) box.checked = each === this.chosen;
    this.key.replaceChildren();
    this.credit.textContent = portal ? ` · ${this.titleOf(portal)}: ${portal.source}` : "";
    this.clear();
    this.changed();
    if (!portal) return;
    const style = await this.service.style(portal.name);
    if (this.chosen !== portal.name) return;
    this.draw(portal, style.layers);
    this.key.replaceChildren(...this.explained(portal, style.metadata["nmis:legend"]));
  }

  /** What the shown one tells of a point of the screen. */
  linesAt(at: PointLike): string[] {
    const portal = this.portals.find((each) => each.name === this.chosen);
    if (!portal || !this.map.getLayer(OVER)) return [];
    const found = this.map.queryRenderedFeatures(at, { layers: [OVER] })[0];
    if (!found) return [];
    const { name, name_hi, [portal.counts]: count } = found.properties;
    const place = this.words.name({ name, name_hi: name_hi ?? null });
    return [`${this.titleOf(portal)}, ${place}: ${this.words.number(Number(count))}`];
  }

  private switched(portal: Portal): HTMLElement {
    const box = el("input", { type: "checkbox", role: "switch" });
    box.addEventListener("change", () => {
      void this.choose(box.checked ? portal.name : null).then(() => this.key.scrollIntoView({ block: "nearest" }));
    });
    this.switches.set(portal.name, box);
    return el("label", { class: "switch" }, box, el("span", {}, this.titleOf(portal)));
  }

  private draw(portal: Portal, layers: readonly { type: string; paint?: unknown }[]): void {
    const drawn = layers.find(({ type }) => type === "fill");
    if (!drawn?.paint) return;
    this.map.addSource(OVER, {
      type: "vector",
      tiles: [this.service.tilesOf(portal)],
      maxzoom: DEEPEST_TILES,
    });
    const paint = drawn.paint as NonNullable<FillLayerSpecification["paint"]>;
    this.map.addLayer({ id: OVER, type: "fill", source: OVER, "source-layer": portal.name, paint }, BELOW);
  }

  private clear(): void {
    if (this.map.getLayer(OVER)) this.map.removeLayer(OVER);
    if (this.map.getSource(OVER)) this.map.removeSource(OVER);
  }

  private explained(portal: Portal, classes: readonly Class[]): HTMLElement[] {
    const { say, number } = this.words;
    const title = say("overlay_per", { title: this.titleOf(portal) });
    const hint = (text: string) => el("p", { class: "hint" }, text);
    return [
      fills(this.words, classes, title),
      ...this.warnings(portal),
      hint(`${this.age(portal)} ${say("overlay_districts", { n: number(portal.districts) })}`),
      hint(say("overlay_source", { source: portal.source, licence: portal.licence })),
      hint(say("overlay_covers")),
    ];
  }

  private age(portal: Portal): string {
    const { say, day } = this.words;
    const ago = this.ago(portal.age_hours);
    return portal.as_of ? say("overlay_as_of", { day: day(portal.as_of), ago }) : say("overlay_no_day", { ago });
  }

  private warnings({ stale, failing_since, refresh_hours }: Portal): HTMLElement[] {
    const { say, day, number } = this.words;
    const told: string[] = [];
    if (stale) told.push(say("overlay_stale", { hours: number(refresh_hours) }));
    if (failing_since) told.push(say("overlay_failing", { day: day(failing_since) }));
    return told.map((text) => el("p", { class: "hint warned" }, text));
  }

  private ago(hours: number): string {
    const said = new Intl.RelativeTimeFormat(`${this.words.language}-IN`);
    if (hours < 1) return said.format(-Math.max(1, Math.round(hours * 60)), "minute");
    if (hours < 48) return said.format(-Math.round(hours), "hour");
    return said.format(-Math.round(hours / 24), "day");
  }

  private titleOf({ title, title_hi }: Portal): string {
    return this.words.language === "hi" ? title_hi : title;
  }
}
