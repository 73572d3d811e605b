/** Says in words what went wrong, and what to do about it. */

import { el } from "./dom";
import type { Panel } from "./panel";
import { Refused } from "./service";
import type { Words } from "./words";

/** Who is not signed in is led there and back; who may not see flows is told so. */
export function tell(
  panel: Panel,
  { say }: Words,
  error: unknown,
  { signIn, again }: { signIn: string; again: () => void },
): void {
  const status = error instanceof Refused ? error.status : 0;
  if (status === 401) {
    const here = window.location.pathname + window.location.hash;
    const href = `${signIn}?next=${encodeURIComponent(here)}`;
    panel.tell(say("sign_in_needed"), "note", el("a", { href, class: "button" }, say("sign_in")));
  } else {
    const retry = el("button", { type: "button", class: "button" }, say("try_again"));
    retry.addEventListener("click", again);
    const text = error instanceof Refused ? error.message : say("offline");
    panel.tell(text, "error", ...(status === 403 ? [] : [retry]));
  }
  panel.open();
}
