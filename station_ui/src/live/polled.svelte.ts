/** An answer that is asked for anew: now and then, when the station comes back, and when somebody changed something. */

import { untrack } from "svelte";

import { ask, Problem } from "../api/ask";
import { station } from "./station.svelte";

export class Polled<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly #path: () => string | null;
  #asked = 0;
  #taken = 0;
  #waiting = 0;
  /** The component is gone, and what its path is made of may be too. */
  #over = false;

  /** `path` null: there is nothing to ask yet. Begin within a component: it ends with it. */
  constructor(path: () => string | null, every_ms: number) {
    this.#path = path;
    $effect(() => {
      void station.epoch;
      this.#over = false;
      if (this.#path() === null) this.value = null;
      void untrack(() => this.again());
      // A station that is slow is not asked again before it has answered.
      const timer = setInterval(() => this.#waiting || void this.again(), every_ms);
      return () => {
        this.#over = true;
        clearInterval(timer);
      };
    });
  }

  async again(): Promise<void> {
    const path = this.#over ? null : this.#path();
    if (path === null) return;
    const turn = ++this.#asked;
    this.#waiting += 1;
    try {
      const value = await ask<T>(path);
      if (this.#newer(turn, path)) [this.value, this.problem] = [value, null];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (this.#newer(turn, path)) this.problem = error;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Whether an answer is newer than what is shown, and of what is shown. */
  #newer(turn: number, path: string): boolean {
    if (this.#over || turn <= this.#taken || path !== untrack(this.#path)) return false;
    this.#taken = turn;
    return true;
  }
}
