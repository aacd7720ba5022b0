/** The cameras: the newest of each, which of them the wall shows, and how current they are. */

import { batch, computed, effect, signal, type Signal } from "@preact/signals";
import { get } from "../api/client";
import type { Camera, CameraPicture, Thing, Watched } from "../api/types";
import { now } from "./clock";
import { health } from "./health";
import { live } from "./live-state";
import { thingIds, thingSignal, thingsRevision } from "./things";
import { openCamera, openedCamera } from "./view";

/** A picture older than this is never shown as the present. */
export const OLD_MS = 3000;
/** As many tiles stand on the wall at once. */
export const TILES = 16;

/** Told by the back end, at this instant of the page's own clock, which is never set. */
export interface Told extends Watched {
  at: number;
}

const held = new Map<number, Signal<Told | null>>();

/** What GET /cameras told: slow facts, such as the detector and the site view. */
export const facts = signal<Map<number, Camera>>(new Map());
export const boxesShown = signal(true);
/** The wall's page, from 0. */
export const wallPage = signal(0);
/** The tile the keyboard stands on. */
export const tileCursor = signal<number | null>(null);
/** How many tiles stand side by side. */
export const columns = signal(1);

const drawn = new Map<number, Signal<Drawn | null>>();

/** What is on the screen of a camera; null where nothing is. */
export function drawnSignal(id: number): Signal<Drawn | null> {
  let found = drawn.get(id);
  if (!found) drawn.set(id, (found = signal<Drawn | null>(null)));
  return found;
}

export function watchedSignal(id: number): Signal<Told | null> {
  let found = held.get(id);
  if (!found) held.set(id, (found = signal<Told | null>(null)));
  return found;
}

export function putWatched(news: (Watched & { id: number })[]): void {
  const at = performance.now();
  batch(() => {
    for (const { id, ...watched } of news) watchedSignal(id).value = { ...watched, at };
  });
}

export async function loadCameras(): Promise<void> {
  const answer = await get<{ cameras: Camera[] }>("/cameras");
  const at = performance.now();
  batch(() => {
    facts.value = new Map(answer.cameras.map((c) => [c.id, c]));
    for (const { id, watched } of answer.cameras) {
      const old = watchedSignal(id);
      // What an event told meanwhile is newer.
      if (watched && !old.peek()) old.value = { looked: watched.looked, picture: watched.picture, at };
    }
  });
}

export function forgetCameras(): void {
  held.clear();
  drawn.clear();
  facts.value = new Map();
}

/** The cameras, in the order of their titles: each keeps its place, whatever happens. */
export const cameraIds = computed<number[]>(() => {
  thingsRevision.value;
  return thingIds.value.filter((id) => thingSignal(id)?.peek().frames);
});

export const wallPages = computed(() => Math.max(1, Math.ceil(cameraIds.value.length / TILES)));

export const tiles = computed<number[]>(() => {
  const at = Math.min(wallPage.value, wallPages.value - 1);
  return cameraIds.value.slice(at * TILES, (at + 1) * TILES);
});

/** Why no camera is being looked at, in words; empty while a detector runs. */
export const detectorAway = computed(() => {
  const problem = health.value?.problems.find(
    (p) => p.part === "analytics-vision" && (p.code === "part_missing" || p.code === "part_silent"),
  );
  return problem?.text ?? "";
});

/** How long ago it was taken, in ms. A replay's own time lies in the past: it counts from when it came. */
export function ageOf(told: { lag: number; age: number }, at: number, thing: Thing): number {
  const late = thing.clock === "replay" ? 0 : Math.max(0, told.lag);
  return performance.now() - at + (told.age + late) * 1000;
}

/** A picture on the screen. */
export interface Drawn {
  picture: CameraPicture;
  /** When it was told of, by the page's own clock. */
  at: number;
}

/** `live`: current. `still`: current, for nothing moved since. `old`: not current. `none`: no picture yet. */
export interface Currency {
  kind: "live" | "still" | "old" | "none";
  /** Of the picture, in ms. */
  age: number;
}

/** How current what is on the screen is: by what is drawn, not by what was told. */
export function currencyOf(thing: Thing): Currency {
  now.value;
  const shown = drawnSignal(thing.id).value;
  const told = watchedSignal(thing.id).value;
  if (!shown) return { kind: "none", age: 0 };
  const age = ageOf(shown.picture, shown.at, thing);
  if (age <= OLD_MS) return { kind: "live", age };
  const newest = told?.picture?.time === shown.picture.time && told.looked.still;
  return { kind: newest && ageOf(told.looked, told.at, thing) <= OLD_MS ? "still" : "old", age };
}

/** How many tiles of the wall are not current. */
export const notCurrent = computed(() => {
  thingsRevision.value;
  return tiles.value.filter((id) => {
    const thing = thingSignal(id)?.peek();
    return thing && ["old", "none"].includes(currencyOf(thing).kind);
  }).length;
});

/** Why a picture is not current, in words. */
export function whyOld(thing: Thing): string {
  if (live.value === "lost") return "Connection lost";
  if (thing.state === "lost" || thing.state === "offline") return `Camera ${thing.state}`;
  if (detectorAway.value) return "No detector runs";
  const told = watchedSignal(thing.id).value;
  if (!told) return "No detector has told of it";
  return told.picture && !drawnSignal(thing.id).value ? "It is being loaded" : "No new picture";
}

/** Counts of what is seen, the most frequent first: "2 persons, 1 car". */
export function countsOf(picture: CameraPicture): [label: string, n: number][] {
  const counts = new Map<string, number>();
  for (const o of picture.objects) counts.set(o.label, (counts.get(o.label) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** Moves over the wall, or to the camera beside the one that is open. */
export function moveTile(right: number, down: number): void {
  const open = openedCamera.peek();
  const ids = open === null ? tiles.peek() : cameraIds.peek();
  const from = ids.indexOf(open ?? tileCursor.peek() ?? -1);
  const to = from < 0 ? 0 : from + right + down * (open === null ? columns.peek() : 1);
  const id = ids[to];
  if (id === undefined) return;
  tileCursor.value = id;
  if (open !== null) openCamera(id);
}

export function turnWall(step: 1 | -1): void {
  wallPage.value = Math.max(0, Math.min(wallPages.peek() - 1, wallPage.peek() + step));
}

// Back on the wall one is where one was.
effect(() => {
  const id = openedCamera.value;
  if (id === null) return;
  tileCursor.value = id;
  const at = cameraIds.value.indexOf(id);
  if (at >= 0) wallPage.value = Math.floor(at / TILES);
});
