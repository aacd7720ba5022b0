/** Where the labels of boxes stand so that none covers another: pure. */

import type { Box } from "../api/types";

export interface Label {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

const NARROW = 0.58;

function meet(a: Label, b: Label): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** A label for each box, null where no room is left for it; the surest first get theirs. */
export function placeLabels(boxes: Box[], texts: string[], size: number, limit: number): (Label | null)[] {
  const placed: Label[] = [];
  const labels: (Label | null)[] = boxes.map(() => null);
  const surest = boxes.map((_, i) => i).sort((a, b) => (boxes[b]?.score ?? 0) - (boxes[a]?.score ?? 0));
  for (const i of surest) {
    const [x1, y1, , y2] = boxes[i]?.box ?? [0, 0, 0, 0];
    const text = texts[i] ?? "";
    const [width, height] = [text.length * size * NARROW + size * 0.6, size * 1.3];
    const x = Math.max(0, Math.min(x1, limit - width));
    // Above the box, else below it, else inside.
    const free = [y1 - height, y2, y1]
      .map((y) => ({ text, x, y, width, height }))
      .find((label) => label.y >= 0 && !placed.some((p) => meet(label, p)));
    if (!free) continue;
    placed.push(free);
    labels[i] = free;
  }
  return labels;
}

const IRREGULAR: Record<string, string> = { person: "people", bus: "buses" };

/** "1 person", "2 people". */
export function counted(label: string, n: number): string {
  return `${n} ${n === 1 ? label : (IRREGULAR[label] ?? `${label}s`)}`;
}
