/** A beep as long as a pressing alarm is not acknowledged. It can be silenced, and comes back: nobody forgets it. */

import type { Report } from "./station.svelte";

const PRESSING = 3;
const SILENCED_MS = 120_000;
const BEEP_HZ = 880;
const BEEP_S = 0.18;

class Sound {
  /** Until when it is silent (`performance.now()`). */
  silentUntil_ms = $state(0);
  #silenced = new Set<string>();
  #context: AudioContext | null = null;

  /** Whether anything calls for somebody. */
  calls(report: Report | null): boolean {
    return pressing(report).length > 0;
  }

  silent(now_ms: number): boolean {
    return now_ms < this.silentUntil_ms;
  }

  /** Quiet for two minutes, for the alarms that are there now; a new one sounds at once. */
  silence(report: Report | null): void {
    this.silentUntil_ms = performance.now() + SILENCED_MS;
    this.#silenced = new Set(pressing(report));
  }

  /** Called again and again with the machine as it is. */
  turn(report: Report | null): void {
    const now = pressing(report);
    if (now.some((alarm) => !this.#silenced.has(alarm))) this.silentUntil_ms = Math.min(this.silentUntil_ms, 0);
    if (now.length > 0 && !this.silent(performance.now())) this.#beep();
  }

  #beep(): void {
    this.#context ??= new AudioContext();
    const context = this.#context;
    if (context.state === "suspended") return void context.resume().catch(() => undefined); // until somebody has touched the screen
    const tone = new OscillatorNode(context, { frequency: BEEP_HZ });
    const volume = new GainNode(context, { gain: 0.4 });
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + BEEP_S);
  }
}

function pressing(report: Report | null): string[] {
  return (report?.alarms ?? [])
    .filter((alarm) => alarm.priority >= PRESSING && !alarm.acknowledged_by)
    .map((alarm) => `${alarm.code}:${alarm.subject ?? ""}:${alarm.raised_at_unix_s}`);
}

export const sound = new Sound();
