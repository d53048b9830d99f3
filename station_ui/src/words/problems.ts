/** What is wrong, in the language of the screen; the station's own words where nobody has translated them. */

import type { Problem } from "../api/ask";
import { say, saySentence, sayIfKnown, speech } from "./words.svelte";

const UNAVAILABLE = 503;

export function problemWords(problem: Problem): string {
  if (!problem.message) return sayIfKnown(`problem.${problem.code}`, say("problem.unknown"));
  const known = sayIfKnown(`problem.${problem.code}`, "");
  // What the station's own disk or program lacks is told with paths, which mean nothing to whoever stands before it.
  if (known && problem.status === UNAVAILABLE) return known;
  if (speech.language === "en") return problem.message;
  const own = saySentence(problem.message);
  if (own !== problem.message) return own;
  // A rule that refuses says what is wrong in its own words; better in English than not at all.
  return known && problem.status !== 409 ? known : `${known} ${problem.message}`.trim();
}
