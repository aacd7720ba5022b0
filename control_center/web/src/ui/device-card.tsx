/** A device on the map, opened: its state, values, the last hour, and its open alerts. */

import type { JSX } from "preact";
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, textOf } from "../api/client";
import type { Datastream, Point, Thing } from "../api/types";
import { words } from "../lib/format";
import { openAlerts } from "../state/alerts";
import { thingSignal } from "../state/things";
import { openAlert, openDevice, openedThing } from "../state/view";
import { SandboxBadge } from "./badges";
import { DeviceValue } from "./device-value";
import { Icon, SeveritySign } from "./icons";
import { SeriesChart } from "./series-chart";
import { ThingStateTag } from "./thing-state";

export function DeviceCard({ id }: { id: number }): JSX.Element | null {
  const thing = thingSignal(id)?.value;
  if (!thing) return null;
  return (
    <aside class="card" aria-label={`Device ${thing.title}`} data-testid="device-card" key={id}>
      <header>
        <div>
          <h3>{thing.title}</h3>
          <p class="dim">
            {thing.name} · {words(thing.kind)} {thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
          </p>
        </div>
        <ThingStateTag thing={thing} />
        <button class="flat" title="All about this device" aria-label="All about this device" onClick={() => openDevice(id)}>
          <Icon name="devices" size={15} />
        </button>
        <button class="flat" aria-label="Close the device" onClick={() => (openedThing.value = null)}>
          <Icon name="close" size={15} />
        </button>
      </header>
      {thing.stage === "sandbox" && (
        <p>
          <SandboxBadge thing={thing} />
        </p>
      )}
      {thing.state_note && <p class="card-note">{thing.state_note}</p>}
      <Values thing={thing} />
      <CardAlerts id={id} />
    </aside>
  );
}

function Values({ thing }: { thing: Thing }): JSX.Element {
  const charted = useSignal<number | null>(thing.datastreams.length === 1 ? (thing.datastreams[0]?.id ?? null) : null);
  const datastream = thing.datastreams.find((d) => d.id === charted.value);
  return (
    <>
      <ul role="list" class="card-values">
        {thing.datastreams.map((d) => (
          <li key={d.id}>
            <button
              class="flat"
              aria-expanded={charted.value === d.id}
              title="Show the last hour"
              onClick={() => (charted.value = charted.value === d.id ? null : d.id)}
            >
              {words(d.observed_property)}
            </button>
            <DeviceValue datastream={d} replay={thing.clock === "replay"} />
          </li>
        ))}
      </ul>
      {thing.frames && <p class="dim">Camera, {thing.frames.rate} pictures a second. Pictures are kept with its alerts.</p>}
      {datastream && <LastHour key={datastream.id} datastream={datastream} replay={thing.clock === "replay"} />}
    </>
  );
}

interface LastHourProps {
  datastream: Datastream;
  replay: boolean;
  small?: boolean;
}

export function LastHour({ datastream, replay, small = false }: LastHourProps): JSX.Element {
  const points = useSignal<Point[] | null>(null);
  const error = useSignal("");
  useEffect(() => {
    get<{ points: Point[] }>(`/datastreams/${datastream.id}/observations?minutes=60`).then(
      (answer) => (points.value = answer.points),
      (e: unknown) => (error.value = textOf(e)),
    );
  }, [datastream.id]);
  if (error.value) return <p class="problem">The last hour cannot be shown. {error.value}</p>;
  if (!points.value) return <p class="dim">Loading the last hour…</p>;
  if (points.value.length === 0) return <p class="dim">No values in the last hour.</p>;
  return (
    <SeriesChart
      points={points.value}
      unit={datastream.unit}
      name={`${datastream.observed_property}, last hour`}
      threshold={null}
      marks={[]}
      severity={null}
      follow={datastream.id}
      replay={replay}
      small={small}
      testid="device-chart"
    />
  );
}

function CardAlerts({ id }: { id: number }): JSX.Element | null {
  const list = useComputed(() => openAlerts.value.filter((a) => a.thing.id === id));
  if (list.value.length === 0) return null;
  return (
    <ul role="list" class="card-alerts">
      {list.value.slice(0, 5).map((a) => (
        <li key={a.id}>
          <button class="flat" onClick={() => openAlert(a.id)}>
            <SeveritySign severity={a.severity} hollow={!a.active} size={18} />
            <span class="clip">{a.title}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
