/** The station as it is now, by its live feed; and how old what we know of it is. */

import { problemOf, type Problem, type Schemas } from "../api/ask";
import { expire } from "../api/session.svelte";
import { framesOf, type Frame } from "./frames";

export type Report = Schemas["StateReport"];

export const STALE_MS = 2000;
/** Heartbeats come each second; a stream that says nothing for so long is given up. */
const SILENT_MS = 4000;
const AGAIN_MS = 500;
const TICK_MS = 250;

class Station {
  /** What the line said last; null: nothing was ever heard of one. */
  report = $state.raw<Report | null>(null);
  /** When (`performance.now()`) the line and when the station's web process last said anything. */
  lineHeard_ms = $state(-Infinity);
  webHeard_ms = $state(-Infinity);
  now_ms = $state(performance.now());
  /** Grows whenever the feed is there again: what was asked before is asked anew. */
  epoch = $state(0);
  began_ms = performance.now();

  readonly webStale = $derived(this.now_ms - Math.max(this.webHeard_ms, this.began_ms) > STALE_MS);
  readonly stale = $derived(this.now_ms - Math.max(this.lineHeard_ms, this.began_ms) > STALE_MS);
  /** Since when nothing is known any more, by the clock on the wall; null: nothing was ever known. */
  readonly since = $derived.by(() => {
    const heard_ms = this.webStale ? this.webHeard_ms : this.lineHeard_ms;
    return heard_ms === -Infinity ? null : new Date(Date.now() - (performance.now() - heard_ms));
  });

  #last: string | null = null;
  #given: AbortController | null = null;

  /** Follow the station until the page goes. */
  keep(): () => void {
    let over = false;
    const tick = setInterval(() => this.#look(), TICK_MS);
    void (async () => {
      while (!over) {
        await this.#stay();
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    })();
    return () => {
      over = true;
      clearInterval(tick);
      this.#given?.abort();
    };
  }

  #look(): void {
    this.now_ms = performance.now();
    if (this.#given && this.now_ms - this.#begun_ms > SILENT_MS && this.now_ms - this.webHeard_ms > SILENT_MS)
      this.#given.abort();
  }

  #begun_ms = 0;

  async #stay(): Promise<void> {
    this.#given = new AbortController();
    this.#begun_ms = performance.now();
    try {
      const after = this.#last === null ? "" : `&after=${this.#last}`;
      const answer = await fetch(`/api/v1/events/stream?state=true${after}`, { signal: this.#given.signal });
      if (!answer.ok || !answer.body) return this.#refused(await problemOf(answer));
      this.epoch += 1;
      for await (const frame of framesOf(answer.body)) this.#hear(frame);
    } catch {
      // Cut off: what is known grows old on the screen, and we come back.
    }
  }

  #refused(problem: Problem): void {
    if (problem.status === 401) expire(problem);
    if (problem.status === 422) this.#last = null; // other books than before
  }

  #hear(frame: Frame): void {
    this.webHeard_ms = this.now_ms = performance.now();
    if (frame.id !== null) this.#last = frame.id;
    if (frame.type !== "state") return;
    this.report = JSON.parse(frame.data) as Report;
    this.lineHeard_ms = this.webHeard_ms;
  }
}

export const station = new Station();
