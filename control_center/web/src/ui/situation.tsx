/** What stands beside the map while no alert is open: the situation in one look. */

import type { JSX } from "preact";
import { DOMAIN_NAMES, DOMAINS, SEVERITIES } from "../lib/severity";
import { counts, openAlerts } from "../state/alerts";
import { clearDeviceFilters, onlyProblems } from "../state/devices";
import { silent, thingIds, thingSignal } from "../state/things";
import { domainFilter } from "../state/order";
import { openAlert, openDevice, openedThing } from "../state/view";
import { DomainIcon, SeveritySign } from "./icons";
import { ThingStateTag } from "./thing-state";

const MOST = 12;

export function Situation(): JSX.Element {
  const c = counts.value;
  const first = openAlerts.value.find((a) => !a.acknowledged_at);
  return (
    <section class="detail situation" aria-label="Situation">
      <h2>Situation</h2>
      <table class="matrix">
        <thead>
          <tr>
            <td />
            {SEVERITIES.map((s) => (
              <th key={s} scope="col">
                <SeveritySign severity={s} size={20} />
                <span>{s}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {DOMAINS.map((d) => (
            <tr key={d}>
              <th scope="row">
                <button class="flat" onClick={() => (domainFilter.value = domainFilter.value === d ? null : d)}>
                  <DomainIcon domain={d} /> {DOMAIN_NAMES[d]}
                </button>
              </th>
              {SEVERITIES.map((s) => {
                const n = c.cell[d + s] ?? 0;
                return (
                  <td key={s} class={n ? `some sev-${s}` : ""}>
                    {n || "·"}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {first ? (
        <p class="next">
          <button class="primary" onClick={() => openAlert(first.id)}>
            Open the most urgent alert
          </button>
          <span class="dim">
            or <kbd>J</kbd> <kbd>K</kbd> and <kbd>Enter</kbd>
          </span>
        </p>
      ) : (
        <p class="dim">{c.open ? "Every open alert is acknowledged." : "No open alerts."}</p>
      )}
      <SilentDevices />
    </section>
  );
}

function showSilent(): void {
  clearDeviceFilters();
  onlyProblems.value = true;
  openDevice(null);
}

function SilentDevices(): JSX.Element {
  const out = silent.value;
  const all = thingIds.value.length;
  if (out.length === 0) return <p class="dim">All {all} devices report.</p>;
  return (
    <div class="silent">
      <h3>
        Devices that do not report <b>{out.length}</b> <span class="dim">of {all}</span>
      </h3>
      <ul role="list">
        {out.slice(0, MOST).map((id) => {
          const thing = thingSignal(id)?.value;
          if (!thing) return null;
          return (
            <li key={id}>
              <button class="flat" onClick={() => (openedThing.value = id)}>
                <span class="clip">{thing.title}</span>
                <ThingStateTag thing={thing} />
              </button>
            </li>
          );
        })}
      </ul>
      {out.length > MOST && (
        <button class="link" onClick={showSilent}>
          and {out.length - MOST} more
        </button>
      )}
    </div>
  );
}
