/**
 * Numbers and times in the locale's form. What was measured of a fruit comes as text from the station, which never rounds
 * it across a limit that decided otherwise: it is shown as it comes.
 */

import { speech } from "./words.svelte";

const LOCALE = { en: "en-GB", zh: "zh-CN" } as const;
/** For what is not known. */
const NOTHING = "–";

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  return new Intl.NumberFormat(LOCALE[speech.language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

export function percent(share: number | null | undefined, digits = 0): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return NOTHING;
  return new Intl.NumberFormat(LOCALE[speech.language], {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(share);
}

/** The clock of the station's wall is the screen's. */
export function clock(at: Date | string | number): string {
  return new Intl.DateTimeFormat(LOCALE[speech.language], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(new Date(at));
}

export function day(at: Date | string | number): string {
  return new Intl.DateTimeFormat(LOCALE[speech.language], { month: "short", day: "numeric" }).format(new Date(at));
}

export function dayAndClock(at: Date | string | number): string {
  return `${day(at)} ${clock(at).slice(0, 5)}`;
}

/** A stretch of time: 42 s, 7 min 05 s, 3 h 12 min. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return NOTHING;
  const whole_s = Math.floor(seconds);
  const units = speech.language === "zh" ? ["时", "分", "秒"] : ["h", "min", "s"];
  const parts = [Math.floor(whole_s / 3600), Math.floor(whole_s / 60) % 60, whole_s % 60];
  const first = Math.max(0, parts.findIndex((part) => part > 0));
  if (whole_s === 0) return `0 ${units[2]}`;
  return parts
    .map((part, place) => `${place > first ? String(part).padStart(2, "0") : part} ${units[place]}`)
    .slice(first, first + 2)
    .join(" ");
}
