/** The opened device: its stage, results, check and refused messages. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Datastream, RefusedReason, Thing } from "../api/types";
import { useSignal } from "@preact/signals";
import { count, when, words } from "../lib/format";
import { now } from "../state/clock";
import { currentDevice, deviceDetail, deviceError, loadDevice } from "../state/device-detail";
import { reasonName } from "../state/devices";
import { openedDevice, showOnMap } from "../state/view";
import { SandboxBadge } from "./badges";
import { CheckReport } from "./check-report";
import { LastHour } from "./device-card";
import { DeviceValue } from "./device-value";
import { Icon } from "./icons";
import { RefusedTable } from "./refused-messages";
import { StagePanel } from "./stage-panel";
import { ThingStateTag } from "./thing-state";

const AGAIN_MS = 5000;
/** As many charts are drawn unasked. */
const CHARTS = 3;

export function DeviceDetail(): JSX.Element {
  const id = openedDevice.value;
  const thing = currentDevice.value;
  useEffect(() => {
    void loadDevice();
    const timer = window.setInterval(() => void loadDevice(), AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [id]);
  if (id === null || !thing) {
    const text = id === null ? "Choose a device." : deviceError.value || `Loading device ${id}…`;
    return (
      <section class="detail" aria-label="Device">
        <p class="empty">{text}</p>
      </section>
    );
  }
  return (
    <section class="detail device-detail" aria-label={`Device ${thing.title}`} data-testid="device-detail" data-thing={thing.name}>
      <Head thing={thing} />
      <div class="detail-scroll" key={id} tabIndex={-1}>
        {deviceError.value && <p class="problem">This is not current. {deviceError.value}</p>}
        {thing.state_note && thing.state !== "online" && <p class="card-note">{thing.state_note}</p>}
        {thing.refused_last_hour.map((r) => (
          <Trouble key={r.reason} refused={r} />
        ))}
        <StagePanel thing={thing} />
        <Results thing={thing} />
        <CheckReport thing={thing} assertions={deviceDetail.value?.assertions ?? null} />
        <Refused />
      </div>
    </section>
  );
}

function Head({ thing }: { thing: Thing }): JSX.Element {
  return (
    <header class="detail-head">
      <div class="detail-title">
        <p class="eyebrow">
          <ThingStateTag thing={thing} />
          <SandboxBadge thing={thing} />
          {thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
        </p>
        <h2>{thing.title}</h2>
        <p class="where">
          <span class="dim">
            {thing.name} · {words(thing.kind)}
            {thing.frames && ` · ${thing.frames.rate} pictures/s`}
          </span>
          {thing.latitude === null ? (
            <span class="dim">no place</span>
          ) : (
            <button class="link" onClick={() => showOnMap(thing.id)}>
              Show on the map
            </button>
          )}
        </p>
      </div>
      <button class="flat" aria-label="Close the device" title="Close (Esc)" onClick={() => (openedDevice.value = null)}>
        <Icon name="close" />
      </button>
    </header>
  );
}

/** A device that floods, lies about time or reuses a sequence is named for it. */
function Trouble({ refused: r }: { refused: RefusedReason }): JSX.Element {
  return (
    <div class="trouble" role="status" data-testid="trouble" data-reason={r.reason}>
      <Icon name="warning" size={17} />
      <div>
        <p>
          <b>{words(reasonName(r.reason))}</b>: {count(r.count)} {r.count === 1 ? "message" : "messages"} refused in the last hour, the newest{" "}
          {when(r.at, now.peek())}
        </p>
        <p class="breakable">{r.detail}</p>
        {r.mend && <p class="mend">{r.mend}</p>}
      </div>
    </div>
  );
}

function Results({ thing }: { thing: Thing }): JSX.Element {
  if (thing.datastreams.length === 0) {
    return <p class="dim">{thing.frames ? "A camera: its pictures are kept with its alerts." : "It announces no datastreams."}</p>;
  }
  return (
    <div>
      <h3>Results, last hour</h3>
      <ul role="list" class="streams">
        {thing.datastreams.map((d, i) => (
          <Stream key={d.id} datastream={d} replay={thing.clock === "replay"} charted={i < CHARTS} />
        ))}
      </ul>
    </div>
  );
}

function Stream({ datastream: d, replay, charted }: { datastream: Datastream; replay: boolean; charted: boolean }): JSX.Element {
  const shown = useSignal(charted);
  return (
    <li>
      <div class="stream-head">
        <button class="flat" aria-expanded={shown.value} title="Show or hide the chart" onClick={() => (shown.value = !shown.value)}>
          <i aria-hidden="true">{shown.value ? "▾" : "▸"}</i>
          {words(d.observed_property)}
          {d.name !== d.observed_property && <span class="dim">{d.name}</span>}
        </button>
        <DeviceValue datastream={d} replay={replay} />
      </div>
      {shown.value && <LastHour datastream={d} replay={replay} small />}
    </li>
  );
}

function Refused(): JSX.Element | null {
  const detail = deviceDetail.value;
  if (!detail) return null;
  return (
    <div class="refused" data-testid="device-refusals">
      <h3>Newest refused messages</h3>
      {detail.refused.length ? <RefusedTable refused={detail.refused} topics={false} /> : <p class="dim">None.</p>}
    </div>
  );
}
