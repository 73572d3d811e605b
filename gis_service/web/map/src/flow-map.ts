/** `<nmis-flow-map base="" lang="en" sign-in="/sign-in">`: flows between places. */

import { type MapMouseEvent, Map as LibreMap, NavigationControl, ScaleControl } from "maplibre-gl";
import type { Answer, Level, Node } from "./answer";
import { arrowHead, style } from "./background";
import { type Classes, classesOf } from "./classes";
import { clamped } from "./days";
import { el } from "./dom";
import { Labels } from "./labels";
import { outline, paintFlows, paintPlaces } from "./paint";
import { Panel } from "./panel";
import { Places } from "./places";
import { hashOf, type Question, questionOf, viewOf } from "./question";
import { selection, wayLinks } from "./selection";
import { Refused, Service } from "./service";
import { Tooltip } from "./tooltip";
import { type Words, wordsIn } from "./words";

/** India with its islands, as the Survey of India draws it. */
const INDIA: [[number, number], [number, number]] = [
  [68.1, 6.6],
  [97.5, 37.1],
];
const AROUND: [[number, number], [number, number]] = [
  [48, -6],
  [118, 46],
];
/** A slider moved fast asks once per pause of this length. */
const PAUSE_MS = 70;
const HIT_PX = 4;

declare global {
  interface Window {
    nmisMap?: LibreMap;
  }
}

export class FlowMap extends HTMLElement {
  private words!: Words;
  private classes!: Classes;
  private service!: Service;
  private map!: LibreMap;
  private panel!: Panel;
  private labels!: Labels;
  private asked!: Question;
  private answer: Answer | null = null;
  private readonly places = new Places();
  private readonly tooltip = new Tooltip();
  private asking = new AbortController();
  private timer = 0;
  private note = "";

  connectedCallback(): void {
    if (this.map) return;
    this.words = wordsIn(this.getAttribute("lang") === "hi" ? "hi" : "en");
    this.classes = classesOf(this.getAttribute("classes"));
    this.service = new Service(this.getAttribute("base") ?? "");
    this.asked = questionOf(window.location.hash);
    const who = this.getAttribute("who") ?? "";
    this.panel = new Panel(this.words, this.classes, this.asked, who, (part) => this.ask(part));
    this.mapped();
    window.addEventListener("hashchange", () => this.followHash());
  }

  private mapped(): void {
    const frame = el("div", { class: "map-frame" });
    const canvas = el("div", { class: "map-canvas" });
    const attribution = el("p", { class: "map-attribution" }, this.getAttribute("attribution") ?? "");
    frame.append(canvas, attribution, this.tooltip.element);
    this.replaceChildren(frame, this.panel.element);
    const view = viewOf(window.location.hash);
    this.map = new LibreMap({
      container: canvas,
      style: style(this.service, this.classes.flows),
      attributionControl: false,
      maxBounds: AROUND,
      minZoom: 2.5,
      maxZoom: 12,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      locale: { "Map.Title": this.words.say("map") },
      ...(view
        ? { center: [view.lon, view.lat], zoom: view.zoom }
        : { bounds: INDIA, fitBoundsOptions: { padding: 24 } }),
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
    this.labels = new Labels(this.map, this.words);
    this.map.on("load", () => this.ready());
    window.nmisMap = this.map;
  }

  private ready(): void {
    this.map.addImage("arrow-head", arrowHead(), { sdf: true });
    this.map.on("mousemove", (event) => this.pointed(event));
    this.map.on("mouseout", () => this.unpointed());
    this.map.on("click", (event) => this.clicked(event));
    this.map.on("moveend", () => this.remember());
    this.map.on("idle", () => {
      if (!this.places.learnTiles(this.map)) return;
      this.labels.show(this.places.all());
      this.paintPlaces();
    });
    void this.begin();
  }

  /** Asks for the days there are, then for the flows. */
  private async begin(): Promise<void> {
    this.panel.tell(this.words.say("loading"), "busy");
    try {
      const days = await this.service.days(this.asking.signal);
      if (days) {
        const { first, last } = days;
        const from = clamped(this.asked.from, first, last) ?? first;
        const to = clamped(this.asked.to, first, last) ?? last;
        this.panel.slider.span(first, last, from, to);
      }
      this.panel.slider.element.hidden = !days;
      this.note = days ? "" : this.words.say("no_data");
      await this.load();
    } catch (error) {
      this.failed(error);
    }
  }

  private ask(part: Partial<Question>): void {
    this.asked = { ...this.asked, ...part };
    this.note = "";
    this.panel.follow(this.asked);
    this.remember();
    if ("measure" in part && Object.keys(part).length === 1) {
      this.paintPlaces();
      return;
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.load(), PAUSE_MS);
  }

  private async load(): Promise<void> {
    this.asking.abort();
    this.asking = new AbortController();
    const asked = this.asked;
    this.setAttribute("aria-busy", "true");
    try {
      const answer = await this.service.flows(asked, this.asking.signal);
      this.shown(answer, asked);
    } catch (error) {
      this.failed(error);
    } finally {
      if (asked === this.asked) this.removeAttribute("aria-busy");
    }
  }

  private shown(answer: Answer, asked: Question): void {
    this.answer = answer;
    this.places.learn(answer, asked.level);
    this.tooltip.hide();
    paintFlows(this.map, answer, this.places.nodes, asked.unit);
    this.paintPlaces();
    outline(this.map, "selected", asked.level, asked.unit);
    this.labels.show(this.places.all());
    this.panel.count(answer);
    this.panel.tell(this.note, "note");
    if (asked.unit !== null) this.describe(asked.unit, answer);
  }

  private paintPlaces(): void {
    if (!this.answer) return;
    const { level } = this.asked;
    const peopleOf = (code: number) => this.places.peopleOf(level, code);
    paintPlaces(this.map, this.answer, this.asked, this.classes, peopleOf);
  }

  private describe(unit: number, answer: Answer): void {
    const { level } = this.asked;
    const known = this.places.find(level, unit);
    const place = known ?? { name: String(unit), name_hi: null };
    const state = level === "district" && known ? this.places.find("state", known.state_code) : null;
    const body = selection(this.words, unit, answer, this.places.nodes, { ...place, state });
    this.panel.choose(body);
    if (level === "district") void this.addWays(body);
  }

  /** Adds links to the ways of a chosen district; without them the rest still stands. */
  private async addWays(body: HTMLElement): Promise<void> {
    try {
      const ways = await this.service.ways(this.asked, this.asking.signal);
      const links = wayLinks(
        this.words,
        ways,
        (code) => this.nameOf(code),
        (way) => this.service.page(way),
      );
      body.append(...links);
    } catch (error) {
      if (!(error instanceof Refused)) this.failed(error);
    }
  }

  /** Says in words what went wrong, and what to do about it. */
  private failed(error: unknown): void {
    if (error instanceof DOMException && error.name === "AbortError") return;
    const { say } = this.words;
    if (error instanceof Refused && error.status === 401) {
      const here = window.location.pathname + window.location.hash;
      const href = `${this.getAttribute("sign-in")}?next=${encodeURIComponent(here)}`;
      this.panel.tell(say("sign_in_needed"), "note", el("a", { href, class: "button" }, say("sign_in")));
      this.panel.open();
      return;
    }
    if (error instanceof Refused && error.status === 403 && this.asked.level === "district") {
      this.ask({ level: "state", unit: null, direction: "both" });
      this.note = `${say("states_only")} ${error.message}`;
      return;
    }
    const again = el("button", { type: "button", class: "button" }, say("try_again"));
    again.addEventListener("click", () => void (this.answer ? this.load() : this.begin()));
    const text = error instanceof Refused ? error.message : say("offline");
    const retry = error instanceof Refused && error.status === 403 ? [] : [again];
    this.panel.tell(text, "error", ...retry);
    this.panel.open();
  }

  private pointed(event: MapMouseEvent): void {
    const { x, y } = event.point;
    const flow = this.map.queryRenderedFeatures(
      [
        [x - HIT_PX, y - HIT_PX],
        [x + HIT_PX, y + HIT_PX],
      ],
      { layers: ["flows-line"] },
    )[0];
    const code = this.unitAt(event);
    outline(this.map, "hovered", this.asked.level, flow ? null : code);
    this.map.getCanvas().style.cursor = code === null ? "" : "pointer";
    if (flow) {
      const { origin, destination, n } = flow.properties as { origin: number; destination: number; n: number };
      this.tooltip.show({ x, y }, `${this.nameOf(origin)} → ${this.nameOf(destination)}`, [this.people(n)]);
    } else if (code !== null) {
      this.tooltip.show({ x, y }, this.nameOf(code), this.linesOf(this.places.nodes.get(code)));
    } else {
      this.tooltip.hide();
    }
  }

  private unpointed(): void {
    this.tooltip.hide();
    outline(this.map, "hovered", this.asked.level, null);
  }

  private clicked(event: MapMouseEvent): void {
    const code = this.unitAt(event);
    if (code === null || code === this.asked.unit) {
      if (this.asked.unit !== null) this.ask({ unit: null, direction: "both" });
      return;
    }
    this.ask({ unit: code });
    this.panel.open();
  }

  private unitAt(event: MapMouseEvent): number | null {
    const layer = this.asked.level === "state" ? "states-fill" : "districts-fill";
    const found = this.map.queryRenderedFeatures(event.point, { layers: [layer] })[0];
    return typeof found?.id === "number" ? found.id : null;
  }

  private nameOf(code: number): string {
    const level: Level = this.asked.level;
    const place = this.places.find(level, code);
    return place ? this.words.name(place) : String(code);
  }

  private linesOf(node: Node | undefined): string[] {
    if (!node || this.asked.unit !== null) return [];
    const { say, number } = this.words;
    return [`${say("arriving")}: ${number(node.in)}`, `${say("leaving")}: ${number(node.out)}`];
  }

  private people(n: number): string {
    return this.words.say("people", { n: this.words.number(n) });
  }

  private remember(): void {
    const { lng, lat } = this.map.getCenter();
    const hash = hashOf(this.asked, { zoom: this.map.getZoom(), lat, lon: lng });
    window.history.replaceState(null, "", hash);
  }

  private followHash(): void {
    this.asked = questionOf(window.location.hash);
    const view = viewOf(window.location.hash);
    if (view) this.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
    this.panel.follow(this.asked);
    void this.begin();
  }
}
