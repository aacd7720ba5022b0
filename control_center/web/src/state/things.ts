/** The devices and their latest values: one signal for each. */

import { batch, computed, signal, type Signal } from "@preact/signals";
import { get } from "../api/client";
import type { Datastream, LiveValue, RefusedReason, Thing } from "../api/types";
import { serverNow } from "./clock";

/** A value younger than this is never called late, however short its period. */
const LEAST_LATE_MS = 2000;
const LATE_PERIODS = 3;
/** Bursts of changes redraw the lists and the map once. */
const SETTLE_MS = 100;

export interface Value {
  time: string;
  result: number;
  quality: number;
  /** When it was heard of, in the back end's time: what its age is counted from. */
  heard: number;
}

const things = new Map<number, Signal<Thing>>();
const values = new Map<number, Signal<Value | null>>();
const replayed = new Set<number>();

export const thingIds = signal<number[]>([]);
/** Rises when any device changed; what shows all of them reads this and peeks at each. */
export const thingsRevision = signal(0);
let pending = 0;

export function thingSignal(id: number): Signal<Thing> | undefined {
  return things.get(id);
}

export function valueSignal(datastream: number): Signal<Value | null> {
  let found = values.get(datastream);
  if (!found) {
    found = signal<Value | null>(null);
    values.set(datastream, found);
  }
  return found;
}

/** A replayed value's own time lies in the past: its age counts from when it came. */
function heardAt(datastream: number, time: string, came: number): number {
  const at = Date.parse(time);
  return replayed.has(datastream) || Number.isNaN(at) ? came : Math.min(at, came);
}

export function putThing(thing: Thing): void {
  for (const d of thing.datastreams) {
    if (thing.clock === "replay") replayed.add(d.id);
    else replayed.delete(d.id);
    if (!d.latest) continue;
    const old = valueSignal(d.id);
    const known = old.peek();
    if (known && Date.parse(known.time) >= Date.parse(d.latest.time)) continue;
    const came = thing.clock === "replay" && thing.last_seen ? Date.parse(thing.last_seen) : serverNow();
    old.value = { ...d.latest, heard: heardAt(d.id, d.latest.time, came) };
  }
  const old = things.get(thing.id);
  if (old) old.value = thing;
  else things.set(thing.id, signal(thing));
  pending ||= window.setTimeout(sortIds, SETTLE_MS);
}

/** Takes over what was refused in the last hour, by device; the others are free of it. */
export function putRefused(byThing: Record<string, RefusedReason[]>): void {
  batch(() => {
    for (const [id, held] of things) {
      const refused = byThing[id] ?? [];
      const thing = held.peek();
      if (JSON.stringify(refused) !== JSON.stringify(thing.refused_last_hour)) putThing({ ...thing, refused_last_hour: refused });
    }
  });
}

export function putValues(news: LiveValue[]): void {
  const came = serverNow();
  batch(() => {
    for (const [id, time, result, quality] of news) {
      valueSignal(id).value = { time, result, quality, heard: heardAt(id, time, came) };
    }
  });
}

function sortIds(): void {
  window.clearTimeout(pending);
  pending = 0;
  const all = [...things.values()].map((s) => s.peek());
  all.sort((a, b) => a.title.localeCompare(b.title, "en", { numeric: true }) || a.id - b.id);
  batch(() => {
    thingIds.value = all.map((t) => t.id);
    thingsRevision.value++;
  });
}

export async function loadThings(): Promise<void> {
  const answer = await get<{ things: Thing[] }>("/things");
  batch(() => {
    const ids = new Set(answer.things.map((t) => t.id));
    for (const id of things.keys()) if (!ids.has(id)) things.delete(id);
    for (const thing of answer.things) putThing(thing);
    sortIds();
  });
}

export function forgetThings(): void {
  things.clear();
  values.clear();
  replayed.clear();
  sortIds();
}

/** Whether a value is too old to be shown as the present one. */
export function isLate(value: Value, datastream: Datastream, now: number): boolean {
  if (!(datastream.period > 0)) return false;
  return now - value.heard > Math.max(LATE_PERIODS * datastream.period * 1000, LEAST_LATE_MS);
}

/** The devices that do not report. */
export const silent = computed(() => {
  thingsRevision.value;
  return thingIds.value.filter((id) => things.get(id)?.peek().state !== "online");
});

/** When a device was last heard, in the back end's time; NaN when never. */
export function lastHeard(thing: Thing, read: (value: Signal<Value | null>) => Value | null): number {
  const heard = thing.datastreams.map((d) => read(valueSignal(d.id))?.heard ?? 0);
  const newest = Math.max(thing.last_seen ? Date.parse(thing.last_seen) : 0, ...heard);
  return newest > 0 ? newest : NaN;
}
