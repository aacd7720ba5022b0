/** Which devices the page of devices shows, in which order, and where the keyboard stands. */

import { computed, signal } from "@preact/signals";
import { get } from "../api/client";
import type { RefusedReason, Stage, Thing, ThingState } from "../api/types";
import { words } from "../lib/format";
import { lastHeard, putRefused, thingIds, thingSignal, thingsRevision } from "./things";

export type SortKey = "title" | "state" | "seen" | "stage" | "grade" | "refused";

export const textFilter = signal("");
export const stageFilter = signal<Stage | "">("");
export const stateFilter = signal<ThingState | "">("");
export const onlyProblems = signal(false);
export const sort = signal<{ key: SortKey; down: boolean }>({ key: "title", down: false });
/** The row J and K move from. */
export const deviceCursor = signal<number | null>(null);
/** Rises when the keyboard moved: the row is brought into sight and takes the focus. */
export const deviceMoves = signal(0);

const REASONS: Record<string, string> = {
  flooding: "floods",
  absurd_time: "lies about time",
  reused_sequence: "reuses a sequence",
};

/** What a device does that gets its messages refused, in a word or two. */
export function reasonName(reason: string): string {
  return REASONS[reason] ?? words(reason).toLowerCase();
}

const STATES: Record<ThingState, string> = {
  online: "",
  offline: "is offline",
  lost: "is lost",
  unknown: "was not heard yet",
};

/** What is wrong with a device, in words; empty when nothing is. */
export function problemsOf(thing: Thing): string[] {
  const check = thing.check;
  return [
    STATES[thing.state] ?? thing.state,
    ...thing.refused_last_hour.map((r) => reasonName(r.reason)),
    check && !check.passed ? "did not pass its check" : "",
    check?.passed && !check.current ? "changed since its check" : "",
  ].filter(Boolean);
}

export function refusedCount(thing: Thing): number {
  return thing.refused_last_hour.reduce((sum, r) => sum + r.count, 0);
}

function passes(thing: Thing): boolean {
  const wanted = textFilter.value.trim().toLowerCase();
  const all = `${thing.title} ${thing.name} ${thing.kind} ${thing.datastreams.map((d) => d.observed_property).join(" ")}`;
  return (
    (!stageFilter.value || thing.stage === stageFilter.value) &&
    (!stateFilter.value || thing.state === stateFilter.value) &&
    (!onlyProblems.value || problemsOf(thing).length > 0) &&
    (!wanted || all.toLowerCase().includes(wanted))
  );
}

const STATE_ORDER: ThingState[] = ["lost", "offline", "unknown", "online"];

/** What the devices are ordered by; the titles' order decides between equals. */
const KEYS: Record<SortKey, (thing: Thing) => number | string> = {
  title: () => 0,
  state: (thing) => STATE_ORDER.indexOf(thing.state),
  seen: (thing) => lastHeard(thing, (value) => value.peek()) || 0,
  stage: (thing) => thing.stage,
  grade: (thing) => thing.check?.grade ?? "Z",
  refused: (thing) => -refusedCount(thing),
};

/** The ids in the order the list shows them. */
export const devices = computed<number[]>(() => {
  thingsRevision.value;
  const { key, down } = sort.value;
  // thingIds are in the order of titles, and sorting keeps the order of equals.
  const found = thingIds.value.flatMap((id) => {
    const thing = thingSignal(id)?.peek();
    return thing && passes(thing) ? [{ id, by: KEYS[key](thing) }] : [];
  });
  found.sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0));
  const ids = found.map((f) => f.id);
  return down ? ids.reverse() : ids;
});

export const troubled = computed(() => {
  thingsRevision.value;
  return thingIds.value.filter((id) => {
    const thing = thingSignal(id)?.peek();
    return thing && problemsOf(thing).length > 0;
  }).length;
});

export const inSandbox = computed(() => {
  thingsRevision.value;
  return thingIds.value.filter((id) => thingSignal(id)?.peek().stage === "sandbox").length;
});

export function clearDeviceFilters(): void {
  textFilter.value = "";
  stageFilter.value = "";
  stateFilter.value = "";
  onlyProblems.value = false;
}

export function moveDeviceCursor(step: 1 | -1): void {
  const ids = devices.peek();
  const at = ids.indexOf(deviceCursor.peek() ?? -1);
  const next = at < 0 ? 0 : Math.max(0, Math.min(ids.length - 1, at + step));
  deviceCursor.value = ids[next] ?? null;
  deviceMoves.value++;
}

/** Refusals come and grow old without a word: they are asked for. */
export async function loadRefused(): Promise<void> {
  const answer = await get<{ refused_last_hour: Record<string, RefusedReason[]> }>("/things/refused");
  putRefused(answer.refused_last_hour);
}
