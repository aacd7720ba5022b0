/** How well Smartopia itself is: its parts, processes, queues and refused messages. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import type { Health, PartHealth } from "../api/types";
import { count, duration, number, words } from "../lib/format";
import { now } from "../state/clock";
import { health, lamp, rate } from "../state/health";
import { live } from "../state/live-state";
import { site } from "../state/session";
import { DrawerPanel } from "./drawer";
import { Icon } from "./icons";
import { RefusedMessages } from "./refused-messages";

const PENDING_MANY = 1000;

export function HealthDrawer(): JSX.Element {
  const h = health.value;
  const age = useComputed(() => duration(now.value - Date.parse(health.value?.at ?? "")));
  const stale = lamp.value === "unknown";
  const aside = h ? (
    <span class={stale ? "abnormal" : "dim"}>
      {stale ? "not current, from " : "as of "}
      {age} ago
    </span>
  ) : null;
  return (
    <DrawerPanel title="Health of Smartopia" testid="health-drawer" aside={aside}>
      {h ? (
        <div class={stale || live.value !== "live" ? "not-current" : ""}>
          <Problems health={h} />
          <h3>Parts</h3>
          <div class="parts">
            {h.parts.map((p) => (
              <PartCard key={p.part + p.instance} part={p} />
            ))}
          </div>
          <Processes health={h} />
          <Backlog health={h} />
        </div>
      ) : (
        <p class="empty">Nothing is known about the health yet.</p>
      )}
      <RefusedMessages />
      <p class="dim">Smartopia {site.value.version}</p>
    </DrawerPanel>
  );
}

function Problems({ health: h }: { health: Health }): JSX.Element {
  if (h.problems.length === 0) return <p class="fine">No problems are reported.</p>;
  return (
    <ul role="list" class="problems">
      {h.problems.map((p) => (
        <li key={p.part + p.code} class={p.severity}>
          <Icon name="warning" size={16} />
          <span>
            {p.text} <span class="dim">{p.part}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function PartCard({ part }: { part: PartHealth }): JSX.Element {
  const counters = Object.entries(part.counters);
  return (
    <article class={`part part-${part.state}`}>
      <header>
        <b>{part.part}</b>
        <span class={`part-state ${part.state}`}>{part.state}</span>
      </header>
      <p class="dim">
        {part.instance} · heard {part.age_s < 60 ? `${part.age_s.toFixed(1)} s` : duration(part.age_s * 1000)} ago
        {part.restarts > 0 && <b class="abnormal"> · restarted ×{part.restarts}</b>}
      </p>
      {part.reasons.map((r) => (
        <p key={r.code} class="reason">
          {r.text}
        </p>
      ))}
      {part.notes.map((note) => (
        <p key={note} class="dim">
          {note}
        </p>
      ))}
      {counters.length > 0 && (
        <table class="counters">
          <tbody>
            {counters.map(([name, value]) => {
              const perSecond = rate(part.part, part.instance, name);
              return (
                <tr key={name}>
                  <th scope="row">{words(name)}</th>
                  <td>{Number.isInteger(value) ? count(value) : number(value)}</td>
                  <td class="dim">{!perSecond ? "" : `${perSecond < 10 ? perSecond.toFixed(1) : count(perSecond)}/s`}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </article>
  );
}

function Processes({ health: h }: { health: Health }): JSX.Element | null {
  if (h.processes.length === 0) return null;
  return (
    <>
      <h3>Processes</h3>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Process</th>
            <th scope="col">State</th>
            <th scope="col">Restarts</th>
            <th scope="col">Last exit</th>
          </tr>
        </thead>
        <tbody>
          {h.processes.map((p) => (
            <tr key={p.name}>
              <td>
                {p.name} {p.pid !== null && <span class="dim">{p.pid}</span>}
              </td>
              <td class={p.state === "running" ? "" : "abnormal"}>{p.state}</td>
              <td class={p.restarts ? "abnormal" : ""}>{p.restarts}</td>
              <td>{p.last_exit ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Backlog({ health: h }: { health: Health }): JSX.Element | null {
  if (h.backlog.length === 0) return null;
  return (
    <>
      <h3>Waiting to be worked on</h3>
      <table class="plain narrow">
        <tbody>
          {h.backlog.map((b) => (
            <tr key={b.cursor}>
              <th scope="row">{b.cursor}</th>
              <td class={b.pending >= PENDING_MANY ? "abnormal" : ""}>{count(b.pending)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
