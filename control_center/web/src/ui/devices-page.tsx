/** All devices: what they are, whether they report, how far they are, and what is wrong. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { textOf } from "../api/client";
import type { Stage, ThingState } from "../api/types";
import {
  clearDeviceFilters,
  devices,
  inSandbox,
  loadRefused,
  onlyProblems,
  stageFilter,
  stateFilter,
  textFilter,
  troubled,
} from "../state/devices";
import { live } from "../state/live-state";
import { thingIds } from "../state/things";
import { DeviceTable } from "./device-table";
import { Icon } from "./icons";

const AGAIN_MS = 5000;
const STATES: [ThingState | "", string][] = [
  ["", "Any state"],
  ["online", "Online"],
  ["offline", "Offline"],
  ["lost", "Lost"],
  ["unknown", "Not heard yet"],
];

export function DevicesPage(): JSX.Element {
  const error = useSignal("");
  useEffect(() => {
    const load = (): void => {
      loadRefused().then(
        () => (error.value = ""),
        (e: unknown) => (error.value = textOf(e)),
      );
    };
    load();
    const timer = window.setInterval(load, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  const all = thingIds.value.length;
  return (
    <section class={`devices-page ${live.value === "lost" ? "not-current" : ""}`} aria-label="Devices" data-testid="devices-page">
      <header>
        <h2>Devices</h2>
        <span class="dim" role="status" data-testid="device-count">
          {devices.value.length === all ? all : `${devices.value.length} of ${all}`}
        </span>
        <Filters />
      </header>
      {error.value && <p class="problem">The refused messages are not current. {error.value}</p>}
      <DeviceTable />
      {devices.value.length === 0 && (
        <p class="empty">
          {all ? (
            <>
              No device fits.{" "}
              <button class="link" onClick={clearDeviceFilters}>
                Show all
              </button>
            </>
          ) : (
            <>
              No device has announced itself yet.
              <a href="/contract" target="_blank" rel="noreferrer">
                How to attach one
              </a>
            </>
          )}
        </p>
      )}
    </section>
  );
}

function Filters(): JSX.Element {
  return (
    <div class="device-filters">
      <div class="search">
        <Icon name="search" size={15} />
        <input
          id="device-filter"
          type="search"
          placeholder="Filter  /"
          aria-label="Filter the devices by text"
          value={textFilter.value}
          onInput={(e) => (textFilter.value = e.currentTarget.value)}
        />
      </div>
      <StageChip stage="sandbox" text={`Sandbox ${inSandbox.value}`} />
      <StageChip stage="field" text={`Field ${thingIds.value.length - inSandbox.value}`} />
      <select
        aria-label="Filter the devices by state"
        value={stateFilter.value}
        onChange={(e) => (stateFilter.value = e.currentTarget.value as ThingState | "")}
      >
        {STATES.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <button class="chip" aria-pressed={onlyProblems.value} onClick={() => (onlyProblems.value = !onlyProblems.value)}>
        With problems <b>{troubled.value}</b>
      </button>
      <a class="contract-link" href="/contract" target="_blank" rel="noreferrer">
        Device contract
      </a>
    </div>
  );
}

function StageChip({ stage, text }: { stage: Stage; text: string }): JSX.Element {
  const on = stageFilter.value === stage;
  return (
    <button class="chip" aria-pressed={on} onClick={() => (stageFilter.value = on ? "" : stage)}>
      {text}
    </button>
  );
}
