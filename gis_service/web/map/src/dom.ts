/** Elements from code. Text only ever becomes text, never markup. */

type Attributes = Record<string, string | number | boolean | undefined>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/** A colour sample; its style is set by code, as the page's policy has no inline ones. */
export function swatch(kind: string, set: Partial<CSSStyleDeclaration>): HTMLElement {
  const made = el("span", { class: kind, "aria-hidden": "true" });
  Object.assign(made.style, set);
  return made;
}

/** Radio buttons that look like one bar; the arrow keys move between them. */
export function choice<T extends string>(
  name: string,
  legend: string,
  options: readonly { value: T; text: string }[],
  chosen: T,
  onChange: (value: T) => void,
): HTMLFieldSetElement {
  const bar = el("div", { class: "bar" });
  for (const { value, text } of options) {
    const input = el("input", { type: "radio", name, value, checked: value === chosen });
    input.addEventListener("change", () => onChange(value));
    bar.append(el("label", {}, input, el("span", {}, text)));
  }
  return el("fieldset", { class: "choice" }, el("legend", {}, legend), bar);
}

/** Checks the radio button of a value, where one changed from outside. */
export function choose(set: HTMLFieldSetElement, value: string): void {
  for (const input of set.querySelectorAll("input")) input.checked = input.value === value;
}

/** Check boxes that look like one bar; any of them may be chosen, or none. */
export function choices<T extends string>(
  legend: string,
  options: readonly { value: T; text: string }[],
  onChange: (values: T[]) => void,
): HTMLFieldSetElement {
  const inputs = options.map(({ value }) => el("input", { type: "checkbox", value }));
  const chosen = () =>
    options.filter((_, index) => inputs[index]?.checked).map(({ value }) => value);
  const bar = el("div", { class: "chips" });
  for (const [index, { text }] of options.entries()) {
    const input = inputs[index] as HTMLInputElement;
    input.addEventListener("change", () => onChange(chosen()));
    bar.append(el("label", {}, input, el("span", {}, text)));
  }
  return el("fieldset", { class: "choice" }, el("legend", { class: "unseen" }, legend), bar);
}

/** Checks the boxes of some values, and no others. */
export function chooseAll(set: HTMLFieldSetElement, values: readonly string[]): void {
  for (const input of set.querySelectorAll("input")) input.checked = values.includes(input.value);
}
