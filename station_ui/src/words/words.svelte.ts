/** What the page says, in Chinese and English, switched in place. */

import en from "./en.json";
import sentences from "./sentences.zh.json";
import zh from "./zh.json";
import { Translation } from "./translation";

export type Key = keyof typeof en;
type Language = "en" | "zh";

const KEPT_AS = "language";
const WORDS: Record<Language, Record<Key, string>> = { en, zh };
const translation = new Translation(sentences);

class Speech {
  language = $state<Language>(first());

  switch(): void {
    this.language = this.language === "en" ? "zh" : "en";
    localStorage.setItem(KEPT_AS, this.language);
  }
}

function first(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

export const speech = new Speech();

/** The text of `key` with `{name}` filled in. */
export function say(key: Key, values: Record<string, string | number> = {}): string {
  return filled(WORDS[speech.language][key], values);
}

export function has(key: string): key is Key {
  return key in en;
}

/** The text of `key` if there is one, else `otherwise`: for codes that a newer station may bring. */
export function sayIfKnown(key: string, otherwise: string, values: Record<string, string | number> = {}): string {
  return has(key) ? say(key, values) : otherwise;
}

/** A sentence of the machine, which speaks English; what nobody has translated stays as it is. */
export function saySentence(sentence: string): string {
  return speech.language === "en" ? sentence : translation.of(sentence);
}

export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}
