/** The row of buttons that open the table and make files. What they open is fetched
 * when first asked for, so that the page's own script does not grow. */

import { REST } from "./answer";
import "./table.css";
import { el } from "./dom";
import type { Shown } from "./export-words";
import type { FlowMap } from "./flow-map";
import type { Listed, Table } from "./table";
import type { Named } from "./table-rows";
import type { PictureSource, TableSource } from "./table-source";
import type { Key } from "./words";

type File = "csv" | "picture" | "pdf";

/** Below this width the open table covers the whole page. */
const PHONE = "(max-width: 47.99rem)";

type Host = Omit<PictureSource, "stateOf" | "shown" | "close">;

/** The row for a map; it follows each answer that the map shows. */
export function handouts(page: FlowMap, choose: (code: number | null) => void): HTMLElement {
  const { map, drawing, words, places, attribution } = page.picture;
  const synthetic = page.hasAttribute("synthetic");
  const row = new Handouts(
    {
      page,
      map,
      drawing,
      words,
      synthetic,
      // Files say it in a place of its own.
      attribution: synthetic ? attribution.replace(`${words.say("synthetic_mark")} · `, "") : attribution,
      who: page.getAttribute("who") ?? "",
      nodes: () => places.nodes,
      nameOf: (code) => {
        const place = places.nodes.get(code) ?? places.find(page.picture.asked.level, code);
        return place ? words.name(place) : String(code);
      },
      choose,
    },
    page.getAttribute("base") ?? "",
  );
  page.addEventListener("nmis-shown", (event) => row.follow((event as CustomEvent<Shown>).detail));
  return row.element;
}

class Handouts {
  readonly element: HTMLElement;
  private readonly opener: HTMLButtonElement;
  private readonly status = el("p", { class: "handouts-status", role: "status" });
  private readonly source: PictureSource;
  private table: Table | null = null;
  private shown: Shown | null = null;
  private states: ReadonlyMap<number, Named> | null = null;

  constructor(
    private readonly host: Host,
    private readonly base: string,
  ) {
    const { say } = host.words;
    this.source = {
      ...host,
      shown: () => this.shown,
      stateOf: (code) => this.states?.get(code) ?? null,
      close: () => this.close(),
      choose: (code) => this.choose(code),
    };
    this.opener = el("button", { type: "button", "aria-expanded": "false", "aria-controls": "flow-table" }, say("table"));
    this.opener.addEventListener("click", () => void (this.table?.isOpen ? this.close() : this.open()));
    this.element = el(
      "div",
      { class: "handouts", role: "group", "aria-label": say("handouts") },
      this.opener,
      this.button("csv", "handout_csv"),
      this.button("picture", "handout_picture"),
      this.button("pdf", "handout_pdf"),
      this.status,
    );
  }

  /** Takes a new answer; the table shows it if it is open. */
  follow(shown: Shown): void {
    this.shown = shown;
    this.status.textContent = "";
    if (this.table?.isOpen) void this.named().then(() => this.table?.follow());
  }

  private async open(): Promise<void> {
    const table = await this.made();
    this.host.page.classList.add("tabled");
    this.opener.setAttribute("aria-expanded", "true");
    this.covered(window.matchMedia(PHONE).matches);
    table.open();
  }

  private close(): void {
    this.table?.close();
    this.host.page.classList.remove("tabled");
    this.opener.setAttribute("aria-expanded", "false");
    this.covered(false);
    this.opener.focus();
  }

  /** What lies under a table that covers the page cannot be reached by keyboard. */
  private covered(is: boolean): void {
    const around = [...this.host.page.children, ...document.querySelectorAll("body > :not(main)")];
    for (const each of around) {
      if (each instanceof HTMLElement && each !== this.table?.element) each.inert = is;
    }
  }

  /** Chooses a place, and brings it into view. Groups of districts cannot be chosen. */
  private choose(code: number | null): void {
    if (this.shown?.answer.level === "cluster") return;
    const { map } = this.host;
    const node = code === null ? undefined : this.host.nodes().get(code);
    if (code !== null && code >= REST) return; // no unit that can be chosen
    if (node && node.lon !== null && node.lat !== null) {
      const center: [number, number] = [node.lon, node.lat];
      if (!map.getBounds().contains(center)) map.easeTo({ center });
    }
    this.host.choose(code);
  }

  private async made(): Promise<Table> {
    const [{ Table }] = await Promise.all([import("./table"), this.named()]);
    if (!this.table) {
      this.table = new Table(this.source as TableSource);
      this.host.page.append(this.table.element);
    }
    return this.table;
  }

  /** Learns what the states are called, to tell districts from their namesakes. */
  private async named(): Promise<void> {
    if (this.states || this.shown?.answer.level !== "district") return;
    const { stateNames } = await import("./table-states");
    this.states = await stateNames(this.base);
  }

  private button(file: File, key: Key): HTMLButtonElement {
    const button = el("button", { type: "button", "data-file": file }, this.host.words.say(key));
    button.addEventListener("click", () => void this.make(file, button));
    return button;
  }

  private async make(file: File, button: HTMLButtonElement): Promise<void> {
    const { say } = this.host.words;
    const shown = this.shown;
    if (!shown || button.disabled) return;
    button.disabled = true;
    this.status.textContent = say("handout_making");
    try {
      const [table, files] = await Promise.all([this.made(), import("./export-files")]);
      const listed: Listed = table.listed(shown);
      const name = await files.saved(file, this.source, shown, listed);
      this.status.textContent = say("handout_made", { name });
    } catch (error) {
      this.status.textContent = say("handout_failed");
      console.warn(error);
    } finally {
      button.disabled = false;
    }
  }
}
