/** What is done with a name on record: shown first, asked once, sent with a reason, and answered by the station. */

import { Problem } from "../api/ask";
import { known } from "../api/session.svelte";
import type { Key } from "../words/words.svelte";

export interface Act {
  title: string;
  /** What will be so afterwards. */
  does: string;
  /** Reasons to choose from; none: none is needed. */
  reasons?: readonly Key[];
  /** To be asked even so. */
  asksFirst?: boolean;
  /** A number that it needs as well: how many, or how much. */
  amount?: { label: string; digits: number };
  send: (why: string, amount: number) => Promise<void>;
}

class Acts {
  /** What is asked now. */
  asked = $state.raw<Act | null>(null);
  sending = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** What needs neither a reason nor a figure is done at once for whoever has signed in: the button has said what it does. */
  ask(act: Act): void {
    this.problem = null;
    this.asked = act;
    if (known.session?.operator && !act.reasons && !act.amount && !act.asksFirst) void this.confirm("", 0);
  }

  leave(): void {
    this.asked = null;
  }

  async confirm(why: string, amount: number): Promise<void> {
    const act = this.asked;
    if (!act) return;
    this.sending = true;
    try {
      await act.send(why, amount);
      this.asked = null;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
    } finally {
      this.sending = false;
    }
  }
}

export const acts = new Acts();
