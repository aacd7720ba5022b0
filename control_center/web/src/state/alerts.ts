/** The alerts the page knows: one signal each, so that one change redraws one row. */

import { computed, signal, type Signal } from "@preact/signals";
import { get } from "../api/client";
import type { Alert, Domain, Severity } from "../api/types";
import { DOMAINS, known, rank, SEVERITIES } from "../lib/severity";
import { serverNow } from "./clock";

const PAGE = 500;
const MOST = 2000;

interface Held {
  alert: Signal<Alert>;
  /** The last event that told of it; 0 when it came with a list. */
  event: number;
}

const held = new Map<number, Held>();
const revision = signal(0);
let pending = 0;

/** When the list was last known to be right, in the back end's time; null before the first load. */
export const alertsAt = signal<number | null>(null);
/** Set when there are more open alerts than the page holds. */
export const cutOff = signal(false);
/** Why the list could not be loaded; empty when it could. */
export const loadError = signal("");

/** Bursts of events redraw the list once. */
function touched(): void {
  if (pending) return;
  pending = window.setTimeout(() => {
    pending = 0;
    if (held.size > 2 * MOST) dropResolved();
    revision.value++;
  }, 40);
}

/** A shift is long: what is resolved need not stay in memory. */
function dropResolved(): void {
  for (const [id, h] of held) if (!isOpen(h.alert.peek())) held.delete(id);
}

export function isOpen(alert: Alert): boolean {
  return alert.resolved_at === null;
}

/** The signal of one alert, undefined when the page does not hold it. */
export function alertSignal(id: number): Signal<Alert> | undefined {
  return held.get(id)?.alert;
}

/** Takes over a newer state of an alert; an older one than known is left aside. */
export function putAlert(alert: Alert, event = 0): void {
  const old = held.get(alert.id);
  if (!old) held.set(alert.id, { alert: signal(alert), event });
  else {
    if (alert.version < old.alert.peek().version) return;
    old.alert.value = alert;
    old.event = Math.max(old.event, event);
  }
  touched();
}

export async function loadAlerts(): Promise<number> {
  const found: Alert[] = [];
  let last = 0;
  let more = true;
  for (let before = ""; more && found.length < MOST; ) {
    const page = await get<{ alerts: Alert[]; last_event_id: number }>(`/alerts?state=open&limit=${PAGE}${before}`);
    last = last || page.last_event_id;
    found.push(...page.alerts);
    more = page.alerts.length >= PAGE;
    before = `&before=${Math.min(...page.alerts.map((a) => a.id))}`;
  }
  const ids = new Set(found.map((a) => a.id));
  // What an event told after the list was read stays.
  for (const [id, h] of held) if (!ids.has(id) && h.event <= last) held.delete(id);
  for (const alert of found) putAlert(alert);
  cutOff.value = more;
  alertsAt.value = serverNow();
  touched();
  return last;
}

export function forgetAlerts(): void {
  held.clear();
  alertsAt.value = null;
  revision.value++;
}

function byUrgency(a: Alert, b: Alert): number {
  return (
    Number(a.acknowledged_at !== null) - Number(b.acknowledged_at !== null) ||
    rank(a.severity) - rank(b.severity) ||
    Date.parse(b.raised_at) - Date.parse(a.raised_at) ||
    b.id - a.id
  );
}

/** The open alerts in the order they want attention. */
export const openAlerts = computed<Alert[]>(() => {
  revision.value;
  const open: Alert[] = [];
  for (const h of held.values()) {
    const alert = h.alert.peek();
    if (isOpen(alert)) open.push(alert);
  }
  return open.sort(byUrgency);
});

export interface Counts {
  open: number;
  unacknowledged: number;
  domain: Record<Domain, number>;
  severity: Record<Severity, number>;
  /** domain + severity, for example "crimeSevere". */
  cell: Record<string, number>;
  /** The worst open severity of each domain. */
  worst: Partial<Record<Domain, Severity>>;
}

export const counts = computed<Counts>(() => {
  const c: Counts = {
    open: 0,
    unacknowledged: 0,
    domain: { crime: 0, traffic: 0, environment: 0, disaster: 0 },
    severity: { Extreme: 0, Severe: 0, Moderate: 0, Minor: 0 },
    cell: {},
    worst: {},
  };
  for (const alert of openAlerts.value) {
    const severity = known(alert.severity);
    c.open++;
    if (!alert.acknowledged_at) c.unacknowledged++;
    c.severity[severity]++;
    if (DOMAINS.includes(alert.domain)) {
      c.domain[alert.domain]++;
      const key = alert.domain + severity;
      c.cell[key] = (c.cell[key] ?? 0) + 1;
    }
  }
  for (const domain of DOMAINS) {
    const worst = SEVERITIES.find((s) => c.cell[domain + s]);
    if (worst) c.worst[domain] = worst;
  }
  return c;
});

export interface Mark {
  /** The alert to open when the device is clicked. */
  id: number;
  severity: Severity;
  unacknowledged: boolean;
  active: boolean;
  count: number;
}

/** The alert that matters most at each device. */
export const marks = computed<Map<number, Mark>>(() => {
  const byThing = new Map<number, Mark>();
  for (const alert of openAlerts.value) {
    const mark = byThing.get(alert.thing.id);
    if (mark) {
      mark.count++;
      mark.active ||= alert.active;
    } else {
      byThing.set(alert.thing.id, {
        id: alert.id,
        severity: known(alert.severity),
        unacknowledged: alert.acknowledged_at === null,
        active: alert.active,
        count: 1,
      });
    }
  }
  return byThing;
});
