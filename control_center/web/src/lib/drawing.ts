/** What is drawn on a camera's picture, as smartopia/siteview.py has it, and what is wrong with it. */

/** Shares of the picture's width and height; [0, 0] is top left. */
export type Point = [number, number];

export const USES = ["forbidden", "gathering", "no_parking", "road", "crossing"] as const;
export type Use = (typeof USES)[number];
export const USE_NAMES: Record<Use, string> = {
  forbidden: "Forbidden",
  gathering: "Where people gather",
  no_parking: "No parking",
  road: "Road",
  crossing: "Crossing",
};

export const ALARMS = ["both", "left_to_right", "right_to_left"] as const;
export type Alarm = (typeof ALARMS)[number];
export const ALARM_NAMES: Record<Alarm, string> = {
  both: "Either way",
  left_to_right: "Left to right, from 1 to 2",
  right_to_left: "Right to left, from 1 to 2",
};

export interface Area {
  name: string;
  use: Use;
  outline: Point[];
}

export interface Wire {
  name: string;
  line: Point[];
  alarm: Alarm;
}

export interface Way {
  name: string;
  line: Point[];
  width_m: number;
  speed_kmh: number;
  stop: Point | null;
}

export interface Pole {
  height_m: number;
  tilt: number;
  fov: number;
  k1: number;
}

export interface Marks {
  picture: Point[];
  metres: Point[];
}

export interface Ground {
  pole: Pole | null;
  marks: Marks | null;
}

export interface Drawing {
  areas: Area[];
  wires: Wire[];
  ways: Way[];
  ground: Ground | null;
}

export const EMPTY: Drawing = { areas: [], wires: [], ways: [], ground: null };

/** A part that has points. There is one set of marks at most. */
export interface Ref {
  kind: "areas" | "wires" | "ways" | "marks";
  index: number;
}

export const KIND_NAMES: Record<Ref["kind"], string> = { areas: "Area", wires: "Wire", ways: "Way", marks: "Marks" };
export const LEAST: Record<Ref["kind"], number> = { areas: 3, wires: 2, ways: 2, marks: 4 };
export const MOST: Record<Ref["kind"], number> = { areas: 60, wires: 2, ways: 60, marks: 4 };

export const same = (a: Ref | null, b: Ref | null): boolean => a?.kind === b?.kind && a?.index === b?.index;

/** The points of a part; a way's stop comes after those of its line. */
export function pointsOf(drawing: Drawing, { kind, index }: Ref): Point[] {
  switch (kind) {
    case "areas":
      return drawing.areas[index]?.outline ?? [];
    case "wires":
      return drawing.wires[index]?.line ?? [];
    case "ways": {
      const way = drawing.ways[index];
      return way ? (way.stop ? [...way.line, way.stop] : way.line) : [];
    }
    case "marks":
      return drawing.ground?.marks?.picture ?? [];
  }
}

/** The drawing with other points of a part, as many or not, in the order of `pointsOf`. */
export function withPoints(drawing: Drawing, ref: Ref, points: Point[]): Drawing {
  const { kind, index } = ref;
  switch (kind) {
    case "areas":
      return { ...drawing, areas: replaced(drawing.areas, index, (area) => ({ ...area, outline: points })) };
    case "wires":
      return { ...drawing, wires: replaced(drawing.wires, index, (wire) => ({ ...wire, line: points })) };
    case "ways":
      return {
        ...drawing,
        ways: replaced(drawing.ways, index, (way) =>
          way.stop ? { ...way, line: points.slice(0, -1), stop: points.at(-1) ?? null } : { ...way, line: points },
        ),
      };
    case "marks": {
      const marks = drawing.ground?.marks;
      return marks ? { ...drawing, ground: { pole: null, marks: { ...marks, picture: points } } } : drawing;
    }
  }
}

/** Whether this point of a part is its stop. */
export function isStop(drawing: Drawing, { kind, index }: Ref, point: number): boolean {
  return kind === "ways" && drawing.ways[index]?.line.length === point;
}

export function replaced<T>(list: T[], index: number, change: (one: T) => T): T[] {
  return list.map((one, i) => (i === index ? change(one) : one));
}

/** The drawing without a part. */
export function without(drawing: Drawing, { kind, index }: Ref): Drawing {
  if (kind === "marks") return { ...drawing, ground: null };
  return { ...drawing, [kind]: (drawing[kind] as unknown[]).filter((_, i) => i !== index) };
}

/** A name no other part has. */
export function freeName(drawing: Drawing, stem: string): string {
  const taken = new Set([...drawing.areas, ...drawing.wires, ...drawing.ways].map((part) => part.name));
  let n = 1;
  while (taken.has(`${stem}-${n}`)) n++;
  return `${stem}-${n}`;
}

/** Shares with four decimals: finer than any picture's pixels. */
export const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/** The point nearest to this one that lies in the picture. */
export function kept([x, y]: Point): Point {
  const within = (share: number): number => round(Math.min(1, Math.max(0, share)));
  return [within(x), within(y)];
}

/** Points moved together, as far as all of them stay in the picture. */
export function moved(points: Point[], by: Point): Point[] {
  const limit = (axis: 0 | 1): number => {
    const shares = points.map((p) => p[axis]);
    return Math.min(1 - Math.max(...shares), Math.max(-Math.min(...shares), by[axis]));
  };
  const [dx, dy] = [limit(0), limit(1)];
  return points.map(([x, y]) => kept([x + dx, y + dy]));
}

export interface Problem {
  /** The part it is about; null where it is about none that has points. */
  ref: Ref | null;
  text: string;
}

const LEAST_AREA = 1e-4;
const LEAST_LENGTH = 0.01;
const NAME = /^[a-z0-9][a-z0-9_-]{0,60}$/;

/** All that is wrong with a drawing, in words. The control center checks the same again. */
export function problemsOf(drawing: Drawing): Problem[] {
  const found: Problem[] = [];
  const names = new Set<string>();
  for (const kind of ["areas", "wires", "ways"] as const) {
    drawing[kind].forEach((part, index) => {
      const ref = { kind, index };
      const tell = (text: string): number => found.push({ ref, text: `${KIND_NAMES[kind]} ${part.name || index + 1}: ${text}` });
      if (!NAME.test(part.name)) tell("give it a name of small letters, digits, - and _.");
      else if (names.has(part.name)) tell("the name is used twice; give each part its own.");
      names.add(part.name);
      const points = pointsOf(drawing, ref);
      outside(points).forEach(tell);
      const wrong = "outline" in part ? outlineProblem(part.outline) : lineProblem(part.line);
      if (wrong) tell(wrong);
      if ("width_m" in part) {
        if (!(part.width_m > 1 && part.width_m <= 12)) tell("its width is more than 1 m and at most 12 m.");
        if (!(part.speed_kmh > 0 && part.speed_kmh <= 150)) tell("its speed is more than 0 and at most 150 km/h.");
      }
    });
  }
  return [...found, ...groundProblems(drawing.ground)];
}

function outside(points: Point[]): string[] {
  return points.flatMap(([x, y], i) =>
    x >= 0 && x <= 1 && y >= 0 && y <= 1 ? [] : [`point ${i + 1} lies outside the picture.`],
  );
}

function outlineProblem(outline: Point[]): string | null {
  if (outline.length < 3) return "it needs three corners at least.";
  if (crossesItself(outline)) return "its outline crosses itself; draw its corners in order.";
  if (areaOf(outline) < LEAST_AREA) return "it is empty; spread its corners.";
  return null;
}

function lineProblem(line: Point[]): string | null {
  const gaps = line.slice(1).map((point, i) => gap(line[i] as Point, point));
  if (gaps.some((length) => length === 0)) return "it has the same point twice in a row.";
  if (gaps.reduce((sum, length) => sum + length, 0) < LEAST_LENGTH) return "it is too short.";
  return null;
}

const POLE_LIMITS: [keyof Pole, string, number, number][] = [
  ["height_m", "height", 0.5, 100],
  ["tilt", "tilt", -20, 90],
  ["fov", "field of view", 5, 130],
  ["k1", "distortion", -0.5, 0.5],
];

function groundProblems(ground: Ground | null): Problem[] {
  const found: Problem[] = [];
  for (const [field, name, low, high] of ground?.pole ? POLE_LIMITS : []) {
    const value = ground?.pole?.[field] ?? NaN;
    if (!(value >= low && value <= high)) found.push({ ref: null, text: `Ground: the ${name} lies between ${low} and ${high}.` });
  }
  if (ground?.marks) {
    const ref: Ref = { kind: "marks", index: 0 };
    const { picture, metres } = ground.marks;
    outside(picture).forEach((text) => found.push({ ref, text: `Ground: ${text}` }));
    if (!metres.flat().every(Number.isFinite)) found.push({ ref, text: "Ground: give each mark's place in metres." });
    else if (inLine(picture, LEAST_AREA)) found.push({ ref, text: "Ground: three of the four marks lie in a line; spread them." });
    else if (inLine(metres, 0.25)) found.push({ ref, text: "Ground: three of the four places in metres lie in a line." });
  }
  return found;
}

function inLine(four: Point[], least: number): boolean {
  return four.some((_, left) => areaOf(four.filter((_, i) => i !== left)) < least);
}

export function gap(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

export function areaOf(polygon: Point[]): number {
  const twice = polygon.reduce((sum, [x, y], i) => {
    const [nx, ny] = polygon[(i + 1) % polygon.length] as Point;
    return sum + x * ny - nx * y;
  }, 0);
  return Math.abs(twice) / 2;
}

function crossesItself(polygon: Point[]): boolean {
  const sides = polygon.map((a, i): [Point, Point] => [a, polygon[(i + 1) % polygon.length] as Point]);
  return sides.some((one, i) => sides.slice(i + 1).some((other) => cross(...one, ...other)));
}

/** Whether two segments cross; that they touch is not enough. */
function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const side = (p: Point, q: Point, r: Point): number => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}
