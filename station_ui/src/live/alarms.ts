/** An alarm in the language of the screen. */

import alarms from "../words/alarms.json";
import { filled, sayIfKnown, speech } from "../words/words.svelte";

interface Words {
  cause: string;
  action: string;
}
interface Alarm extends Partial<Words> {
  code: string;
  subject: string | null;
}

const KNOWN: Record<string, Record<"en" | "zh", Words>> = alarms;

/** By its code; of one that is not the line's, what came with it. */
export function alarmWords(alarm: Alarm): Words {
  const known = KNOWN[alarm.code]?.[speech.language];
  if (!known) return { cause: alarm.cause ?? alarm.code, action: alarm.action ?? "" };
  const subject = alarm.subject ?? "";
  const values = { subject: sayIfKnown(`outlet.${subject}`, sayIfKnown(`process.${subject}`, subject)) };
  return { cause: filled(known.cause, values), action: filled(known.action, values) };
}
