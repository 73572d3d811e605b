/** `<nmis-flow-map base="" lang="en" sign-in="/sign-in">`: flows between places. */

import type { Map as LibreMap } from "maplibre-gl";
import { Address } from "./address";
import type { Answer, Period } from "./answer";
import { Calendar } from "./calendar";
import { Chosen } from "./chosen";
import { type Classes, classesOf } from "./classes";
import { clamped } from "./days";
import { el } from "./dom";
import { Drawing } from "./drawing";
import { handouts } from "./export";
import { Film } from "./film";
import { framed } from "./frame";
import { hashOf, overlayOf, questionOf, viewOf } from "./hash";
import { mapMade } from "./map-made";
import { Newest } from "./newest";
import { Overlays } from "./overlays";
import { Panel } from "./panel";
import { Places } from "./places";
import { Pointer } from "./pointer";
import type { Question } from "./question";
import { Scale } from "./scale";
import { Refused, Service } from "./service";
import { permitted, type Told, toldOf } from "./told";
import { tell } from "./trouble";
import { type Words, wordsIn } from "./words";

declare global {
  interface Window {
    nmisMap?: LibreMap;
  }
}

/** What the picture is made of, for those who make something else of it. */
export interface Picture {
  readonly asked: Question;
  readonly answer: Answer | null;
  readonly places: Places;
  readonly classes: Classes;
  readonly words: Words;
  readonly map: LibreMap;
  readonly drawing: Drawing;
  readonly attribution: string;
  readonly period: Period | null;
}

/** Fires `nmis-shown` on itself when an answer is drawn. */
export class FlowMap extends HTMLElement {
  private words!: Words;
  private service!: Service;
  private map!: LibreMap;
  private panel!: Panel;
  private drawing!: Drawing;
  private pointer!: Pointer;
  private overlays!: Overlays;
  private chosen!: Chosen;
  private calendar!: Calendar;
  private scale!: Scale;
  private film!: Film;
  private asked!: Question;
  private told: Told = "";
  private readonly places = new Places();
  private readonly newest = new Newest(() => this.load());
  private readonly leaving = new AbortController();
  private readonly address = new Address(() => {
    const { lng, lat } = this.map.getCenter();
    return hashOf(this.asked, { zoom: this.map.getZoom(), lat, lon: lng }, this.overlays.chosen);
  });
  private zoom = 0;
  private note = "";

  get picture(): Picture {
    const { asked, places, words, map, drawing } = this;
    const { answer, classes } = drawing;
    const period = this.calendar.period(asked);
    const attribution = this.getAttribute("attribution") ?? "";
    return { asked, answer, places, classes, words, map, drawing, attribution, period };
  }

  /** Answers of the film now or last played that were shown, and that were not. */
  get steps(): { shown: number; dropped: number } {
    return this.film.steps;
  }

  connectedCallback(): void {
    if (this.map) return;
    this.words = wordsIn(this.getAttribute("lang") === "hi" ? "hi" : "en");
    this.service = new Service(this.getAttribute("base") ?? "");
    this.calendar = new Calendar(this.service);
    this.told = toldOf(this.getAttribute("told"));
    this.asked = permitted(questionOf(window.location.hash), this.told);
    const reader = { who: this.getAttribute("who") ?? "", told: this.told };
    this.panel = new Panel(this.words, this.asked, reader, {
      change: (part) => this.ask(part),
      play: () => this.film.toggle(),
      lock: (on) => this.ask({ lock: on ? this.calendar.period(this.asked) : null }),
    });
    this.mapped();
    this.film = new Film(this, this.panel, this.calendar, {
      words: this.words,
      asked: () => this.asked,
      flows: (asked, signal) => this.service.flows(asked, this.zoom, signal),
      show: (asked, answer) => this.followed(asked, answer),
      settle: (part) => this.ask(part),
      failed: (error) => this.failed(error),
    });
    window.addEventListener("hashchange", () => this.followHash());
  }

  private mapped(): void {
    const frame = el("div", { class: "map-frame" });
    const canvas = el("div", { class: "map-canvas" });
    const attribution = el("p", { class: "map-attribution" }, this.getAttribute("attribution") ?? "");
    frame.append(canvas, attribution);
    this.replaceChildren(frame, this.panel.element);
    const classes = classesOf(this.getAttribute("classes"));
    this.scale = new Scale(classes.flows);
    const view = viewOf(window.location.hash);
    this.map = mapMade(canvas, { service: this.service, view, title: this.words.say("map") });
    this.zoom = Math.round(this.map.getZoom());
    this.drawing = new Drawing(this.map, this.words, this.places, classes);
    this.overlays = new Overlays(this.map, this.words, this.service, () => this.remember());
    this.panel.add(this.overlays.element);
    attribution.append(this.overlays.credit);
    this.map.on("load", () => this.ready(frame));
    this.panel.slot.append(handouts(this, (unit) => this.choose(unit)));
    window.nmisMap = this.map;
  }

  private ready(frame: HTMLElement): void {
    this.pointer = new Pointer(this.map, this.drawing.flows, this.words, this.places, () => ({ asked: this.asked, answer: this.drawing.answer }), (code) => this.choose(code), (at) => this.overlays.linesAt(at));
    frame.append(this.pointer.element);
    void this.overlays.learn(overlayOf(window.location.hash), this.leaving.signal);
    const nameOf = (code: number) => this.pointer.nameOf(code);
    this.chosen = new Chosen(this.panel, this.words, this.places, this.service, nameOf);
    this.map.on("moveend", () => this.moved());
    this.map.on("idle", () => this.drawing.learn(this.asked));
    this.panel.tell(this.words.say("loading"), "busy");
    void this.newest.run();
  }

  private ask(part: Partial<Question>): void {
    this.film.stop();
    this.asked = { ...this.asked, ...part };
    this.note = "";
    const known = "measure" in part && Object.keys(part).length === 1;
    // The service is asked first; the panel follows while the answer is on its way.
    if (!known) void this.newest.run();
    this.panel.follow(this.asked);
    this.remember();
    if (!known) return;
    this.drawing.fill(this.asked);
    this.explain(this.asked);
  }

  /** Asks for the days there are, where they are not known, and for the flows. */
  private async load(): Promise<void> {
    this.setAttribute("aria-busy", "true");
    try {
      const { signal } = this.leaving;
      if (!this.calendar.knows(this.asked) && (await this.calendar.learn(this.asked, signal))) this.spanned();
      const asked = this.asked;
      const answer = await this.service.flows(asked, this.zoom, signal);
      if (asked.level !== this.asked.level || asked.unit !== this.asked.unit) return;
      await this.shown(answer, asked);
    } catch (error) {
      this.failed(error);
    } finally {
      this.removeAttribute("aria-busy");
    }
  }

  /** Puts a window that the address gave within the days there are. */
  private spanned(): void {
    const { span, days } = this.calendar;
    const { timeline } = this.panel;
    timeline.element.hidden = !span;
    this.note = span ? this.note : this.words.say("no_data");
    if (!span) return;
    timeline.fill(span, days ?? { first: span.from, version: 0, people: [] });
    this.asked = {
      ...this.asked,
      from: clamped(this.asked.from, span) ?? span.from,
      to: clamped(this.asked.to, span) ?? span.to,
    };
    timeline.follow(this.asked);
  }

  /** Shows an answer: it is drawn, and on the screen with the browser's next frame. */
  private async shown(answer: Answer, asked: Question): Promise<void> {
    const ask = (other: Question) => this.service.flows(other, this.zoom, this.leaving.signal);
    const flows = await this.scale.classes(asked, answer, this.zoom, ask);
    this.pointer.hide();
    this.drawing.show(asked, answer, flows);
    this.panel.count(answer, this.calendar.compared(asked));
    this.panel.tell(this.note, "note");
    this.explain(asked);
    this.describe(asked, answer);
    if (!this.film.running && this.calendar.outrun(answer)) void this.newest.run();
    this.dispatchEvent(new CustomEvent("nmis-shown", { detail: { asked, answer } }));
  }

  /** Shows one step of the film; its window becomes the asked one. */
  private followed(asked: Question, answer: Answer): Promise<boolean> {
    this.asked = asked;
    this.panel.timeline.follow(asked);
    return this.shown(answer, asked).then(framed);
  }

  private explain(asked: Question): void {
    const { answer, classes } = this.drawing;
    this.panel.explain({ asked, classes, compared: this.calendar.compared(asked), about: answer?.about === true });
  }

  private describe(asked: Question, answer: Answer): void {
    const body = this.chosen.describe(asked, answer);
    if (!body || this.film.running || answer.about) return;
    this.chosen.addWays(body, asked, this.leaving.signal).catch((error) => this.failed(error));
  }

  /** Who may not see districts is shown states; any other trouble is told. */
  private failed(error: unknown): void {
    if (error instanceof Refused && error.status === 403 && this.asked.level !== "state") {
      this.ask({ level: "state", unit: null, direction: "both" });
      this.note = `${this.words.say("states_only")} ${error.message}`;
      return;
    }
    const signIn = this.getAttribute("sign-in") ?? "";
    tell(this.panel, this.words, error, { signIn, again: () => void this.newest.run() });
  }

  /** Chooses a place, or none; the chosen one again is none. */
  private choose(code: number | null): void {
    const { unit } = this.asked;
    if (code !== null && code !== unit) {
      this.ask({ unit: code });
      this.panel.open();
    } else if (unit !== null) this.ask({ unit: null, direction: "both" });
  }

  private moved(): void {
    this.remember();
    const zoom = Math.round(this.map.getZoom());
    if (zoom === this.zoom) return;
    this.zoom = zoom;
    if (this.asked.level === "cluster") void this.newest.run();
  }

  private remember(): void {
    if (!this.film.running) this.address.follow();
  }

  private followHash(): void {
    this.film.stop();
    this.address.forget();
    this.asked = permitted(questionOf(window.location.hash), this.told);
    const view = viewOf(window.location.hash);
    if (view) this.map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
    if (this.calendar.span) this.spanned();
    this.panel.follow(this.asked);
    void this.overlays.choose(overlayOf(window.location.hash));
    void this.newest.run();
  }
}
