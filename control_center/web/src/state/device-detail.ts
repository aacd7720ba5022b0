/** The opened device's refusals and check report, and moving it between sandbox and field. */

import { computed, effect, signal } from "@preact/signals";
import { ApiError, get, post, textOf } from "../api/client";
import type { Stage, Thing, ThingDetail } from "../api/types";
import { putThing, thingSignal, thingsRevision } from "./things";
import { openedDevice } from "./view";

export const deviceDetail = signal<ThingDetail | null>(null);
export const deviceError = signal("");
/** What moving the device answered. */
export const stageNotice = signal<{ kind: "error" | "done"; text: string } | null>(null);
export const staging = signal(false);

/** The opened device as it is now. */
export const currentDevice = computed<Thing | null>(() => {
  thingsRevision.value; // a device may only now have come to be held
  const id = openedDevice.value;
  return id === null ? null : (thingSignal(id)?.value ?? null);
});

let asked = 0;

export async function loadDevice(): Promise<void> {
  const id = openedDevice.peek();
  if (id === null) return;
  const mine = ++asked;
  try {
    const found = await get<ThingDetail>(`/things/${id}`);
    if (mine !== asked) return;
    deviceDetail.value = found;
    deviceError.value = "";
    putThing(found.thing);
  } catch (error) {
    if (mine === asked) deviceError.value = textOf(error);
  }
}

// Another device opened: nothing of the one before stays on the page.
effect(() => {
  openedDevice.value;
  asked++;
  deviceDetail.value = null;
  deviceError.value = "";
  stageNotice.value = null;
});

// Checked or moved meanwhile: its report is read again.
effect(() => {
  const thing = currentDevice.value;
  const loaded = deviceDetail.peek()?.thing;
  if (!thing || loaded?.id !== thing.id) return;
  if (thing.check?.at !== loaded.check?.at || thing.stage !== loaded.stage) void loadDevice();
});

export async function setStage(thing: Thing, stage: Stage): Promise<void> {
  if (staging.peek()) return;
  staging.value = true;
  stageNotice.value = null;
  const told = (kind: "error" | "done", text: string): void => {
    if (openedDevice.peek() === thing.id) stageNotice.value = { kind, text };
  };
  try {
    const answer = await post<{ thing: Thing }>(`/things/${thing.id}/stage`, { stage });
    putThing(answer.thing);
    told("done", stage === "field" ? "It is in the field now, and may raise alerts." : "It is in the sandbox now, and raises no alert.");
  } catch (error) {
    if (error instanceof ApiError && error.thing) putThing(error.thing);
    told("error", `Not done. ${textOf(error)}`);
  } finally {
    staging.value = false;
  }
}
