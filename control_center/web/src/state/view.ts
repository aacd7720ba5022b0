/** What is open on the page, and which row the keyboard stands on. */

import { effect, signal } from "@preact/signals";
import { shown } from "./order";

export type Page = "live" | "devices" | "history";
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
/** The row J and K move from. */
export const cursor = signal<number | null>(null);
/** Whether the form that resolves the opened alert is open. */
export const resolving = signal(false);

export function openAlert(id: number): void {
  if (opened.peek() !== id) resolving.value = false;
  opened.value = id;
  cursor.value = id;
  openedThing.value = null;
  drawer.value = null;
  if (page.peek() === "devices") page.value = "live";
}

export function openDevice(id: number | null): void {
  page.value = "devices";
  openedDevice.value = id;
  drawer.value = null;
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

// What is opened is in the address, so that a reload comes back to it.
const [, what, which] = /^#(alert|device|devices)(?:=(\d+))?$/.exec(window.location.hash) ?? [];
if (what === "alert" && which) opened.value = cursor.value = Number(which);
else if (what) openDevice(which ? Number(which) : null);

function address(): string {
  if (page.value !== "devices") return opened.value === null ? "" : `#alert=${opened.value}`;
  return openedDevice.value === null ? "#devices" : `#device=${openedDevice.value}`;
}

effect(() => {
  const hash = address();
  window.history.replaceState(null, "", window.location.pathname + hash);
});
