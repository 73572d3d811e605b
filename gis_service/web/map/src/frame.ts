/** Waits for the browser to show what was drawn. */

/** Longer than any frame takes; a hidden tab shows none and must not wait for ever. */
const PATIENCE_MS = 3000;

/** Resolves with the frame after this one's, or with false where none comes. */
export function framed(): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(() => resolve(false), PATIENCE_MS);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        window.clearTimeout(timer);
        resolve(true);
      }),
    );
  });
}
