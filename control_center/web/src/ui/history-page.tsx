/** All alerts, resolved ones included, newest first, a page at a time. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get, textOf } from "../api/client";
import type { Alert } from "../api/types";
import { when } from "../lib/format";
import { DOMAIN_NAMES, dispositionName, known } from "../lib/severity";
import { now, serverNow } from "../state/clock";
import { opened, openAlert } from "../state/view";
import { DomainIcon, SeveritySign } from "./icons";

const PAGE = 100;

export function HistoryPage(): JSX.Element {
  const list = useSignal<Alert[]>([]);
  const state = useSignal<"loading" | "more" | "end">("loading");
  const error = useSignal("");
  const asOf = useSignal(0);

  const load = async (from: Alert[]): Promise<void> => {
    state.value = "loading";
    try {
      const last = from.at(-1);
      const answer = await get<{ alerts: Alert[] }>(`/alerts?state=all&limit=${PAGE}${last ? `&before=${last.id}` : ""}`);
      list.value = [...from, ...answer.alerts];
      state.value = answer.alerts.length < PAGE ? "end" : "more";
      error.value = "";
      if (!last) asOf.value = serverNow();
    } catch (e) {
      error.value = textOf(e);
      state.value = "more";
    }
  };
  useEffect(() => void load([]), []);

  return (
    <section class="history" aria-label="History of alerts" data-testid="history">
      <header>
        <h2>History</h2>
        <span class="dim">all alerts, newest first{asOf.value > 0 && `, as of ${when(asOf.value, now.value)}`}</span>
        <button onClick={() => void load([])}>Refresh</button>
      </header>
      <div class="history-scroll">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Raised</th>
              <th scope="col">Severity</th>
              <th scope="col">Domain</th>
              <th scope="col">Alert</th>
              <th scope="col">Device</th>
              <th scope="col">Acknowledged</th>
              <th scope="col">Resolved</th>
            </tr>
          </thead>
          <tbody>
            {list.value.map((a) => (
              <HistoryRow key={a.id} alert={a} />
            ))}
          </tbody>
        </table>
        {error.value && <p class="problem">{error.value}</p>}
        {state.value === "end" && <p class="empty">{list.value.length ? "That is all." : "No alerts were ever raised."}</p>}
        {state.value === "loading" && <p class="empty">Loading…</p>}
        {state.value === "more" && (
          <button class="more" onClick={() => void load(list.value)}>
            Show older
          </button>
        )}
      </div>
    </section>
  );
}

function HistoryRow({ alert: a }: { alert: Alert }): JSX.Element {
  return (
    <tr class={`${a.resolved_at ? "resolved" : ""} ${opened.value === a.id ? "opened" : ""}`} data-testid="history-row" onClick={() => openAlert(a.id)}>
      <td class="nowrap">{when(a.raised_at, now.peek())}</td>
      <td>
        <span class="with-icon">
          <SeveritySign severity={known(a.severity)} hollow={!a.active} size={16} /> {a.severity}
        </span>
      </td>
      <td>
        <span class="with-icon">
          <DomainIcon domain={a.domain} size={14} /> {DOMAIN_NAMES[a.domain] ?? a.domain}
        </span>
      </td>
      <td>
        <button class="link">{a.title}</button> {a.thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
      </td>
      <td>{a.thing.title}</td>
      <td>{a.acknowledged_by ?? "–"}</td>
      <td>{a.resolved_at ? `${dispositionName(a.disposition)}, ${a.resolved_by ?? ""}` : "open"}</td>
    </tr>
  );
}
