/** All devices with their state and latest values. */

import type { JSX } from "preact";
import { useComputed, useSignal } from "@preact/signals";
import type { Thing } from "../api/types";
import { words } from "../lib/format";
import { silent, thingIds, thingSignal } from "../state/things";
import { openedThing } from "../state/view";
import { DeviceValue } from "./device-value";
import { DrawerPanel } from "./drawer";
import { ThingStateTag } from "./thing-state";

function passes(thing: Thing, text: string): boolean {
  const all = `${thing.title} ${thing.name} ${thing.kind} ${thing.state} ${thing.datastreams.map((d) => d.observed_property).join(" ")}`;
  return all.toLowerCase().includes(text);
}

export function DevicesDrawer(): JSX.Element {
  const text = useSignal("");
  const onlySilent = useSignal(false);
  const ids = useComputed(() => {
    const wanted = text.value.trim().toLowerCase();
    const from = onlySilent.value ? silent.value : thingIds.value;
    if (!wanted) return from;
    return from.filter((id) => {
      const thing = thingSignal(id)?.value;
      return thing && passes(thing, wanted);
    });
  });
  const all = thingIds.value.length;
  return (
    <DrawerPanel title="Devices" testid="devices-drawer" aside={<span class="dim">{all} devices</span>}>
      <div class="drawer-tools">
        <input
          type="search"
          placeholder="Find a device"
          aria-label="Find a device"
          value={text.value}
          onInput={(e) => (text.value = e.currentTarget.value)}
        />
        <button class="chip" aria-pressed={onlySilent.value} onClick={() => (onlySilent.value = !onlySilent.value)}>
          <span>Not reporting</span> <b>{silent.value.length}</b>
        </button>
      </div>
      <ul role="list" class="devices">
        {ids.value.map((id) => (
          <DeviceRow key={id} id={id} />
        ))}
      </ul>
      {ids.value.length === 0 && <p class="empty">{all ? "No device fits." : "No devices are registered."}</p>}
    </DrawerPanel>
  );
}

function DeviceRow({ id }: { id: number }): JSX.Element | null {
  const thing = thingSignal(id)?.value;
  if (!thing) return null;
  const replay = thing.clock === "replay";
  return (
    <li class={`device ${thing.state === "online" ? "" : "abnormal-row"}`} data-testid="device-row" data-thing={thing.name} data-state={thing.state}>
      <div class="device-head">
        <button class="link" onClick={() => (openedThing.value = id)} title="Show on the map">
          {thing.title}
        </button>
        <span class="dim clip">
          {thing.name} · {words(thing.kind)}
          {thing.latitude === null && " · no place"}
        </span>
        <ThingStateTag thing={thing} />
      </div>
      {thing.state_note && thing.state !== "online" && <p class="device-note">{thing.state_note}</p>}
      <ul role="list" class={`device-values ${replay ? "replayed" : ""}`}>
        {thing.datastreams.map((d) => (
          <li key={d.id}>
            <span class="prop clip" title={d.name}>
              {words(d.observed_property)}
            </span>
            <DeviceValue datastream={d} replay={replay} />
          </li>
        ))}
      </ul>
    </li>
  );
}
