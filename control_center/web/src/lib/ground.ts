/** The ground as a camera on a pole sees it: what analytics reckons with, as lines in the picture. */

import type { Point, Pole } from "./drawing";

interface Size {
  width: number;
  height: number;
}

const AWAY_M = [5, 10, 20, 40, 80];
const STEPS = 24;

/** The horizon, in pixels. */
export function horizon(pole: Pole, size: Size): Point[] {
  return across(pole, size, 1e5).line;
}

/** Lines across the ground so many metres before the pole, as far as they are in the picture. */
export function reaches(pole: Pole, size: Size): { metres: number; line: Point[] }[] {
  return AWAY_M.map((metres) => across(pole, size, metres)).filter(({ line }) =>
    line.some(([x, y]) => x >= 0 && x <= size.width && y >= 0 && y <= size.height),
  );
}

function across(pole: Pole, size: Size, metres: number): { metres: number; line: Point[] } {
  const line: Point[] = [];
  for (let i = -STEPS; i <= STEPS; i++) {
    const seen = pixel(pole, size, [(i / STEPS) * 1.6 * metres, metres]);
    if (seen) line.push(seen);
  }
  return { metres, line };
}

/** Where a place on the ground is seen: x to the right of the pole, y ahead, in metres. */
function pixel({ height_m, tilt, fov, k1 }: Pole, { width, height }: Size, [x, y]: Point): Point | null {
  const focal = width / 2 / Math.tan((fov * Math.PI) / 360);
  const [cos, sin] = [Math.cos((tilt * Math.PI) / 180), Math.sin((tilt * Math.PI) / 180)];
  const depth = y * cos + height_m * sin;
  if (!(depth > 0.3)) return null;
  const [u, v] = [x / depth, (height_m * cos - y * sin) / depth];
  const bent = 1 + k1 * (u * u + v * v);
  // Past this a barrel lens would fold the picture over.
  if (1 + 3 * k1 * (u * u + v * v) <= 0) return null;
  return [width / 2 + u * bent * focal, height / 2 + v * bent * focal];
}
