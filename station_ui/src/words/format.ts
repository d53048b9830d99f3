/** Numbers and times in the locale's form; a number never shows on the other side of a limit that decided. */

import { speech } from "./words.svelte";

const LOCALE = { en: "en-GB", zh: "zh-CN" } as const;
/** For what is not known. */
export const NOTHING = "–";

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  return new Intl.NumberFormat(LOCALE[speech.language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

const MOST_DIGITS = 6;

/**
 * A measured value; where rounding would carry it to or over one of the `limits` (34.97 to 35.0), with as many digits
 * more as keep it on its side.
 */
export function measured(value: number | null | undefined, digits: number, limits: readonly number[] = []): string {
  if (value === null || value === undefined) return NOTHING;
  let shown = digits;
  while (shown < MOST_DIGITS && limits.some((limit) => crosses(value, shown, limit))) shown += 1;
  return number(value, shown);
}

function crosses(value: number, digits: number, limit: number): boolean {
  const rounded = Number(value.toFixed(digits));
  return Math.sign(value - limit) !== Math.sign(rounded - limit);
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
