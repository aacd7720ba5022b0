/** The drawing being worked on: what is selected, what can be undone, and its revisions. */

import { batch, computed, signal } from "@preact/signals";
import { ApiError, get, put, textOf } from "../api/client";
import {
  EMPTY,
  freeName,
  kept,
  LEAST,
  MOST,
  pointsOf,
  problemsOf,
  without,
  withPoints,
  type Drawing,
  type Point,
  type Ref,
} from "../lib/drawing";
import { session } from "./session";

export interface RevisionHead {
  number: number;
  author: string;
  source: "proposed" | "drawn";
  at: string;
  note: string;
}

interface Revision extends RevisionHead {
  view: Drawing;
}

interface SiteView {
  camera: { id: number; name: string; title: string };
  current: Revision | null;
  revisions: RevisionHead[];
}

/** What a click on the picture begins or goes on with; null selects. */
export type Tool = Ref["kind"] | null;

const MOST_UNDONE = 200;

export const camera = signal<SiteView["camera"] | null>(null);
export const revisions = signal<RevisionHead[]>([]);
/** The revision the work began from. */
export const began = signal<Revision | null>(null);
export const drawing = signal<Drawing>(EMPTY);
export const past = signal<Drawing[]>([]);
export const future = signal<Drawing[]>([]);
export const selected = signal<Ref | null>(null);
/** A point of the selected part. */
export const point = signal<number | null>(null);
export const tool = signal<Tool>(null);
/** The points set so far of the part that is being drawn. */
export const draft = signal<Point[]>([]);
export const notice = signal<{ kind: "error" | "done" | "conflict"; text: string } | null>(null);
export const busy = signal(false);

export const mayDraw = computed(() => session.value?.role === "operator" || session.value?.role === "administrator");
export const problems = computed(() => problemsOf(drawing.value));
export const unsaved = computed(() => JSON.stringify(drawing.value) !== JSON.stringify(began.value?.view ?? EMPTY));

let asked = 0;

/** Opens a camera's drawing; work on it that was not saved is still there. */
export async function openDrawing(thing: number): Promise<void> {
  if (camera.peek()?.id === thing && unsaved.peek()) return;
  if (camera.peek()?.id !== thing) forgetDrawing();
  const mine = ++asked;
  try {
    const found = await get<SiteView>(`/things/${thing}/site-view`);
    if (mine === asked) take(found);
  } catch (error) {
    if (mine === asked) notice.value = { kind: "error", text: textOf(error) };
  }
}

export function forgetDrawing(): void {
  asked++;
  batch(() => {
    camera.value = null;
    revisions.value = [];
    begin(null);
    notice.value = null;
  });
}

function take(found: SiteView): void {
  batch(() => {
    camera.value = found.camera;
    revisions.value = found.revisions;
    begin(found.current);
  });
}

function begin(revision: Revision | null): void {
  began.value = revision;
  drawing.value = revision?.view ?? EMPTY;
  past.value = future.value = [];
  selected.value = point.value = tool.value = null;
  draft.value = [];
}

/** Changes the drawing. `together`: with the change before, as far as undoing goes. */
export function change(next: Drawing, together = false): void {
  if (!mayDraw.peek()) return;
  batch(() => {
    if (!together) past.value = [...past.peek(), drawing.peek()].slice(-MOST_UNDONE);
    future.value = [];
    drawing.value = next;
    notice.value = null;
  });
}

export function undo(): void {
  if (draft.peek().length) {
    draft.value = draft.peek().slice(0, -1);
    return;
  }
  step(past, future);
}

export function redo(): void {
  step(future, past);
}

function step(from: typeof past, to: typeof past): void {
  const next = from.peek().at(-1);
  if (!next) return;
  batch(() => {
    from.value = from.peek().slice(0, -1);
    to.value = [...to.peek(), drawing.peek()];
    drawing.value = next;
    const at = selected.peek();
    if (at && !pointsOf(next, at).length) select(null);
    point.value = null;
  });
}

export function select(ref: Ref | null, at: number | null = null): void {
  batch(() => {
    selected.value = ref;
    point.value = at;
  });
}

/** Begins to draw a part of a kind; null goes back to selecting. */
export function draw(kind: Tool): void {
  batch(() => {
    tool.value = kind;
    draft.value = [];
    if (kind) select(null);
  });
}

/** Sets the next point of the part that is being drawn; the last one ends it. */
export function setPoint(at: Point): void {
  const kind = tool.peek();
  if (!kind) return;
  const next = kept(at);
  const last = draft.peek().at(-1);
  if (last && last[0] === next[0] && last[1] === next[1]) return;
  draft.value = [...draft.peek(), next];
  if (draft.peek().length >= MOST[kind]) endPart();
}

/** The part that was drawn becomes one of the drawing, and is selected. */
export function endPart(): void {
  const kind = tool.peek();
  const points = draft.peek();
  if (!kind || points.length < LEAST[kind]) return;
  const next = added(drawing.peek(), kind, points);
  batch(() => {
    change(next);
    draw(null);
    select({ kind, index: kind === "marks" ? 0 : next[kind].length - 1 });
  });
}

function added(now: Drawing, kind: Ref["kind"], points: Point[]): Drawing {
  switch (kind) {
    case "areas":
      return { ...now, areas: [...now.areas, { name: freeName(now, "area"), use: "forbidden", outline: points }] };
    case "wires":
      return { ...now, wires: [...now.wires, { name: freeName(now, "wire"), line: points, alarm: "both" }] };
    case "ways":
      return { ...now, ways: [...now.ways, { name: freeName(now, "way"), line: points, width_m: 3.2, speed_kmh: 50, stop: null }] };
    case "marks": {
      const unknown: Point[] = points.map(() => [NaN, NaN]);
      return { ...now, ground: { pole: null, marks: { picture: points, metres: unknown } } };
    }
  }
}

export function movePoint(ref: Ref, index: number, to: Point, together = false): void {
  const points = pointsOf(drawing.peek(), ref);
  change(withPoints(drawing.peek(), ref, points.map((p, i) => (i === index ? kept(to) : p))), together);
}

/** A new point between this one and the next. */
export function insertPoint(ref: Ref, after: number, at: Point): void {
  const points = pointsOf(drawing.peek(), ref);
  change(withPoints(drawing.peek(), ref, [...points.slice(0, after + 1), kept(at), ...points.slice(after + 1)]));
  point.value = after + 1;
}

/** Takes the chosen point away, or the whole part where none is chosen or too few would be left. */
export function removeChosen(): void {
  const ref = selected.peek();
  if (!ref) return;
  const now = drawing.peek();
  const at = point.peek();
  const way = ref.kind === "ways" ? now.ways[ref.index] : undefined;
  if (way && at === way.line.length) {
    change({ ...now, ways: now.ways.map((one) => (one === way ? { ...way, stop: null } : one)) });
  } else if (at !== null && (way?.line ?? pointsOf(now, ref)).length > LEAST[ref.kind]) {
    change(withPoints(now, ref, pointsOf(now, ref).filter((_, i) => i !== at)));
  } else {
    change(without(now, ref));
    select(null);
  }
  point.value = null;
}

/** Saves the drawing as a new revision. `over`: over one that came meanwhile. */
export async function save(note: string, over = false): Promise<boolean> {
  const thing = camera.peek()?.id;
  if (thing === undefined || busy.peek()) return false;
  busy.value = true;
  try {
    const newest = over ? (await get<SiteView>(`/things/${thing}/site-view`)).current : began.peek();
    const answer = await put<{ revision: Revision }>(`/things/${thing}/site-view`, {
      view: drawing.peek(),
      expected: newest?.number ?? null,
      note,
    });
    const { revisions: all } = await get<SiteView>(`/things/${thing}/site-view`);
    if (camera.peek()?.id !== thing) return true;
    // What is chosen stays chosen, and can still be undone.
    began.value = answer.revision;
    drawing.value = answer.revision.view;
    revisions.value = all;
    notice.value = { kind: "done", text: `Saved as revision ${answer.revision.number}. It counts from now on.` };
    return true;
  } catch (error) {
    const conflict = error instanceof ApiError && error.status === 409;
    notice.value = { kind: conflict ? "conflict" : "error", text: `Not saved. ${textOf(error)}` };
    return false;
  } finally {
    busy.value = false;
  }
}

/** Leaves the work for what is kept now. */
export async function discard(): Promise<void> {
  const thing = camera.peek()?.id;
  if (thing === undefined) return;
  begin(began.peek());
  notice.value = null;
  await openDrawing(thing);
}

/** Draws what an older revision had: to look at, and to save. */
export async function goBack(number: number): Promise<void> {
  const thing = camera.peek()?.id;
  if (thing === undefined) return;
  try {
    const { revision } = await get<{ revision: Revision }>(`/things/${thing}/site-view/${number}`);
    change(revision.view);
    select(null);
    await save(`as revision ${number}`);
  } catch (error) {
    notice.value = { kind: "error", text: textOf(error) };
  }
}
