/** What is known of a chosen place: totals, and the places it exchanges most with. */

import type { Answer, Edge, Node, Way } from "./answer";
import { el } from "./dom";
import { type Key, type Words, wordsOf } from "./words";

const PARTNERS = 5;

export interface Named {
  name: string;
  name_hi: string | null;
}

export function selection(
  words: Words,
  unit: number,
  answer: Answer,
  nodes: ReadonlyMap<number, Node>,
  place: Named & { state: Named | null },
): HTMLElement {
  const node = answer.nodes.find((each) => each.code === unit);
  const arrived = answer.edges.filter((edge) => edge.destination === unit);
  const left = answer.edges.filter((edge) => edge.origin === unit);
  const { people, signed } = wordsOf(words, answer);
  const said = answer.versus ? signed : people;
  const figures = el(
    "dl",
    { class: answer.about ? "figures rounded" : "figures" },
    ...figure(words, "arriving", said(node?.in ?? sum(arrived))),
    ...figure(words, "leaving", said(node?.out ?? sum(left))),
    ...figure(words, "inside", said(node?.internal ?? 0)),
  );
  return el(
    "div",
    {},
    ...heading(words, place),
    ...(answer.versus ? [el("p", { class: "second" }, words.say("versus_figures"))] : []),
    figures,
    ...partners(words, answer.versus ? "change_origins" : "top_origins", arrived, (edge) => edge.origin, nodes, said),
    ...partners(words, answer.versus ? "change_destinations" : "top_destinations", left, (edge) => edge.destination, nodes, said),
  );
}

/** Links to the pages of ways, largest first. */
export function wayLinks(
  words: Words,
  ways: readonly Way[],
  nameOf: (code: number) => string,
  pageOf: (way: Way) => string,
): HTMLElement[] {
  if (!ways.length) return [];
  const rows = ways.map((way) => {
    const text = `${nameOf(way.origin)} → ${nameOf(way.destination)}`;
    const link = el("a", { href: pageOf(way) }, text);
    return el("li", {}, el("span", {}, link, ` ${words.say(`route_${way.mode}`)}`), el("b", {}, words.number(way.n)));
  });
  return [el("h3", {}, words.say("ways")), el("ol", { class: "partners" }, ...rows)];
}

function heading(words: Words, place: Named & { state: Named | null }): HTMLElement[] {
  const parts = [el("h2", { tabindex: "-1" }, words.name(place))];
  const other = words.otherName(place);
  const second = [other, place.state && words.name(place.state)].filter(Boolean).join(" · ");
  if (second) parts.push(el("p", { class: "second" }, second));
  return parts;
}

function figure(words: Words, key: "arriving" | "leaving" | "inside", n: string): HTMLElement[] {
  return [el("div", { class: key }, el("dt", {}, words.say(key)), el("dd", {}, n))];
}

function partners(
  words: Words,
  title: Key,
  edges: readonly Edge[],
  end: (edge: Edge) => number,
  nodes: ReadonlyMap<number, Node>,
  said: (n: number) => string,
): HTMLElement[] {
  const top = [...edges].sort((a, b) => Math.abs(b.n) - Math.abs(a.n)).slice(0, PARTNERS);
  if (!top.length) return [];
  const rows = top.map((edge) => {
    const node = nodes.get(end(edge));
    const name = node ? words.name(node) : String(end(edge));
    return el("li", {}, el("span", {}, name), el("b", {}, said(edge.n)));
  });
  return [el("h3", {}, words.say(title)), el("ol", { class: "partners" }, ...rows)];
}

function sum(edges: readonly Edge[]): number {
  return edges.reduce((total, edge) => total + edge.n, 0);
}
