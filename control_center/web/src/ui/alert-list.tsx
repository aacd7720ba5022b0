/** The open alerts, most urgent first. The order stands still under the pointer. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { when } from "../lib/format";
import { DOMAIN_NAMES, DOMAINS } from "../lib/severity";
import { alertsAt, counts, openAlerts } from "../state/alerts";
import { now } from "../state/clock";
import { heardAt, live } from "../state/live-state";
import { clearFilters, domainFilter, frozen, hidden, holdList, settle, shown, textFilter, waiting } from "../state/order";
import { cursor } from "../state/view";
import { AlertRow } from "./alert-row";
import { DomainIcon, Icon, SeveritySign } from "./icons";

export function AlertList(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const toTop = (): void => {
    settle();
    scroller.current?.scrollTo({ top: 0 });
  };
  return (
    <section class="list" aria-label="Alerts">
      <ListHead />
      <div
        class="list-scroll"
        ref={scroller}
        onPointerEnter={(e) => e.pointerType === "mouse" && holdList({ pointer: true })}
        onPointerMove={(e) => e.pointerType === "mouse" && holdList({ pointer: true })}
        onPointerLeave={() => holdList({ pointer: false })}
        onWheel={() => holdList({})}
        onFocusIn={(e) => holdList({ focus: (e.target as Element).matches(":focus-visible") })}
        onFocusOut={() => holdList({ focus: false })}
      >
        <WaitingChip onClick={toTop} />
        <Rows />
        <Empty />
      </div>
    </section>
  );
}

function ListHead(): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const hides = hidden.value;
  return (
    <div class="list-head">
      <div class="list-title">
        <h2>Open alerts</h2>
        <b>{counts.value.open}</b>
        {live.value === "lost" && <span class="held abnormal">not current</span>}
        {live.value !== "lost" && frozen.value && <span class="held" title="The order stands still while you are in the list">order held</span>}
      </div>
      <div class="search">
        <Icon name="search" size={15} />
        <input
          id="filter"
          ref={input}
          type="search"
          placeholder="Filter  /"
          aria-label="Filter the alerts by text"
          value={textFilter.value}
          onInput={(e) => (textFilter.value = e.currentTarget.value)}
        />
      </div>
      <div class="chips" role="group" aria-label="Filter by domain">
        {DOMAINS.map((d) => (
          <button
            key={d}
            class="chip"
            aria-pressed={domainFilter.value === d}
            title={DOMAIN_NAMES[d]}
            onClick={() => (domainFilter.value = domainFilter.value === d ? null : d)}
          >
            <DomainIcon domain={d} size={15} />
            <span>{DOMAIN_NAMES[d]}</span>
            <b>{counts.value.domain[d]}</b>
          </button>
        ))}
      </div>
      {hides.all > 0 && (
        <p class={`hides ${hides.unacknowledged ? "abnormal" : ""}`} role="status">
          The filter hides {hides.all} {hides.all === 1 ? "alert" : "alerts"}
          {hides.unacknowledged > 0 && `, ${hides.unacknowledged} unacknowledged`}.
          <button class="link" onClick={clearFilters}>
            Show all
          </button>
        </p>
      )}
    </div>
  );
}

function WaitingChip({ onClick }: { onClick: () => void }): JSX.Element | null {
  const { count, worst } = waiting.value;
  if (!count) return null;
  return (
    <button class={`waiting sev-${worst ?? "Minor"}`} data-testid="new-above" onClick={onClick}>
      {worst && <SeveritySign severity={worst} size={16} />}
      {count} new above
    </button>
  );
}

function Rows(): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  const ids = shown.value;
  const stop = useComputed(() => (shown.value.includes(cursor.value ?? -1) ? cursor.value : (shown.value[0] ?? null)));
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-alert-id="${String(cursor.peek())}"]`);
    row?.scrollIntoView({ block: "nearest" });
  }, [cursor.value]);
  return (
    <ul class="rows" role="list" ref={list} data-testid="alert-list" aria-label="Open alerts, most urgent first">
      {ids.map((id) => (
        <AlertRow key={id} id={id} stop={stop} />
      ))}
    </ul>
  );
}

function Empty(): JSX.Element | null {
  const at = alertsAt.value;
  const text = useComputed(() => {
    // While live the back end is heard every second; afterwards its last word counts.
    const silence = live.value === "live" ? 0 : Date.now() - heardAt.value;
    return when(now.value - silence, now.value);
  });
  if (shown.value.length > 0) return null;
  if (at === null) return <p class="empty">Loading the alerts…</p>;
  if (openAlerts.value.length > 0) return <p class="empty">No open alert passes the filter.</p>;
  return (
    <div class="empty" data-testid="empty">
      <strong>{live.value === "lost" ? "No open alerts when last heard" : "No open alerts"}</strong>
      <span>Last update {text}</span>
    </div>
  );
}
