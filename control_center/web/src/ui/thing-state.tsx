/** Whether a device reports, in words; since when it does not. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import type { Thing, ThingState } from "../api/types";
import { duration } from "../lib/format";
import { now } from "../state/clock";

const NAMES: Record<ThingState, string> = {
  online: "online",
  offline: "offline",
  lost: "lost",
  unknown: "not heard yet",
};

export function ThingStateTag({ thing }: { thing: Thing }): JSX.Element {
  const online = thing.state === "online";
  const since = Date.parse(thing.last_seen ?? thing.state_at);
  const age = useComputed(() => (Number.isNaN(since) ? "" : duration(now.value - since)));
  return (
    <span class={`state state-${thing.state}`} title={thing.state_note ?? undefined}>
      {NAMES[thing.state] ?? thing.state}
      {!online && <span class="state-age"> {age}</span>}
    </span>
  );
}
