/** The facts about an alert, and the value its sensor gives now. */

import type { ComponentChildren, JSX } from "preact";
import type { Alert } from "../api/types";
import { when, words } from "../lib/format";
import { dispositionName, falseReasonName } from "../lib/severity";
import { now } from "../state/clock";
import { thingSignal } from "../state/things";
import { DeviceValue } from "./device-value";

function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

export function AlertFacts({ alert }: { alert: Alert }): JSX.Element {
  const replay = alert.thing.clock === "replay";
  const at = (t: string): JSX.Element => <time dateTime={t}>{when(t, now.peek())}</time>;
  const datastream = thingSignal(alert.thing.id)?.value.datastreams.find((d) => d.id === alert.datastream?.id);
  return (
    <dl class="facts">
      {datastream && (
        <Fact name="Now">
          <DeviceValue datastream={datastream} replay={replay} />
        </Fact>
      )}
      <Fact name={replay ? "Onset (replayed)" : "Onset"}>
        <time dateTime={alert.onset}>{when(alert.onset, now.peek(), replay)}</time>
      </Fact>
      <Fact name="Raised">{at(alert.raised_at)}</Fact>
      <Fact name="State">{alert.active ? "Active" : <>Returned to normal {alert.cleared_at && at(alert.cleared_at)}</>}</Fact>
      <Fact name="Acknowledged">
        {alert.acknowledged_at ? (
          <>
            {alert.acknowledged_by} {at(alert.acknowledged_at)}
          </>
        ) : (
          "By nobody yet"
        )}
      </Fact>
      {alert.resolved_at && (
        <Fact name="Resolved">
          <b>{dispositionName(alert.disposition)}</b>
          {alert.false_reason && <> ({falseReasonName(alert.false_reason).toLowerCase()})</>} by {alert.resolved_by} {at(alert.resolved_at)}
        </Fact>
      )}
      {alert.note && <Fact name="Note">{alert.note}</Fact>}
      <Fact name="Occurrences">{alert.occurrences}</Fact>
      <Fact name="Urgency">
        {alert.urgency}, {alert.certainty.toLowerCase()}
      </Fact>
      <Fact name="Device">
        {alert.thing.title} <span class="dim">{alert.thing.name} · {words(alert.thing.kind)}</span>
      </Fact>
      <Fact name="Rule">
        <span class="dim">
          {alert.rule} · {alert.source} · no. {alert.id}
        </span>
      </Fact>
    </dl>
  );
}
