/** The interface in two languages, from the same files as the pages around the map. */

import en from "../../words/en.json";
import hi from "../../words/hi.json";

export type Key = keyof typeof en;
export type Language = "en" | "hi";

export interface Words {
  language: Language;
  say(key: Key, values?: Record<string, string>): string;
  number(n: number): string;
  /** A number of people, which may be rounded. */
  people(n: number): string;
  /** A number of people with its sign, for changes. */
  signed(n: number): string;
  day(day: string): string;
  shortDay(day: string): string;
  period(period: { from: string; to: string }): string;
  name(place: { name: string; name_hi: string | null }): string;
  otherName(place: { name: string; name_hi: string | null }): string | null;
}

const TABLES: Record<Language, Record<Key, string>> = { en, hi };

export function wordsIn(language: Language): Words {
  const table = TABLES[language];
  const locale = `${language}-IN`;
  const numbers = new Intl.NumberFormat(locale);
  const days = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  const short = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" });
  const signs = new Intl.NumberFormat(locale, { signDisplay: "exceptZero" });
  const hindi = language === "hi";
  return {
    language,
    say: (key, values = {}) =>
      table[key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
    number: (n) => numbers.format(n),
    people: (n) => numbers.format(n),
    signed: (n) => signs.format(n).replace("-", "−"),
    day: (day) => days.format(new Date(day)),
    shortDay: (day) => short.format(new Date(day)),
    period: ({ from, to }) => days.formatRange(new Date(from), new Date(to)),
    name: (place) => (hindi ? (place.name_hi ?? place.name) : place.name),
    otherName: (place) => (hindi && place.name_hi ? place.name : hindi ? null : place.name_hi),
  };
}

/** The words for an answer. Numbers of a release are rounded, so each is "about"; they
 * are of journeys, for which some sentences differ. */
export function wordsOf(words: Words, answer: { about?: boolean } | null): Words {
  if (!answer?.about) return words;
  const about = (said: (n: number) => string) => (n: number) => words.say("about", { n: said(n) });
  return {
    ...words,
    say: (key, values) => words.say(`${key}_about` in en ? (`${key}_about` as Key) : key, values),
    people: about(words.people),
    signed: about(words.signed),
  };
}
