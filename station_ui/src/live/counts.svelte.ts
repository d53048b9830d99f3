/** Counts and weights of the day by outlet and grade, asked again and again as long as somebody looks. */

import { ask, Problem, type Schemas } from "../api/ask";
import { station } from "./station.svelte";

const EVERY_MS = 2000;
const PLAN_MS = 60_000;
const RATE_OVER_MS = 60_000;
const SHORTEST_MS = 10_000;
const MS_PER_H = 3_600_000;

interface Total {
  fruit: number;
  weight_kg: number;
}

class Counts {
  /** Null as long as nothing was answered: nobody may read that as none. */
  by = $state.raw<Record<string, Total> | null>(null);
  fruit = $state(0);
  weight_kg = $state(0);
  /** Null as long as there is too little to say it from. */
  kg_per_h = $state<number | null>(null);
  /** What the shift is planned at; null: nothing is. */
  plan_kg_per_h = $state<number | null>(null);
  #plannedUntil_ms = 0;
  #seen: { at_ms: number; weight_kg: number }[] = [];

  /** Ask until the returned function is called. */
  keep(): () => void {
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const turn = async (): Promise<void> => {
      await this.#ask();
      if (!over) timer = setTimeout(turn, EVERY_MS);
    };
    void turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  async #ask(): Promise<void> {
    try {
      const found = await ask<Schemas["Counts"]>("/counts?since=00:00&by=outlet,outcome&every_outcome=true");
      this.#take(found.rows);
      if (performance.now() >= this.#plannedUntil_ms) await this.replan();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.#seen = [];
    }
  }

  /** Ask for the plan: now and then, and when somebody has changed it here. */
  async replan(): Promise<void> {
    this.plan_kg_per_h = (await ask<Schemas["OwnSettings"]>("/settings")).plan_kg_per_h ?? null;
    this.#plannedUntil_ms = performance.now() + PLAN_MS;
  }

  #take(rows: Schemas["Count"][]): void {
    const by: Record<string, Total> = {};
    for (const row of rows) {
      const place = row.outcome === "delivered" ? (row.outlet ?? "") : (row.outcome ?? "");
      const sum = (by[place] ??= { fruit: 0, weight_kg: 0 });
      sum.fruit += row.fruit;
      sum.weight_kg += row.estimated_weight_kg;
    }
    this.by = by;
    this.fruit = Object.values(by).reduce((sum, one) => sum + one.fruit, 0);
    this.weight_kg = Object.values(by).reduce((sum, one) => sum + one.weight_kg, 0);
    this.#rate(performance.now());
  }

  #rate(now_ms: number): void {
    if (station.stale) this.#seen = [];
    this.#seen.push({ at_ms: now_ms, weight_kg: this.weight_kg });
    this.#seen = this.#seen.filter((one) => now_ms - one.at_ms <= RATE_OVER_MS);
    const first = this.#seen[0];
    const long_ms = first ? now_ms - first.at_ms : 0;
    this.kg_per_h = first && long_ms >= SHORTEST_MS ? ((this.weight_kg - first.weight_kg) * MS_PER_H) / long_ms : null;
  }
}

export const counts = new Counts();
