/** One latest value with its age. Old values are grey and say so. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import type { Datastream } from "../api/types";
import { duration, number, unit, when } from "../lib/format";
import { now } from "../state/clock";
import { live } from "../state/live-state";
import { isLate, valueSignal } from "../state/things";

const FAILED = 4;

interface ValueProps {
  datastream: Datastream;
  replay: boolean;
  /** Without its age while it is as fresh as it should be. */
  brief?: boolean;
}

/** All of it is text bound to signals: a new value changes the text and redraws nothing. */
export function DeviceValue({ datastream, replay, brief = false }: ValueProps): JSX.Element {
  const value = valueSignal(datastream.id);
  const state = useComputed(() => {
    const v = value.value;
    if (!v) return "none";
    if (live.value !== "live") return "notlive";
    if (isLate(v, datastream, now.value)) return "late";
    return v.quality === FAILED ? "doubtful" : "fresh";
  });
  const text = useComputed(() => {
    const v = value.value;
    return v ? `${number(v.result)} ${unit(datastream.unit)}` : "–";
  });
  const note = useComputed(() => {
    const v = value.value;
    if (!v) return "no value yet";
    const age = duration(now.value - v.heard);
    if (state.value === "notlive") return `not current, from ${age} ago`;
    if (state.value === "late") return `no data for ${age}`;
    const bad = state.value === "doubtful" ? "fails its check · " : "";
    return replay ? `${bad}${when(v.time, now.value, true)}` : `${bad}${age}`;
  });
  const cls = useComputed(() => `value ${state.value}`);
  return (
    <span class={cls} data-testid="device-value" data-state={state} data-datastream={datastream.id}>
      <b>{text}</b>
      {replay && !brief && <span class="tag replay">REPLAY</span>}
      {(!brief || state.value !== "fresh") && <span class="value-age">{note}</span>}
    </span>
  );
}
