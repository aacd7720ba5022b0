/** The banners across the top: what the operator cannot rely on right now, and why. */

import type { JSX } from "preact";
import { useComputed } from "@preact/signals";
import { duration } from "../lib/format";
import { cutOff, loadError } from "../state/alerts";
import { clockSkew, now, serverNow } from "../state/clock";
import { health, healthAge } from "../state/health";
import { heardAt, live } from "../state/live-state";
import { drawer } from "../state/view";
import { Icon } from "./icons";

const MOST = 4;
const SKEW_MS = 10_000;

export function Banners(): JSX.Element {
  const lost = live.value === "lost";
  const problems = health.value?.problems ?? [];
  // What was degraded when the connection went may be mended or worse by now: not shown as current.
  const shown = lost ? [] : problems.slice(0, MOST);
  return (
    <div class="banners" role="region" aria-label="Warnings about this system">
      {lost && <LostBanner />}
      {!lost && healthAge.value > 0 && (
        <Banner kind="critical">
          Nothing heard about the health of Smartopia for <HealthAge />. Its parts may not be working.
        </Banner>
      )}
      {shown.map((p) => (
        <Banner key={p.part + p.code} kind={p.severity}>
          {p.text} <span class="banner-part">{p.part}</span>
        </Banner>
      ))}
      {!lost && problems.length > MOST && (
        <Banner kind="warning">
          And {problems.length - MOST} more: open Health.
        </Banner>
      )}
      {cutOff.value && (
        <Banner kind="warning">More alerts are open than this page lists: only the newest are here. Resolve or filter at the source.</Banner>
      )}
      {Math.abs(clockSkew.value) > SKEW_MS && (
        <Banner kind="warning">
          The clock of this workstation is {duration(Math.abs(clockSkew.value))} {clockSkew.value > 0 ? "behind" : "ahead of"} the
          control center's. The times on this page are the control center's.
        </Banner>
      )}
    </div>
  );
}

function LostBanner(): JSX.Element {
  const age = useComputed(() => {
    now.value;
    return duration(Date.now() - heardAt.value);
  });
  return (
    <div class="banner lost" role="alert" data-testid="banner" data-kind="lost">
      <Icon name="unlink" size={20} />
      <span>
        <strong>
          Live connection lost <span aria-live="off">{age}</span> ago.
        </strong>{" "}
        What you see is not current. Reconnecting…
        {loadError.value && <span class="banner-part">{loadError.value}</span>}
      </span>
    </div>
  );
}

function HealthAge(): JSX.Element {
  const age = useComputed(() => duration(healthAge.value || now.value - serverNow()));
  return <b>{age}</b>;
}

function Banner({ kind, children }: { kind: string; children: preact.ComponentChildren }): JSX.Element {
  return (
    <div class={`banner ${kind}`} role="status" data-testid="banner" data-kind={kind}>
      <Icon name="warning" />
      <span>{children}</span>
      <button class="flat" onClick={() => (drawer.value = "health")}>
        Health
      </button>
    </div>
  );
}
