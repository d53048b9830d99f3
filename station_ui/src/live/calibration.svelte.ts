/** The calibration's own commands: what they lead to is seen on the page, in the line's report, so no answer covers it. */

import { ask, Problem, type Schemas } from "../api/ask";
import type { Command } from "./commands.svelte";

export type Report = Schemas["CalibrationReport"];
export type Step = Report["step"];
export type Board = Schemas["PrintedBoard"];

export const STEPS = ["focus", "camera", "belt_plane", "belt_colour", "colours"] as const satisfies readonly Step[];
export const SAVED_STEPS: readonly Step[] = ["belt_plane", "belt_colour", "colours"];

class Calibration {
  asked = $state(false);
  problem = $state.raw<Problem | null>(null);

  async give(command: Command): Promise<boolean> {
    this.asked = true;
    this.problem = null;
    try {
      await ask<Schemas["CommandAnswered"]>("/commands", { command });
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      return false;
    } finally {
      this.asked = false;
    }
  }
}

export const calibration = new Calibration();

/** The share of the picture's fields in which the board was seen. */
export function covered(report: Report): number {
  const fields = (report.coverage ?? []).flat();
  return fields.length ? fields.filter((corners) => corners > 0).length / fields.length : 0;
}
