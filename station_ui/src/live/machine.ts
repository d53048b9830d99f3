/** PackML's states (OPC 30050), as far as buttons and lamps of the page need them. */

import type { Kind } from "./commands.svelte";

export const State = {
  Clearing: 1, Stopped: 2, Starting: 3, Idle: 4, Suspended: 5, Execute: 6, Stopping: 7, Aborting: 8, Aborted: 9,
  Holding: 10, Held: 11, Unholding: 12, Suspending: 13, Unsuspending: 14, Resetting: 15, Completing: 16, Complete: 17,
} as const;

/** The one command that leads on from a state at rest; from the others nothing does but waiting. */
const ONWARD: Partial<Record<number, Kind>> = {
  [State.Stopped]: "reset",
  [State.Complete]: "reset",
  [State.Idle]: "start",
  [State.Held]: "unhold",
  [State.Suspended]: "unsuspend",
  [State.Aborted]: "clear",
};

export function onward(state: number | undefined): Kind | null {
  return (state !== undefined && ONWARD[state]) || null;
}

const HOLDABLE: readonly number[] = [
  State.Execute, State.Starting, State.Suspending, State.Suspended, State.Unsuspending, State.Unholding,
];

export function mayHold(state: number | undefined): boolean {
  return state !== undefined && HOLDABLE.includes(state);
}

/** Motion is about to begin: buzzer and lamp warn. */
export function warns(state: number): boolean {
  return ([State.Starting, State.Unholding, State.Unsuspending] as number[]).includes(state);
}

/** How the state is drawn: well is grey, waiting for somebody is not. */
export function tone(state: number): "well" | "waits" | "bad" {
  if (([State.Aborting, State.Aborted, State.Clearing] as number[]).includes(state)) return "bad";
  return ([State.Execute, State.Starting, State.Idle, State.Completing, State.Resetting] as number[]).includes(state)
    ? "well"
    : "waits";
}

export const OUTLETS = ["super", "I", "II", "processing", "waste"] as const;
