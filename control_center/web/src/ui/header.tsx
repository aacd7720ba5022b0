/** The bar at the top: where, what time, how much is open, how well the system is. */

import type { ComponentChildren, JSX } from "preact";
import { useComputed } from "@preact/signals";
import { textOf } from "../api/client";
import { clockTime, longDay } from "../lib/format";
import { DOMAIN_NAMES, DOMAINS, SEVERITIES } from "../lib/severity";
import { playTone } from "../lib/tone";
import { counts } from "../state/alerts";
import { now } from "../state/clock";
import { lamp, type Lamp } from "../state/health";
import { live } from "../state/live-state";
import { soundOn } from "../state/news";
import { domainFilter } from "../state/order";
import { session, signOut, site } from "../state/session";
import { silent } from "../state/things";
import { drawer, help, openCamera, page, type Page } from "../state/view";
import { FieldBadge } from "./field-badge";
import { DomainIcon, Icon, SeveritySign, type IconName } from "./icons";
import { Brand } from "./login";

export function Header(): JSX.Element {
  return (
    <header class="top">
      <div class="top-where">
        <Brand />
        <span class="site">{site.value.name}</span>
      </div>
      <nav class="tabs" aria-label="Pages">
        <Tab to="live" text="Live" />
        <Tab to="cameras" text="Cameras" />
        <Tab to="devices" text="Devices">
          <SilentPill />
        </Tab>
        <Tab to="history" text="History" />
        <Tab to="field" text="Spot checks">
          <FieldBadge />
        </Tab>
        <Tab to="accuracy" text="Accuracy" />
      </nav>
      <Totals />
      <div class="top-right">
        <HealthLamp />
        <Sound />
        <button class="flat" title="Keyboard help (?)" aria-label="Keyboard help" onClick={() => (help.value = true)}>
          <Icon name="help" />
        </button>
        <Clock />
        <Operator />
      </div>
    </header>
  );
}

/** The tab of the page one is on leads to its beginning. */
function go(to: Page): void {
  if (to === "cameras") openCamera(null);
  else page.value = to;
}

function Tab({ to, text, children }: { to: Page; text: string; children?: ComponentChildren }): JSX.Element {
  const here = page.value === to;
  return (
    <button class="tab" data-testid={`tab-${to}`} aria-current={here ? "page" : undefined} onClick={() => go(to)}>
      {text}
      {children}
    </button>
  );
}

function SilentPill(): JSX.Element | null {
  const out = silent.value.length;
  if (!out) return null;
  return (
    <b class="pill" title={`${out} devices do not report`}>
      {out} out
    </b>
  );
}

function Totals(): JSX.Element {
  const c = counts.value;
  return (
    <div class="totals" role="group" aria-label="Open alerts">
      <span class={`unack ${c.unacknowledged ? "some" : ""}`} data-testid="unacknowledged-count">
        <b>{c.unacknowledged}</b> <span class="full">unacknowledged</span>
        <span class="short">unack.</span>
      </span>
      <div class="total-groups">
        <span class="total-group">
          {SEVERITIES.map((s) => (
            <span key={s} class={`total ${c.severity[s] ? "" : "none"}`} title={`${s}: ${c.severity[s]} open`}>
              <SeveritySign severity={s} size={18} />
              <b>{c.severity[s]}</b>
            </span>
          ))}
        </span>
        <span class="total-group">
          {DOMAINS.map((d) => (
            <button
              key={d}
              class={`total flat ${c.domain[d] ? "" : "none"}`}
              title={`${DOMAIN_NAMES[d]}: ${c.domain[d]} open. Click to show only these.`}
              aria-label={`${DOMAIN_NAMES[d]}: ${c.domain[d]} open`}
              onClick={() => {
                page.value = "live";
                domainFilter.value = domainFilter.value === d ? null : d;
              }}
            >
              <DomainIcon domain={d} />
              <b>{c.domain[d]}</b>
            </button>
          ))}
        </span>
      </div>
    </div>
  );
}

const LAMPS: Record<Lamp, { icon: IconName; text: string }> = {
  ok: { icon: "okay", text: "System OK" },
  warning: { icon: "warning", text: "Degraded" },
  critical: { icon: "warning", text: "Critical" },
  unknown: { icon: "unknown", text: "Not known" },
};

function HealthLamp(): JSX.Element {
  const { icon, text } = LAMPS[lamp.value];
  return (
    <button
      class={`flat lamp lamp-${lamp.value}`}
      aria-expanded={drawer.value === "health"}
      aria-label={`Health of Smartopia: ${text}`}
      title="Health of Smartopia"
      data-testid="health-lamp"
      data-state={lamp.value}
      onClick={() => (drawer.value = drawer.value === "health" ? null : "health")}
    >
      <Icon name={icon} />
      <span class={lamp.value === "ok" ? "wide" : ""}>{text}</span>
    </button>
  );
}

function Sound(): JSX.Element {
  const on = soundOn.value;
  return (
    <button
      class="flat sound"
      aria-label={on ? "Sound on" : "Sound off"}
      aria-pressed={on}
      title={on ? "A tone sounds for new Severe and Extreme alerts" : "No tone sounds for new alerts. Click to turn it on."}
      onClick={() => {
        soundOn.value = !on;
        if (!on) playTone("Severe");
      }}
    >
      <Icon name={on ? "soundOn" : "soundOff"} />
      <span>{on ? "sound on" : "sound off"}</span>
    </button>
  );
}

function Clock(): JSX.Element {
  const time = useComputed(() => clockTime(now.value));
  const day = useComputed(() => longDay(now.value));
  return (
    <div class="clock" role="timer" aria-label="Local time">
      <b>{time}</b>
      <span>{day}</span>
      <i class="live-dot" data-testid="live-state" data-state={live.value === "live" ? "live" : "lost"} aria-hidden="true" />
    </div>
  );
}

function Operator(): JSX.Element {
  const out = (): void => {
    signOut().catch((error: unknown) => window.alert(`Not signed out. ${textOf(error)}`));
  };
  return (
    <div class="operator">
      <span class="who" title={session.value?.role}>
        {session.value?.user}
      </span>
      <button class="flat" title="Sign out" aria-label="Sign out" data-testid="sign-out" onClick={out}>
        <Icon name="out" />
      </button>
    </div>
  );
}
