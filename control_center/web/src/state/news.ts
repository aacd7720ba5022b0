/** New grave alerts: said to screen readers, and as a tone where the operator wants it. */

import { signal } from "@preact/signals";
import type { Alert, TransitionKind } from "../api/types";
import { isGrave } from "../lib/severity";
import { playTone } from "../lib/tone";

export const soundOn = signal(false);
/** What the live region says. */
export const spoken = signal("");

export function announce(kind: TransitionKind, alert: Alert): void {
  if (kind !== "raised" && kind !== "reraised") return;
  if (!isGrave(alert.severity) || alert.acknowledged_at || alert.resolved_at) return;
  spoken.value = `New ${alert.severity} alert: ${alert.title}, ${alert.thing.title}`;
  if (soundOn.peek()) playTone(alert.severity);
}
