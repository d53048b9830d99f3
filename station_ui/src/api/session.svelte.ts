/** Who the page is to the station: the touchscreen's local session, or whoever signed in by PIN. */

import { ask, Problem, UNREACHED, type Schemas } from "./ask";

type Session = Schemas["SessionShown"];

class Known {
  /** Undefined: not asked yet; null: nobody. */
  session = $state.raw<Session | null | undefined>(undefined);
  problem = $state.raw<Problem | null>(null);
}

export const known = new Known();
const AGAIN_MS = 1000;

/** Take the one-time token out of the address and begin with it; without one, look whether a session is there. */
export async function enter(): Promise<void> {
  const token = new URLSearchParams(location.search).get("token");
  if (token) {
    // First, so that no history and no picture of the screen keeps it.
    history.replaceState(null, "", location.pathname + location.hash);
    await settle(() => ask<Session>("/sessions/screen", { token }));
    if (known.session) return;
  }
  await settle(() => ask<Session>("/sessions/mine"));
}

export async function signIn(name: string, pin: string): Promise<void> {
  const began = await ask<Session>("/sessions/operator", { name, pin });
  known.problem = null;
  known.session = began;
}

export async function signOut(): Promise<void> {
  await ask("/sessions/mine", undefined, "DELETE");
  await settle(() => ask<Session>("/sessions/mine"));
}

/** The station says that the session is over. */
export function expire(problem: Problem): void {
  known.problem = problem;
  known.session = null;
}

async function settle(question: () => Promise<Session>): Promise<void> {
  for (;;) {
    try {
      known.session = await question();
      known.problem = null;
      return;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code !== UNREACHED) {
        if (error.status !== 401 || !known.problem) known.problem = error;
        known.session = null;
        return;
      }
      known.problem = error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
