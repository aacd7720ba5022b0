/** The opened alert's evidence and history, and the operator's two actions on it. */

import { computed, effect, signal } from "@preact/signals";
import { ApiError, get, post, textOf } from "../api/client";
import type { Alert, AlertDetail, Disposition, FalseReason } from "../api/types";
import { dispositionName } from "../lib/severity";
import { alertSignal, openAlerts, putAlert } from "./alerts";
import { session } from "./session";
import { opened, resolving } from "./view";

export const detail = signal<AlertDetail | null>(null);
export const detailError = signal("");
/** What an action answered: shown above the buttons until the next action. */
export const notice = signal<{ kind: "error" | "changed" | "done"; text: string } | null>(null);
export const busy = signal<"acknowledge" | "resolve" | null>(null);

/** The opened alert as it is now: from the live list, else from what was loaded. */
export const current = computed<Alert | null>(() => {
  const id = opened.value;
  openAlerts.value; // an alert may only now have come to be held
  if (id === null) return null;
  const loaded = detail.value?.alert.id === id ? detail.value.alert : null;
  const listed = alertSignal(id)?.value ?? null;
  if (!listed || !loaded) return listed ?? loaded;
  return listed.version >= loaded.version ? listed : loaded;
});

/** The other alerts of its incident, as it went on: those loaded, and those raised since. */
export const alsoSeen = computed<Alert[]>(() => {
  const alert = current.value;
  if (!alert?.incident) return [];
  const loaded = detail.value?.alert.id === alert.id ? detail.value.also_seen : [];
  const raised = openAlerts.value.filter((a) => a.incident === alert.incident && a.id !== alert.id);
  const found = new Map([...loaded, ...raised].map((a) => [a.id, a]));
  return [...found.values()].sort((a, b) => Date.parse(a.onset) - Date.parse(b.onset) || a.id - b.id);
});

let asked = 0;

async function load(id: number): Promise<void> {
  const mine = ++asked;
  try {
    const found = await get<AlertDetail>(`/alerts/${id}`);
    if (mine !== asked) return;
    detail.value = found;
    detailError.value = "";
    if (alertSignal(id)) putAlert(found.alert);
  } catch (error) {
    if (mine === asked) detailError.value = textOf(error);
  }
}

export const reloadDetail = (): void => {
  const id = opened.peek();
  if (id !== null) void load(id);
};

// Another alert opened, or somebody signed in to see it: nothing of the one before stays.
effect(() => {
  const id = opened.value;
  const who = session.value;
  detail.value = null;
  detailError.value = "";
  notice.value = null;
  if (id !== null && who) void load(id);
});

// The opened alert changed: its history and evidence are read again.
const AGAIN_MS = 800;
let soon = 0;
effect(() => {
  const alert = current.value;
  if (!alert) return;
  const loaded = detail.peek()?.alert;
  if (loaded?.id !== alert.id || alert.version <= loaded.version || soon) return;
  // An alert that changes many times a second is read again once a second.
  soon = window.setTimeout(() => {
    soon = 0;
    if (opened.peek() === alert.id) void load(alert.id);
  }, AGAIN_MS);
});

const WATCHED: [string, (a: Alert) => string][] = [
  ["severity", (a) => a.severity],
  ["state", (a) => (a.active ? "active" : "returned to normal")],
  ["acknowledged by", (a) => a.acknowledged_by ?? "nobody"],
  ["resolved", (a) => (a.resolved_at ? `${dispositionName(a.disposition)} by ${a.resolved_by ?? "?"}` : "no")],
  ["occurrences", (a) => String(a.occurrences)],
  ["description", (a) => a.description],
];

function difference(before: Alert, after: Alert): string {
  const changes = WATCHED.filter(([, of]) => of(before) !== of(after)).map(
    ([name, of]) => `${name}: ${of(before)} → ${of(after)}`,
  );
  return changes.length ? changes.join("; ") : "its details";
}

async function act(what: "acknowledge" | "resolve", alert: Alert, body: object, done: string): Promise<boolean> {
  if (busy.peek()) return false;
  busy.value = what;
  notice.value = null;
  try {
    const answer = await post<{ alert: Alert }>(`/alerts/${alert.id}/${what}`, { version: alert.version, ...body });
    putAlert(answer.alert);
    if (opened.peek() === alert.id) {
      notice.value = { kind: "done", text: done };
      void load(alert.id);
    }
    return true;
  } catch (error) {
    if (opened.peek() !== alert.id) return false;
    if (error instanceof ApiError && error.status === 409 && error.alert) {
      putAlert(error.alert);
      notice.value = {
        kind: "changed",
        text: `Not done: this alert changed meanwhile. ${difference(alert, error.alert)}. Look again, then decide.`,
      };
      void load(alert.id);
    } else notice.value = { kind: "error", text: `Not done. ${textOf(error)}` };
    return false;
  } finally {
    busy.value = null;
  }
}

export async function acknowledge(): Promise<void> {
  const alert = current.peek();
  if (alert && !alert.acknowledged_at && !alert.resolved_at) await act("acknowledge", alert, {}, "Acknowledged.");
}

/** `reason`: why it was false; of a false one only. */
export async function resolve(disposition: Disposition, reason: FalseReason | null, note: string): Promise<void> {
  const alert = current.peek();
  if (!alert) return;
  const body = { disposition, ...(reason && { false_reason: reason }), ...(note.trim() && { note: note.trim() }) };
  if (await act("resolve", alert, body, `Resolved: ${dispositionName(disposition)}.`)) resolving.value = false;
}
