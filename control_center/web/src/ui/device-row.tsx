/** One device in the list. Redraws only when its own device changes. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import type { Thing } from "../api/types";
import { count, duration, words } from "../lib/format";
import { now } from "../state/clock";
import { deviceCursor, reasonName, refusedCount } from "../state/devices";
import { lastHeard, thingSignal } from "../state/things";
import { openDevice, openedDevice } from "../state/view";
import { GradeBadge } from "./badges";
import { DeviceValue } from "./device-value";
import { ThingStateTag } from "./thing-state";

const MOST_VALUES = 2;

interface RowProps {
  id: number;
  index: number;
  top: number;
  /** Whether Tab stops here; the other rows are reached with J, K and the arrows. */
  stop: boolean;
}

export function DeviceRow({ id, index, top, stop }: RowProps): JSX.Element | null {
  const thing = thingSignal(id)?.value;
  const isOpened = useComputed(() => openedDevice.value === id);
  const heard = useComputed(() => {
    const current = thingSignal(id)?.value;
    const at = current ? lastHeard(current, (value) => value.value) : NaN;
    return Number.isNaN(at) ? "never" : duration(now.value - at);
  });
  if (!thing) return null;
  const open = (): void => {
    deviceCursor.value = id;
    openDevice(id);
  };
  return (
    <div
      class={`device-row ${isOpened.value ? "opened" : ""}`}
      role="row"
      aria-rowindex={index + 2}
      style={{ top: `${top}px` }}
      data-testid="device-row"
      data-thing={thing.name}
      data-state={thing.state}
      data-stage={thing.stage}
      onClick={open}
    >
      <div role="cell" class="device-who">
        <button class="link" tabIndex={stop ? 0 : -1} data-device={id} aria-current={isOpened.value ? "true" : undefined}>
          {thing.title}
        </button>
        <span class="dim clip">
          {thing.name} · {words(thing.kind)}
          {thing.latitude === null && " · no place"}
        </span>
      </div>
      <div role="cell">
        <ThingStateTag thing={thing} />
      </div>
      <div role="cell" class="nowrap">
        {heard}
      </div>
      <Results thing={thing} />
      <div role="cell" class="device-stage">
        {thing.stage === "sandbox" ? (
          <>
            <span class="tag sandbox">sandbox</span>
            <small>raises no alert</small>
          </>
        ) : (
          <span class="dim">field</span>
        )}
      </div>
      <div role="cell">
        <GradeBadge check={thing.check} />
      </div>
      <Refused thing={thing} />
    </div>
  );
}

function Results({ thing }: { thing: Thing }): JSX.Element {
  const shown = thing.datastreams.slice(0, MOST_VALUES);
  const more = thing.datastreams.length - shown.length;
  return (
    <div role="cell" class="device-results">
      {shown.map((d) => (
        <span key={d.id} class="device-result">
          <span class="prop clip">{words(d.observed_property)}</span>
          <DeviceValue datastream={d} replay={thing.clock === "replay"} brief />
        </span>
      ))}
      {more > 0 && <small>and {more} more</small>}
      {thing.frames && !shown.length && <span class="dim">{thing.frames.rate} pictures/s</span>}
    </div>
  );
}

function Refused({ thing }: { thing: Thing }): JSX.Element {
  const first = thing.refused_last_hour[0];
  if (!first) return <div role="cell" class="dim">–</div>;
  const more = thing.refused_last_hour.length - 1;
  return (
    <div role="cell" class="device-refused" title={first.detail} data-testid="refused-cell">
      <b>{count(refusedCount(thing))}</b>
      <span class="clip">
        {reasonName(first.reason)}
        {more > 0 && ` +${more}`}
      </span>
    </div>
  );
}
