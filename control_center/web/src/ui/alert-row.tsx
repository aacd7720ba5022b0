/** One alert in the list. Redraws only when its own alert changes. */

import type { JSX } from "preact";
import { useComputed, type ReadonlySignal } from "@preact/signals";
import { duration, when } from "../lib/format";
import { dispositionName, known } from "../lib/severity";
import { alertSignal } from "../state/alerts";
import { now } from "../state/clock";
import { opened, openAlert } from "../state/view";
import { DomainIcon, Icon, SeveritySign } from "./icons";

interface RowProps {
  id: number;
  /** The row Tab stops at; the others are reached with J, K and the arrows. */
  stop: ReadonlySignal<number | null>;
}

export function AlertRow({ id, stop }: RowProps): JSX.Element | null {
  const alert = alertSignal(id)?.value;
  const isOpened = useComputed(() => opened.value === id);
  const tab = useComputed(() => (stop.value === id ? 0 : -1));
  const age = useComputed(() => {
    const a = alertSignal(id)?.value;
    return a ? duration(now.value - Date.parse(a.raised_at)) : "";
  });
  if (!alert) return null;
  const waiting = !alert.acknowledged_at && !alert.resolved_at;
  const kind = alert.resolved_at ? "resolved" : waiting ? "unacknowledged" : "acknowledged";
  return (
    <li>
      <button
        class={`row ${kind} sev-${known(alert.severity)}`}
        tabIndex={tab}
        aria-current={isOpened.value ? "true" : undefined}
        data-testid="alert-row"
        data-alert-id={id}
        data-severity={alert.severity}
        data-domain={alert.domain}
        data-acknowledged={String(alert.acknowledged_at !== null)}
        data-active={String(alert.active)}
        onClick={() => openAlert(id)}
      >
        <SeveritySign severity={alert.severity} hollow={!alert.active} size={26} />
        <span class="row-main">
          <span class="row-title">{alert.title}</span>
          <span class="row-where">
            <DomainIcon domain={alert.domain} size={14} />
            <span class="clip">{alert.thing.title}</span>
          </span>
          <Tags id={id} />
        </span>
        <span class="row-time">
          <time dateTime={alert.raised_at}>{when(alert.raised_at, now.peek())}</time>
          {waiting && <span class="row-age">{age}</span>}
        </span>
      </button>
    </li>
  );
}

function Tags({ id }: { id: number }): JSX.Element | null {
  const a = alertSignal(id)?.value;
  if (!a) return null;
  const plain = a.active && !a.acknowledged_at && !a.resolved_at && a.occurrences < 2 && a.thing.clock !== "replay";
  if (plain) return null;
  return (
    <span class="tags">
      {a.thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
      {a.resolved_at ? (
        <span class="tag">resolved: {dispositionName(a.disposition).toLowerCase()}</span>
      ) : (
        !a.active && <span class="tag normal">returned to normal</span>
      )}
      {a.acknowledged_at && (
        <span class="tag">
          <Icon name="check" size={12} /> {a.acknowledged_by}
        </span>
      )}
      {a.occurrences > 1 && <span class="tag">{a.occurrences} times</span>}
    </span>
  );
}
