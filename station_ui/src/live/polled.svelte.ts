/** An answer that is asked for anew: now and then, when the station comes back, and when somebody changed something. */

import { ask, Problem } from "../api/ask";
import { station } from "./station.svelte";

export class Polled<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly #path: () => string | null;
  readonly #every_ms: number;
  #asked = 0;

  /** `path` null: there is nothing to ask yet. Begin within a component: it ends with it. */
  constructor(path: () => string | null, every_ms: number) {
    this.#path = path;
    this.#every_ms = every_ms;
    $effect(() => {
      void station.epoch;
      void this.#path();
      void this.again();
      const timer = setInterval(() => void this.again(), this.#every_ms);
      return () => clearInterval(timer);
    });
  }

  async again(): Promise<void> {
    const path = this.#path();
    if (path === null) {
      this.value = null;
      return;
    }
    const turn = ++this.#asked;
    try {
      const value = await ask<T>(path);
      if (turn === this.#asked) [this.value, this.problem] = [value, null];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (turn === this.#asked) this.problem = error;
    }
  }
}
