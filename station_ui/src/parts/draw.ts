/** The picture with what was decided about the fruit in it, on a canvas. */

import { lookOf } from "../live/grades";
import type { Picture, SeenFruit } from "../live/pictures.svelte";

/** Of the picture's width, so that lines look alike whatever the camera. */
const LINE = 1 / 260;
const LETTER = 1 / 32;

export function draw(canvas: HTMLCanvasElement, picture: Picture, chosen: SeenFruit | null): void {
  const { width_px, height_px, fruit } = picture.header;
  if (canvas.width !== picture.bitmap.width) canvas.width = picture.bitmap.width;
  if (canvas.height !== picture.bitmap.height) canvas.height = picture.bitmap.height;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(picture.bitmap, 0, 0);
  // Outlines are in pixels of the camera, the picture may have come smaller.
  context.scale(canvas.width / width_px, canvas.height / height_px);
  for (const one of fruit) outline(context, one, width_px * LINE, one.fruit !== null && one.fruit === chosen?.fruit);
  for (const one of fruit) letter(context, one, width_px * LETTER);
}

function outline(context: CanvasRenderingContext2D, fruit: SeenFruit, line_px: number, chosen: boolean): void {
  const look = lookOf(fruit.outlet);
  const [first, ...others] = fruit.outline;
  if (!first) return;
  context.beginPath();
  context.moveTo(first[0], first[1]);
  for (const [x, y] of others) context.lineTo(x, y);
  context.closePath();
  const width = chosen ? 2.5 * line_px : line_px;
  context.setLineDash([]);
  context.lineWidth = 1.8 * width;
  context.strokeStyle = "rgb(0 0 0 / 0.6)";
  context.stroke();
  context.lineWidth = width;
  context.setLineDash(look.dash.map((part) => part * line_px));
  context.strokeStyle = look.colour;
  context.stroke();
}

function letter(context: CanvasRenderingContext2D, fruit: SeenFruit, size_px: number): void {
  const look = lookOf(fruit.outlet);
  if (!look.letter) return;
  const x = fruit.outline.reduce((sum, point) => sum + point[0], 0) / fruit.outline.length;
  const y = fruit.outline.reduce((sum, point) => sum + point[1], 0) / fruit.outline.length;
  context.font = `700 ${size_px}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.setLineDash([]);
  context.lineWidth = size_px / 5;
  context.strokeStyle = "#000";
  context.strokeText(look.letter, x, y);
  context.fillStyle = look.colour;
  context.fillText(look.letter, x, y);
}

/** The fruit under a point of the picture; with gloves on, the nearest one within `reach_px`. */
export function fruitAt(fruit: readonly SeenFruit[], x: number, y: number, reach_px: number): SeenFruit | null {
  let nearest: SeenFruit | null = null;
  let least = reach_px;
  for (const one of fruit) {
    if (inside(one.outline, x, y)) return one;
    for (const [px, py] of one.outline) {
      const distance = Math.hypot(px - x, py - y);
      if (distance < least) [nearest, least] = [one, distance];
    }
  }
  return nearest;
}

function inside(outline: SeenFruit["outline"], x: number, y: number): boolean {
  let is = false;
  for (let i = 0, j = outline.length - 1; i < outline.length; j = i++) {
    const [ax, ay] = outline[i]!;
    const [bx, by] = outline[j]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) is = !is;
  }
  return is;
}
