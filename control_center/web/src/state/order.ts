/** Which alerts the list shows, in which order, and when that order stands still. */

import { computed, effect, signal } from "@preact/signals";
import type { Alert, Domain } from "../api/types";
import { known, rank } from "../lib/severity";
import { alertSignal, openAlerts } from "./alerts";

/** Hands off the list for so long: it moves again, so that nothing new stays hidden. */
const LAPSE_MS = 30_000;

export const domainFilter = signal<Domain | null>(null);
export const textFilter = signal("");

function matches(alert: Alert, text: string): boolean {
  const all = `${alert.title} ${alert.thing.title} ${alert.thing.name} ${alert.description} ${alert.severity} ${alert.rule}`;
  return all.toLowerCase().includes(text);
}

/** The open alerts that pass the filter, most urgent first. */
const wanted = computed<Alert[]>(() => {
  const domain = domainFilter.value;
  const text = textFilter.value.trim().toLowerCase();
  return openAlerts.value.filter((a) => (!domain || a.domain === domain) && (!text || matches(a, text)));
});

/** What the filter hides. */
export const hidden = computed(() => {
  const shown = new Set(wanted.value);
  const left = openAlerts.value.filter((a) => !shown.has(a));
  return { all: left.length, unacknowledged: left.filter((a) => !a.acknowledged_at).length };
});

export function clearFilters(): void {
  domainFilter.value = null;
  textFilter.value = "";
}

/** The ids in the order the list shows them. */
export const shown = signal<number[]>([]);

const pointerIn = signal(false);
const focusIn = signal(false);
const lapsed = signal(false);
export const frozen = computed(() => (pointerIn.value || focusIn.value) && !lapsed.value);

let timer = 0;

/** The operator did something in the list: the order stands still (again). */
export function holdList(by: { pointer?: boolean; focus?: boolean }): void {
  if (by.pointer !== undefined) pointerIn.value = by.pointer;
  if (by.focus !== undefined) focusIn.value = by.focus;
  lapsed.value = false;
  window.clearTimeout(timer);
  timer = window.setTimeout(() => (lapsed.value = true), LAPSE_MS);
}

/** Alerts that came while the order stands still, and the worst of them. */
export const waiting = computed(() => {
  const have = new Set(shown.value);
  const fresh = wanted.value.filter((a) => !have.has(a.id));
  const worst = fresh.reduce<Alert | null>((w, a) => (!w || rank(a.severity) < rank(w.severity) ? a : w), null);
  return { count: fresh.length, worst: worst ? known(worst.severity) : null };
});

/** Puts the list in its right order now. */
export function settle(): void {
  shown.value = wanted.peek().map((a) => a.id);
}

/** After a reconnect: what is no longer held must not stay as a row, even while the order is held. */
export function dropGone(): void {
  shown.value = shown.peek().filter((id) => alertSignal(id));
}

function same(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

effect(() => {
  // With nothing left to show there is nothing to hold still.
  if (frozen.value && wanted.value.length > 0) return;
  const ids = wanted.value.map((a) => a.id);
  if (!same(ids, shown.peek())) shown.value = ids;
});

// A new filter is the operator's own wish: it applies at once.
effect(() => {
  domainFilter.value;
  textFilter.value;
  settle();
});
