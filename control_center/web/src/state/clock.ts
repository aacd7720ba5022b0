/** The time: ticks once a second, set right by the back end's clock. */

import { signal } from "@preact/signals";

let offsetMs = 0;

/** Milliseconds the back end's clock is ahead of this machine's. */
export const clockSkew = signal(0);

/** The back end's time now, in milliseconds. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** Ticks once a second; what shows an age reads this. */
export const now = signal(serverNow());

/** Takes over the back end's time from a message that has just come. */
export function learnTime(at: string): void {
  const ms = Date.parse(at);
  if (Number.isNaN(ms)) return;
  const seen = ms - Date.now();
  // Messages travel for some milliseconds: small differences are no news.
  if (Math.abs(seen - offsetMs) < 1500) return;
  offsetMs = seen;
  clockSkew.value = seen;
  now.value = serverNow();
}

function tick(): void {
  now.value = serverNow();
  window.setTimeout(tick, 1000 - (serverNow() % 1000) + 5);
}

tick();
