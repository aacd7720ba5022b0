/** The opened alert: what, where, the evidence, what to do, and what was done. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import type { Alert } from "../api/types";
import { duration } from "../lib/format";
import { DOMAIN_NAMES, known } from "../lib/severity";
import { now } from "../state/clock";
import { current, detail, detailError, reloadDetail } from "../state/detail";
import { closeAlert, opened, openedThing } from "../state/view";
import { AlertActions } from "./alert-actions";
import { Evidence } from "./evidence";
import { AlertFacts } from "./alert-facts";
import { AlsoSeen } from "./also-seen";
import { DomainIcon, Icon, SeveritySign } from "./icons";
import { Situation } from "./situation";
import { Transitions } from "./transitions";

export function AlertDetailPanel(): JSX.Element {
  const id = opened.value;
  const alert = current.value;
  if (id === null) return <Situation />;
  if (!alert) {
    return (
      <section class="detail" aria-label="Alert" data-testid="alert-detail">
        <p class="empty">{detailError.value ? `Alert ${id} cannot be shown. ${detailError.value}` : `Loading alert ${id}…`}</p>
        <button class="link" onClick={closeAlert}>
          Close
        </button>
      </section>
    );
  }
  return (
    <section class="detail" aria-label={`Alert ${alert.title}`} data-testid="alert-detail" data-alert-id={id}>
      <Head alert={alert} />
      <div class="detail-scroll" key={id} tabIndex={-1}>
        <p class="description">{alert.description}</p>
        {detailError.value && (
          <p class="problem">
            The evidence cannot be shown. {detailError.value}{" "}
            <button class="link" onClick={reloadDetail}>
              Try again
            </button>
          </p>
        )}
        <Evidence alert={alert} detail={detail.value} />
        <AlsoSeen alert={alert} />
        {alert.guidance && (
          <div class="guidance">
            <h3>What to do</h3>
            <p>{alert.guidance}</p>
          </div>
        )}
        <AlertFacts alert={alert} />
        <Transitions list={detail.value?.transitions ?? null} replay={alert.thing.clock === "replay"} />
      </div>
      <AlertActions alert={alert} />
    </section>
  );
}

function Head({ alert }: { alert: Alert }): JSX.Element {
  const waiting = useComputed(() => duration(now.value - Date.parse(current.value?.raised_at ?? "")));
  const s = known(alert.severity);
  return (
    <header class={`detail-head sev-${s} ${alert.acknowledged_at || alert.resolved_at ? "" : "unacknowledged"}`}>
      <SeveritySign severity={s} hollow={!alert.active} size={38} />
      <div class="detail-title">
        <p class="eyebrow">
          <span class="sev-name">{alert.severity}</span>
          <span class="with-icon">
            <DomainIcon domain={alert.domain} size={14} /> {DOMAIN_NAMES[alert.domain] ?? alert.domain}
          </span>
          {alert.thing.clock === "replay" && <span class="tag replay">REPLAY</span>}
          {!alert.active && !alert.resolved_at && <span class="tag normal">returned to normal</span>}
        </p>
        <h2>{alert.title}</h2>
        <p class="where">
          <button class="link" onClick={() => (openedThing.value = alert.thing.id)} title="Show the device">
            {alert.thing.title}
          </button>
          {alert.acknowledged_at || alert.resolved_at ? null : <span class="since">unacknowledged for {waiting}</span>}
        </p>
      </div>
      <button class="flat" aria-label="Close the alert" title="Close (Esc)" onClick={closeAlert}>
        <Icon name="close" />
      </button>
    </header>
  );
}
