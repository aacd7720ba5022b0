/** The frames as they came: sealed, opened by few, for a reason, and with a trace all can read. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, textOf } from "../api/client";
import type { Alert, Originals, SealedFrame } from "../api/types";
import { when } from "../lib/format";
import { now } from "../state/clock";
import { OpenOriginal } from "./evidence-open";

export function EvidenceOriginals({ alert }: { alert: Alert }): JSX.Element | null {
  const found = useSignal<Originals | null>(null);
  const error = useSignal("");
  const opening = useSignal<SealedFrame | null>(null);
  const replay = alert.thing.clock === "replay";
  const load = (): void => {
    get<Originals>(`/alerts/${alert.id}/evidence`).then(
      (originals) => ((found.value = originals), (error.value = "")),
      (e: unknown) => (error.value = textOf(e)),
    );
  };
  useEffect(load, [alert.id, alert.occurrences]);

  if (error.value) return <p class="problem">What is kept sealed cannot be shown. {error.value}</p>;
  if (!found.value) return null;
  const { sealed, openings, may_open } = found.value;
  if (!sealed.length && !openings.length) return null;
  return (
    <section class="originals" aria-label="Originals" data-testid="originals">
      <h3>Originals</h3>
      {sealed.map((frame) => (
        <p key={frame.id}>
          Taken <time dateTime={frame.taken_at}>{when(frame.taken_at, now.peek(), replay)}</time>, sealed; deleted {when(frame.expires_at, now.peek())}.{" "}
          {may_open ? (
            <button class="link" data-testid="open-original" onClick={() => (opening.value = frame)}>
              Open original…
            </button>
          ) : (
            "An administrator can open it."
          )}
        </p>
      ))}
      {!sealed.length && <p>Deleted, as their time is over.</p>}
      {openings.length > 0 && (
        <ul role="list" data-testid="openings">
          {openings.map((o) => (
            <li key={o.id}>
              <time dateTime={o.at}>{when(o.at, now.peek())}</time> opened by {o.by}: <q>{o.reason}</q>
            </li>
          ))}
        </ul>
      )}
      {opening.value && (
        <OpenOriginal
          alert={alert}
          frame={opening.value}
          onClose={() => {
            opening.value = null;
            load();
          }}
        />
      )}
    </section>
  );
}
