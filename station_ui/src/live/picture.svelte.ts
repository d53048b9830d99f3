/** A picture of the station's as an address for `<img>`: asked with the session, given back when it is not shown any more. */

import { askBlob, Problem } from "../api/ask";

export class Picture {
  address = $state<string | null>(null);
  problem = $state.raw<Problem | null>(null);

  /** `path` null: there is none. Begin within a component: it ends with it. */
  constructor(path: () => string | null) {
    $effect(() => {
      const asked = path();
      if (asked === null) return;
      let gone = false;
      this.problem = null;
      askBlob(asked).then(
        (blob) => {
          if (!gone) this.address = URL.createObjectURL(blob);
        },
        (error: unknown) => {
          if (!(error instanceof Problem)) throw error;
          this.problem = error;
        },
      );
      return () => {
        gone = true;
        if (this.address) URL.revokeObjectURL(this.address);
        this.address = null;
      };
    });
  }
}
