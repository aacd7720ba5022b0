/** How well Smartopia itself is, and how old that knowledge is. */

import { computed, signal } from "@preact/signals";
import type { Health } from "../api/types";
import { now, serverNow } from "./clock";
import { live } from "./live-state";

const LATE_MS = 5000;
const SPAN_MS = 10_000;

export const health = signal<Health | null>(null);
const heard = signal(0);

interface Sample {
  at: number;
  counters: Map<string, number>;
}
let samples: Sample[] = [];

const key = (part: string, instance: string, name: string): string => `${part} ${instance} ${name}`;

export function putHealth(next: Health): void {
  const at = serverNow();
  const counters = new Map<string, number>();
  for (const p of next.parts) {
    for (const [name, value] of Object.entries(p.counters)) counters.set(key(p.part, p.instance, name), value);
  }
  samples = [...samples.filter((s) => at - s.at < SPAN_MS), { at, counters }];
  heard.value = at;
  health.value = next;
}

/** How fast a counter rose lately, per second; null when that is not known. */
export function rate(part: string, instance: string, name: string): number | null {
  const k = key(part, instance, name);
  const last = samples.at(-1);
  const first = samples.find((s) => s.counters.has(k));
  const [to, from] = [last?.counters.get(k), first?.counters.get(k)];
  if (!last || !first || to === undefined || from === undefined || last.at - first.at < 1500) return null;
  // A counter that fell was begun anew with its process.
  return to < from ? null : ((to - from) * 1000) / (last.at - first.at);
}

export function forgetHealth(): void {
  health.value = null;
  samples = [];
}

/** For how long nothing was heard about the parts; 0 while that is fresh. */
export const healthAge = computed(() => {
  if (!health.value) return 0;
  const age = now.value - heard.value;
  return age > LATE_MS ? age : 0;
});

export type Lamp = "ok" | "warning" | "critical" | "unknown";

export const lamp = computed<Lamp>(() => {
  if (!health.value || live.value !== "live" || healthAge.value > 0) return "unknown";
  if (health.value.problems.some((p) => p.severity === "critical")) return "critical";
  return health.value.state === "ok" && health.value.problems.length === 0 ? "ok" : "warning";
});
