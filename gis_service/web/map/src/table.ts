/** The table twin: a drawer with all that the map shows, for readers and screen
 * readers. It is written only while open, one page of rows at a time, at most once
 * per frame, so that it never slows the days down. */

import { choice, el } from "./dom";
import { disclosed, onlyOf, type Shown } from "./export-words";
import { body, foot, head } from "./table-body";
import { filtered, type Kind, type Row, rowsOf, type Sheetful, sorted, sums } from "./table-rows";
import type { TableSource } from "./table-source";

/** Rows on one page: few enough to be written between two frames of a film, and to tab through. */
const PAGE = 50;

interface Order {
  column: string;
  descending: boolean;
}

/** What is listed now, all pages of it. */
export interface Listed {
  table: Sheetful;
  rows: readonly Row[];
  sought: string;
}

export class Table {
  readonly element: HTMLElement;
  private readonly search: HTMLInputElement;
  private readonly told = el("div", { class: "table-told" });
  private readonly grid = el("table");
  private readonly scroll: HTMLElement;
  private readonly pager = el("div", { class: "table-pager" });
  private kind: Kind = "flows";
  private order: Order | null = null;
  private page = 0;
  private pending = false;

  constructor(private readonly source: TableSource) {
    const { say } = source.words;
    this.search = el("input", { type: "search", "aria-label": say("table_find"), placeholder: say("table_find") });
    this.search.addEventListener("input", () => this.turned(0));
    this.scroll = el(
      "div",
      { class: "table-scroll", tabindex: 0, role: "region", "aria-label": say("table_title") },
      this.grid,
    );
    this.element = this.built();
    this.grid.addEventListener("click", (event) => this.clicked(event));
    this.grid.addEventListener("keydown", (event) => this.stepped(event));
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.source.close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(): void {
    this.element.hidden = false;
    this.write();
    this.element.querySelector<HTMLElement>("h2")?.focus();
  }

  close(): void {
    this.element.hidden = true;
  }

  /** Writes the newest answer with the next frame, if anybody looks. */
  follow(): void {
    if (this.pending || !this.isOpen) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      if (this.isOpen) this.write();
    });
  }

  /** Returns the rows of all pages, in the order shown. */
  listed(shown: Shown): Listed {
    const table = rowsOf(this.kind, shown.answer, this.source.nodes(), this.source.stateOf);
    const found = filtered(table.rows, this.search.value);
    const column = table.columns.findIndex(({ id }) => id === this.order?.column);
    const rows =
      this.order && column >= 0 ? sorted(found, column, this.order.descending, this.source.words) : found;
    return { table, rows, sought: this.search.value.trim() };
  }

  private write(): void {
    const shown = this.source.shown();
    if (!shown) return;
    const { words } = this.source;
    const { table, rows } = this.listed(shown);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.min(this.page, pages - 1);
    const first = this.page * PAGE;
    const seen = rows.slice(first, first + PAGE);
    const at = this.focused();
    this.tell(shown, rows.length);
    this.grid.replaceChildren(
      el("caption", { class: "unseen" }, words.say("table_title")),
      head(words, table, this.orderOf(table), (column) => this.ordered(table, column)),
      body(words, table, seen, shown.asked.unit),
      foot(words, table, sums(table, rows)),
    );
    this.refocus(at);
    this.paged(first, seen.length, rows.length);
  }

  private tell(shown: Shown, rows: number): void {
    const { words } = this.source;
    const places = words.say("listed_places", { rows: words.number(shown.answer.nodes.length) });
    const told = this.kind === "places" ? [places] : disclosed(words, shown);
    const lines = told.map((line) => el("p", {}, line));
    const { unit } = shown.asked;
    if (unit !== null) {
      const all = el("button", { type: "button", class: "quiet" }, words.say("table_everywhere"));
      all.addEventListener("click", () => this.source.choose(null));
      const only = onlyOf(words, shown.asked, this.source.nameOf(unit));
      lines.unshift(el("p", { class: "table-only" }, el("b", {}, only), " ", all));
    }
    if (rows === 0 && this.search.value) lines.push(el("p", { role: "status" }, words.say("table_none")));
    this.told.replaceChildren(...lines);
  }

  private paged(first: number, here: number, rows: number): void {
    const { say, number } = this.source.words;
    const text = say("table_page", {
      first: number(here ? first + 1 : 0),
      last: number(first + here),
      rows: number(rows),
    });
    const [status, back, on] = this.pager.children as unknown as [HTMLElement, HTMLButtonElement, HTMLButtonElement];
    status.textContent = text;
    back.disabled = first === 0;
    on.disabled = first + here >= rows;
  }

  /** The answer comes with the largest first; of changes, those in either direction. */
  private orderOf(table: Sheetful): Order | null {
    if (this.order && table.columns.some(({ id }) => id === this.order?.column)) return this.order;
    const first = table.columns.find(({ id }) => id === "people");
    return first ? { column: first.id, descending: true } : null;
  }

  private ordered(table: Sheetful, column: string): void {
    const now = this.orderOf(table);
    const counts = table.columns.find(({ id }) => id === column)?.counts ?? false;
    const descending = now?.column === column ? !now.descending : counts;
    this.order = { column, descending };
    this.turned(0);
  }

  private turned(page: number): void {
    this.page = Math.max(0, page);
    this.write();
    this.scroll.scrollTop = 0;
  }

  private clicked(event: MouseEvent): void {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>("tbody tr");
    if (!row) return;
    const own = target.closest<HTMLElement>("[data-code]");
    const codes = [...row.querySelectorAll<HTMLElement>("[data-code]")].map(codeOf);
    const unit = this.source.shown()?.asked.unit ?? null;
    // A row of a chosen place leads on to the place at its other end.
    const code = own ? codeOf(own) : codes.find((each) => each !== unit);
    if (code !== undefined && code !== unit) this.source.choose(code);
  }

  /** Up and down lead to the same column of the neighbouring row. */
  private stepped(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = this.focused();
    if (!step || !at) return;
    event.preventDefault();
    const rows = [...this.grid.querySelectorAll<HTMLElement>("tbody tr")];
    const next = rows[rows.findIndex((row) => row.dataset["id"] === at.row) + step];
    next?.querySelectorAll<HTMLElement>("[data-code]")[at.column]?.focus();
  }

  private focused(): { row: string; column: number; header: string } | null {
    const active = document.activeElement as HTMLElement | null;
    if (!active || !this.grid.contains(active)) return null;
    const row = active.closest<HTMLElement>("tbody tr");
    const names = row ? [...row.querySelectorAll("[data-code]")] : [];
    return { row: row?.dataset["id"] ?? "", column: names.indexOf(active), header: active.dataset["column"] ?? "" };
  }

  private refocus(at: { row: string; column: number; header: string } | null): void {
    if (!at) return;
    const { row, column, header } = at;
    const found = header
      ? this.grid.querySelector<HTMLElement>(`[data-column="${header}"]`)
      : [...this.grid.querySelectorAll<HTMLElement>("tbody tr")]
          .find((each) => each.dataset["id"] === row)
          ?.querySelectorAll<HTMLElement>("[data-code]")[column];
    (found ?? this.scroll).focus({ preventScroll: true });
  }

  private built(): HTMLElement {
    const { say } = this.source.words;
    const close = el("button", { type: "button", class: "close" }, say("close"));
    close.addEventListener("click", () => this.source.close());
    const kinds = choice<Kind>(
      "table-kind",
      say("table_rows_of"),
      [
        { value: "flows", text: say("table_flows") },
        { value: "places", text: say("table_places") },
      ],
      this.kind,
      (kind) => {
        this.kind = kind;
        this.order = null;
        this.turned(0);
      },
    );
    const back = el("button", { type: "button" }, say("table_previous"));
    back.addEventListener("click", () => this.turned(this.page - 1));
    const on = el("button", { type: "button" }, say("table_next"));
    on.addEventListener("click", () => this.turned(this.page + 1));
    this.pager.append(el("span", { role: "status" }), back, on);
    return el(
      "section",
      { class: "table-drawer", id: "flow-table", "aria-label": say("table_title"), hidden: true },
      el("header", {}, el("h2", { tabindex: -1 }, say("table")), close),
      el("div", { class: "table-tools" }, kinds, this.search),
      this.told,
      this.scroll,
      this.pager,
    );
  }
}

function codeOf(element: HTMLElement): number {
  return Number(element.dataset["code"]);
}
