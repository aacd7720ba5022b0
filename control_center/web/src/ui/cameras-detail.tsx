/** One camera: its picture large, what is seen, its alerts, and the way to its drawing. */

import type { JSX } from "preact";
import { useComputed, useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { get, textOf } from "../api/client";
import type { Alert, Camera, CameraDetail, Thing } from "../api/types";
import { ageText, when, words } from "../lib/format";
import { counted } from "../lib/labels";
import { dispositionName, known } from "../lib/severity";
import { openAlerts } from "../state/alerts";
import { cameraIds, countsOf, currencyOf, drawnSignal, facts, moveTile, type Currency } from "../state/cameras";
import { now } from "../state/clock";
import { thingIds, thingSignal } from "../state/things";
import { openAlert, opened } from "../state/view";
import { SandboxBadge } from "./badges";
import { CameraCrossings } from "./cameras-crossings";
import { LivePicture } from "./cameras-picture";
import { CameraMinutes } from "./cameras-minutes";
import { Age, Veil } from "./cameras-tile";
import { BoxesButton } from "./cameras-wall";
import { Icon, SeveritySign } from "./icons";
import { ThingStateTag } from "./thing-state";

const AGAIN_MS = 5000;
const LAST = 8;

export function CameraPage({ id }: { id: number }): JSX.Element {
  thingIds.value; // a device may only now have come to be held
  const thing = thingSignal(id)?.value;
  const detail = useSignal<CameraDetail | null>(null);
  const error = useSignal("");
  const open = useComputed(() => openAlerts.value.filter((a) => a.thing.id === id));
  useEffect(() => {
    const load = (): void => {
      get<CameraDetail>(`/cameras/${id}`).then(
        (found) => ((detail.value = found), (error.value = "")),
        (e: unknown) => (error.value = textOf(e)),
      );
    };
    load();
    const timer = window.setInterval(load, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [id, open.value.length]);
  const camera = detail.value?.camera ?? facts.value.get(id) ?? null;
  if (!thing || (!thing.frames && detail.value === null)) {
    return (
      <p class="empty">
        {error.value || `Loading camera ${id}…`} <a href="#/cameras">All cameras</a>
      </p>
    );
  }
  return (
    <section class="camera" aria-label={`Camera ${thing.title}`} data-testid="camera" data-thing={thing.name}>
      <Head thing={thing} />
      <div class="camera-body">
        <Large thing={thing} />
        <aside class="camera-side" aria-label="What is seen">
          {error.value && <p class="problem">This is not current. {error.value}</p>}
          {camera?.areas === 0 && <NoArea id={id} />}
          <SeenNow thing={thing} />
          <Alerts open={open} detail={detail.value} />
          <CameraCrossings crossings={detail.value?.crossings ?? null} replay={thing.clock === "replay"} />
          <CameraMinutes minutes={detail.value?.minutes ?? []} />
          <Facts thing={thing} camera={camera} />
        </aside>
      </div>
    </section>
  );
}

function Head({ thing }: { thing: Thing }): JSX.Element {
  const ids = cameraIds.value;
  const at = ids.indexOf(thing.id);
  return (
    <header class="wall-head">
      <a class="back" href="#/cameras" title="All cameras (Esc)">
        ‹ Cameras
      </a>
      <h2 class="clip">{thing.title}</h2>
      <ThingStateTag thing={thing} />
      <SandboxBadge thing={thing} />
      {thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
      <div class="wall-tools">
        <a href={`#/cameras/${thing.id}/drawing`} data-testid="to-drawing">
          Draw areas and lines
        </a>
        <a href={`#device=${thing.id}`} data-testid="to-device">
          Device
        </a>
        <a href={`#/field/${thing.id}`} data-testid="to-miss">
          Report a miss
        </a>
        <BoxesButton />
        <nav class="pager" aria-label="Cameras beside it">
          <button class="flat" disabled={at <= 0} aria-label="Previous camera" title="Previous camera (←)" onClick={() => moveTile(-1, 0)}>
            ‹
          </button>
          <span>
            {at + 1} of {ids.length}
          </span>
          <button class="flat" disabled={at === ids.length - 1} aria-label="Next camera" title="Next camera (→)" onClick={() => moveTile(1, 0)}>
            ›
          </button>
        </nav>
      </div>
    </header>
  );
}

function Large({ thing }: { thing: Thing }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(800);
  const currency = useComputed<Currency>(() => currencyOf(thingSignal(thing.id)?.value ?? thing));
  useEffect(() => {
    const target = box.current;
    if (!target) return undefined;
    const resize = new ResizeObserver(() => (width.value = target.clientWidth));
    resize.observe(target);
    return () => resize.disconnect();
  }, []);
  const picture = drawnSignal(thing.id).value?.picture;
  return (
    <div class="camera-main">
      <div class={`camera-frame tile-${currency.value.kind}`} ref={box} data-testid="camera-frame" data-currency={currency.value.kind}>
        <LivePicture id={thing.id} width={width.value * 0.75} label={`Picture of ${thing.title}, people and number plates masked`} />
        <Veil thing={thing} currency={currency.value} />
      </div>
      <p class="tile-caption">
        <span class="dim">masked: nobody can be recognised</span>
        {currency.value.kind === "still" && <span>nothing has moved for {ageText(currency.value.age)}</span>}
        {picture && <Age time={picture.time} currency={currency.value} />}
      </p>
    </div>
  );
}

/** Cameras that propose nothing are watched for little until somebody draws. */
function NoArea({ id }: { id: number }): JSX.Element {
  return (
    <p class="notice" data-testid="no-area">
      <Icon name="warning" size={16} />
      <span>
        No area is drawn: nobody is told here of who enters, loiters, gathers or parks where they should not.{" "}
        <a href={`#/cameras/${id}/drawing`}>Draw one</a>
      </span>
    </p>
  );
}

function SeenNow({ thing }: { thing: Thing }): JSX.Element {
  const picture = drawnSignal(thing.id).value?.picture;
  const currency = useComputed(() => currencyOf(thingSignal(thing.id)?.value ?? thing).kind);
  const counts = picture ? countsOf(picture) : [];
  const old = currency.value === "old";
  return (
    <div data-testid="seen-now">
      <h3>{old ? "Seen last" : "Seen now"}</h3>
      <ul class={`seen ${old ? "dim" : ""}`} role="list">
        {counts.map(([label, n]) => (
          <li key={label}>
            <b>{n}</b> {counted(label, n).replace(/^\d+ /, "")}
          </li>
        ))}
        {counts.length === 0 && <li class="dim">{picture ? "Nothing it knows" : "No picture yet"}</li>}
      </ul>
    </div>
  );
}

function Alerts({ open, detail }: { open: Signal<Alert[]> | { value: Alert[] }; detail: CameraDetail | null }): JSX.Element {
  const ids = new Set(open.value.map((a) => a.id));
  const last = (detail?.alerts ?? []).filter((a) => !ids.has(a.id) && a.resolved_at).slice(0, LAST);
  return (
    <div class="camera-alerts" data-testid="camera-alerts">
      <h3>Open alerts</h3>
      {open.value.length === 0 && <p class="dim">None.</p>}
      <ul role="list">
        {open.value.map((a) => (
          <AlertLine key={a.id} alert={a} />
        ))}
      </ul>
      {last.length > 0 && (
        <>
          <h3>Last alerts</h3>
          <ul role="list">
            {last.map((a) => (
              <AlertLine key={a.id} alert={a} />
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function AlertLine({ alert: a }: { alert: Alert }): JSX.Element {
  const state = a.resolved_at ? dispositionName(a.disposition).toLowerCase() : a.acknowledged_at ? "acknowledged" : "unacknowledged";
  return (
    <li>
      <button
        class={`flat alert-line sev-${known(a.severity)} ${a.resolved_at ? "resolved" : ""}`}
        aria-current={opened.value === a.id ? "true" : undefined}
        onClick={() => openAlert(a.id)}
      >
        <SeveritySign severity={a.severity} hollow={!a.active} size={18} />
        <span class="alert-words">
          <span>{a.title}</span>
          <span class="dim">
            {when(a.raised_at, now.peek())} · {state}
          </span>
        </span>
      </button>
    </li>
  );
}

const stillText = (rate: number): string => (rate > 0 ? `, ${rate.toFixed(1)}/s of them still` : "");

function Facts({ thing, camera }: { thing: Thing; camera: Camera | null }): JSX.Element {
  const watched = camera?.watched;
  return (
    <dl class="facts">
      <dt>Device</dt>
      <dd>
        {thing.name} · {words(thing.kind)} · {thing.site}
      </dd>
      <dt>Pictures</dt>
      <dd>
        {watched
          ? `${watched.resolution[0]} x ${watched.resolution[1]}, ${watched.rate.toFixed(1)}/s looked at${stillText(watched.still_rate)}`
          : "none looked at yet"}
        {thing.frames && `; ${thing.frames.rate}/s announced`}
      </dd>
      <dt>Detector</dt>
      <dd class="breakable">{watched?.detector ?? "none told of it"}</dd>
      <dt>Drawing</dt>
      <dd>
        {camera?.site_view ? `revision ${camera.site_view}` : "nothing is drawn yet"} · <a href={`#/cameras/${thing.id}/drawing`}>draw</a>
      </dd>
    </dl>
  );
}
