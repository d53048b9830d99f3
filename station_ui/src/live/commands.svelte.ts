/** Commands to the machine; what is shown is its answer, not our hope. */

import { ask, Problem, type Schemas } from "../api/ask";

export type Command = Schemas["CommandSent"]["command"];
export type Kind = Command["kind"];

export interface Answer {
  kind: Kind;
  accepted: boolean;
  /** The machine's sentence; null: no answer came, `problem` says why. */
  sentence: string | null;
  problem: Problem | null;
}

const SHOWN_MS = 12_000;

class Commands {
  /** What was asked and is not answered yet. */
  asked = $state<Kind | null>(null);
  answer = $state.raw<Answer | null>(null);
  #gone: ReturnType<typeof setTimeout> | undefined;

  async give(command: Command): Promise<boolean> {
    this.asked = command.kind;
    this.answer = null;
    clearTimeout(this.#gone);
    try {
      const said = await ask<Schemas["CommandAnswered"]>("/commands", { command });
      this.answer = { kind: command.kind, accepted: true, sentence: said.sentence, problem: null };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const refused = error.code === "api-command-refused";
      this.answer = {
        kind: command.kind,
        accepted: false,
        sentence: refused ? error.message : null,
        problem: refused ? null : error,
      };
    }
    this.asked = null;
    this.#gone = setTimeout(() => (this.answer = null), SHOWN_MS);
    return this.answer.accepted;
  }
}

export const commands = new Commands();
