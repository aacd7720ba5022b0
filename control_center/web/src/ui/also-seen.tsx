/** Which other cameras saw the same, and when: each a way to its alert and to its picture. */

import type { JSX } from "preact";
import type { Alert } from "../api/types";
import { ageText, when } from "../lib/format";
import { known } from "../lib/severity";
import { now } from "../state/clock";
import { alsoSeen } from "../state/detail";
import { openAlert } from "../state/view";
import { SeveritySign } from "./icons";

export function AlsoSeen({ alert }: { alert: Alert }): JSX.Element | null {
  const others = alsoSeen.value;
  if (others.length === 0) return null;
  return (
    <div class="also-seen" data-testid="also-seen">
      <h3>Also seen by</h3>
      <ul role="list">
        {others.map((other) => (
          <li key={other.id}>
            <button class={`flat alert-line sev-${known(other.severity)} ${other.resolved_at ? "resolved" : ""}`} title="Open its alert" onClick={() => openAlert(other.id)}>
              <SeveritySign severity={other.severity} hollow={!other.active} size={18} />
              <span class="alert-words">
                <span>{other.thing.title}</span>
                <span class="dim">
                  <time dateTime={other.onset}>{when(other.onset, now.peek(), other.thing.clock === "replay")}</time> · {apart(other, alert)} · {stateOf(other)}
                </span>
              </span>
            </button>
            <a href={`#/cameras/${other.thing.id}`}>Camera</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

function apart(other: Alert, alert: Alert): string {
  const ms = Date.parse(other.onset) - Date.parse(alert.onset);
  if (Math.abs(ms) < 1000) return "at the same time";
  return `${ageText(Math.abs(ms))} ${ms < 0 ? "before" : "later"}`;
}

function stateOf(alert: Alert): string {
  if (alert.resolved_at) return "resolved";
  return alert.acknowledged_at ? "acknowledged" : "unacknowledged";
}
