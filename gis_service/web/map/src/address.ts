/** The page's address follows what is shown, a moment later: each change of it takes a
 * browser some milliseconds, and browsers refuse many in a row. */

const DELAY_MS = 200;

export class Address {
  private due: number | null = null;

  /** @param hash gives the part after `#` that says what is shown. */
  constructor(private readonly hash: () => string) {
    window.addEventListener("pagehide", () => this.write());
  }

  /** Has the address follow soon. */
  follow(): void {
    this.forget();
    this.due = window.setTimeout(() => this.write(), DELAY_MS);
  }

  /** Leaves the address as it is: the reader has just changed it. */
  forget(): void {
    if (this.due !== null) window.clearTimeout(this.due);
    this.due = null;
  }

  private write(): void {
    if (this.due === null) return;
    this.forget();
    window.history.replaceState(null, "", this.hash());
  }
}
