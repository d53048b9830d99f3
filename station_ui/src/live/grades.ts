/** How outlets are drawn on the picture and in the table beside it: by colour, by line and by letter. */

export interface Look {
  colour: string;
  /** Of the outline, in units of its width. */
  dash: number[];
  letter: string;
}

const LOOKS: Record<string, Look> = {
  super: { colour: "#ffffff", dash: [], letter: "S" },
  I: { colour: "#7fd4ff", dash: [6, 2], letter: "I" },
  II: { colour: "#ffd75e", dash: [3, 2], letter: "II" },
  processing: { colour: "#ff9de0", dash: [1.5, 1.5], letter: "P" },
  waste: { colour: "#ff7a66", dash: [0.5, 1.5], letter: "W" },
  recheck: { colour: "#c9d1d6", dash: [4, 2, 1, 2], letter: "R" },
};
const UNDECIDED: Look = { colour: "#c9d1d6", dash: [1, 3], letter: "" };

export function lookOf(outlet: string | null | undefined): Look {
  return (outlet && LOOKS[outlet]) || UNDECIDED;
}
