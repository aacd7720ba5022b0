/** What is open on the page, and which row the keyboard stands on. */

import { batch, effect, signal } from "@preact/signals";
import { shown } from "./order";

export type Page = "live" | "cameras" | "devices" | "history" | "field" | "accuracy";
export type Drawer = "health" | null;

export const page = signal<Page>("live");
export const drawer = signal<Drawer>(null);
export const help = signal(false);
/** The opened alert. */
export const opened = signal<number | null>(null);
/** The device whose card is open on the map. */
export const openedThing = signal<number | null>(null);
/** The device opened on the page of devices. */
export const openedDevice = signal<number | null>(null);
/** The camera shown large; null shows the wall. */
export const openedCamera = signal<number | null>(null);
/** Whether what is drawn on the opened camera's picture is being edited. */
export const drawing = signal(false);
/** The row J and K move from. */
export const cursor = signal<number | null>(null);
/** The camera of which a miss is to be reported. */
export const missOf = signal<number | null>(null);
/** Whether the form that resolves the opened alert is open. */
export const resolving = signal(false);

export function openAlert(id: number): void {
  if (opened.peek() !== id) resolving.value = false;
  opened.value = id;
  cursor.value = id;
  openedThing.value = null;
  drawer.value = null;
  // Beside the wall and the history it opens as well.
  if (page.peek() !== "cameras" && page.peek() !== "history") page.value = "live";
}

export function openDevice(id: number | null): void {
  page.value = "devices";
  openedDevice.value = id;
  drawer.value = null;
}

/** null shows the wall. */
export function openCamera(id: number | null): void {
  batch(() => {
    page.value = "cameras";
    openedCamera.value = id;
    drawing.value = false;
    drawer.value = null;
  });
}

export function showOnMap(id: number): void {
  page.value = "live";
  openedThing.value = id;
}

export function closeAlert(): void {
  opened.value = null;
  resolving.value = false;
}

let place = 0;

/** Moves the cursor; when its row has gone, to the row that took its place. */
export function moveCursor(step: 1 | -1): number | null {
  const ids = shown.peek();
  if (ids.length === 0) return null;
  const at = ids.indexOf(cursor.peek() ?? -1);
  const next = at >= 0 ? at + step : cursor.peek() === null ? 0 : step > 0 ? place : place - 1;
  place = Math.max(0, Math.min(ids.length - 1, next));
  cursor.value = ids[place] ?? null;
  return cursor.value;
}

effect(() => {
  const at = shown.value.indexOf(cursor.value ?? -1);
  if (at >= 0) place = at;
});

// What is opened is in the address, so that a reload, a link and the browser's Back come to it.

function address(): string {
  switch (page.value) {
    case "live":
      return opened.value === null ? "" : `#alert=${opened.value}`;
    case "devices":
      return openedDevice.value === null ? "#devices" : `#device=${openedDevice.value}`;
    case "cameras":
      if (openedCamera.value === null) return "#/cameras";
      return `#/cameras/${openedCamera.value}${drawing.value ? "/drawing" : ""}`;
    default:
      return `#/${page.value}`;
  }
}

function follow(hash: string): void {
  const [, what, which] = /^#(alert|device|devices)(?:=(\d+))?$/.exec(hash) ?? [];
  const [, name, camera, drawn] = /^#\/(cameras|history|field|accuracy)(?:\/(\d+)(\/drawing)?)?$/.exec(hash) ?? [];
  batch(() => {
    if (what === "alert" && which) {
      page.value = "live";
      opened.value = cursor.value = Number(which);
    } else if (what) openDevice(which ? Number(which) : null);
    else if (name === "cameras") {
      openCamera(camera ? Number(camera) : null);
      drawing.value = Boolean(drawn);
    } else {
      if (name === "field") missOf.value = camera ? Number(camera) : null;
      page.value = (name as Page | undefined) ?? "live";
    }
  });
}

follow(window.location.hash);

/** Back comes to the page or camera before; not to every alert looked at. */
let stop: string | null = null;

effect(() => {
  const hash = address();
  const at = page.value === "cameras" ? hash : page.value;
  if (hash !== window.location.hash) {
    const how = stop === null || stop === at ? "replaceState" : "pushState";
    window.history[how](null, "", window.location.pathname + hash);
  }
  stop = at;
});

window.addEventListener("hashchange", () => follow(window.location.hash));
