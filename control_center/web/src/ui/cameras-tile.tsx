/** One camera on the wall: its picture, how current it is, and the alert that matters most. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import type { Alert, Thing } from "../api/types";
import { ageText, clockTime, duration } from "../lib/format";
import { counted } from "../lib/labels";
import { known } from "../lib/severity";
import { alertSignal, marks, type Mark } from "../state/alerts";
import { countsOf, currencyOf, drawnSignal, tileCursor, whyOld, type Currency } from "../state/cameras";
import { now } from "../state/clock";
import { thingSignal } from "../state/things";
import { openAlert, opened } from "../state/view";
import { LivePicture } from "./cameras-picture";
import { Icon, SeveritySign } from "./icons";

interface TileProps {
  id: number;
  width: number;
  /** Whether Tab stops here; the other tiles are reached with the arrows. */
  stop: boolean;
}

export function CameraTile({ id, width, stop }: TileProps): JSX.Element | null {
  const thing = thingSignal(id)?.value;
  const currency = useComputed<Currency>(() => {
    const t = thingSignal(id)?.value;
    return t ? currencyOf(t) : { kind: "none", age: 0 };
  });
  if (!thing) return null;
  const mark = marks.value.get(id);
  const alert = mark && alertSignal(mark.id)?.value;
  const kind = currency.value.kind;
  const alarm = alert ? `alarm ${alert.acknowledged_at ? "acknowledged" : "unacknowledged"} sev-${known(alert.severity)}` : "";
  return (
    <li class={`tile tile-${kind} ${alarm}`} data-testid="camera-tile" data-camera={id} data-thing={thing.name} data-currency={kind}>
      <a
        class="tile-open"
        href={`#/cameras/${id}`}
        tabIndex={stop ? 0 : -1}
        aria-label={spokenOf(thing, kind, alert)}
        onFocus={() => (tileCursor.value = id)}
      >
        <LivePicture id={id} width={width} />
        <Veil thing={thing} currency={currency.value} />
      </a>
      {mark && alert && <AlertStrip alert={alert} mark={mark} />}
      <Caption thing={thing} currency={currency.value} />
    </li>
  );
}

const SPOKEN: Record<Currency["kind"], string> = {
  live: "live",
  still: "nothing moves",
  old: "picture not current",
  none: "no picture",
};

function spokenOf(thing: Thing, kind: Currency["kind"], alert: Alert | undefined): string {
  return [`Camera ${thing.title}`, SPOKEN[kind], alert && `${alert.severity} alert: ${alert.title}`].filter(Boolean).join(", ");
}

/** Over a picture that is not the present: that, since when, and why. */
export function Veil({ thing, currency }: { thing: Thing; currency: Currency }): JSX.Element | null {
  if (currency.kind === "live" || currency.kind === "still") return null;
  return (
    <span class="veil" data-testid="camera-veil">
      <b>{currency.kind === "none" ? "No picture yet" : `${ageText(currency.age)} old`}</b>
      <span>{whyOld(thing)}</span>
    </span>
  );
}

function AlertStrip({ alert, mark }: { alert: Alert; mark: Mark }): JSX.Element {
  const age = useComputed(() => duration(now.value - Date.parse(alert.raised_at)));
  return (
    <button
      class="tile-alert"
      data-testid="tile-alert"
      data-severity={alert.severity}
      aria-current={opened.value === alert.id ? "true" : undefined}
      aria-label={`Open the alert: ${alert.severity}, ${alert.title}${alert.acknowledged_at ? ", acknowledged" : ""}`}
      onClick={() => openAlert(alert.id)}
    >
      <SeveritySign severity={alert.severity} hollow={!alert.active} size={20} />
      <b class="tile-severity">{known(alert.severity)}</b>
      <span class="clip">{alert.title}</span>
      {mark.count > 1 && <span class="more">+{mark.count - 1}</span>}
      {alert.acknowledged_at ? <Icon name="check" size={14} /> : <span class="tile-alert-age">{age}</span>}
    </button>
  );
}

function Caption({ thing, currency }: { thing: Thing; currency: Currency }): JSX.Element {
  const picture = drawnSignal(thing.id).value?.picture;
  const counts = picture && currency.kind !== "old" ? countsOf(picture) : [];
  return (
    <p class="tile-caption">
      <b class="clip">{thing.title}</b>
      {thing.stage === "sandbox" && <span class="tag sandbox">sandbox</span>}
      {thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
      <span class="clip tile-counts">{counts.map(([label, n]) => counted(label, n)).join(", ")}</span>
      {picture && <Age time={picture.time} currency={currency} />}
    </p>
  );
}

/** When the picture was taken, and how long ago that is. */
export function Age({ time, currency }: { time: string; currency: Currency }): JSX.Element {
  return (
    <span class={`tile-age age-${currency.kind}`} data-testid="picture-age">
      {currency.kind === "still" && <span class="still">still</span>}
      <time dateTime={time}>{clockTime(Date.parse(time))}</time>
      <span class="seconds">{ageText(currency.age)}</span>
    </span>
  );
}
