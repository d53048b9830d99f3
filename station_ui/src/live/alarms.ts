/** An alarm in the language of the screen. */

import type { Schemas } from "../api/ask";
import en from "../words/alarms.en.json";
import zh from "../words/alarms.zh.json";
import { filled, sayIfKnown, speech } from "../words/words.svelte";

type Alarm = Pick<Schemas["AlarmShown"], "code" | "subject" | "cause" | "action">;
interface Words {
  cause: string;
  action: string;
}

const WORDS: Record<string, Record<string, Words>> = { en, zh };

export function alarmWords(alarm: Alarm): Words {
  const known = WORDS[speech.language]?.[alarm.code];
  if (!known) return alarm;
  const values = { subject: subjectWords(alarm.subject) };
  return { cause: filled(known.cause, values), action: filled(known.action, values) };
}

export function subjectWords(subject: string | null): string {
  return subject === null ? "" : sayIfKnown(`outlet.${subject}`, sayIfKnown(`process.${subject}`, subject));
}
