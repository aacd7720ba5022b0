/** The one live connection: opens it, listens, notices silence, opens it again. */

import { get } from "./client";
import type { Alert, Health, LiveValue, Overview, Session, Thing, TransitionKind, Watched } from "./types";
import { loadAlerts, loadError, putAlert } from "../state/alerts";
import { putWatched } from "../state/cameras";
import { learnTime } from "../state/clock";
import { putHealth } from "../state/health";
import { heardAt, live } from "../state/live-state";
import { announce } from "../state/news";
import { dropGone } from "../state/order";
import { session, site } from "../state/session";
import { loadThings, putThing, putValues } from "../state/things";
import { textOf } from "./client";

const SILENCE_MS = 2500;
/** After a loss the connection must have spoken for so long before it is trusted again. */
const PROOF_MS = 900;
const RETRY_MS = [500, 1000, 2000, 3000];

let source: EventSource | null = null;
let lastEvent = 0;
let lastHeard = 0;
let openedAt = 0;
let attempt = 0;
let watch = 0;
let retry = 0;
/** Everything missed has been read on the connection that is open. */
let caughtUp = false;

function heard(): void {
  lastHeard = Date.now();
  if (caughtUp) trust();
}

/** A back end that only says hello, again and again, must not make the page look current. */
function trust(): void {
  if (live.peek() === "live") return;
  if (live.peek() === "lost" && lastHeard - openedAt < PROOF_MS) return;
  attempt = 0;
  live.value = "live";
}

/** What was missed meanwhile comes with the lists; afterwards the page is current again. */
async function reload(): Promise<void> {
  try {
    const [last] = await Promise.all([loadAlerts(), loadThings()]);
    lastEvent = Math.max(lastEvent, last);
    dropGone();
    loadError.value = "";
    if (source && source.readyState !== EventSource.CLOSED) {
      caughtUp = true;
      trust();
    }
  } catch (error) {
    loadError.value = textOf(error);
    lose();
  }
}

function on<T>(name: string, take: (data: T, event: MessageEvent<string>) => void): void {
  source?.addEventListener(name, (event) => {
    heard();
    const message = event as MessageEvent<string>;
    try {
      take(JSON.parse(message.data) as T, message);
    } catch (error) {
      // One event the page cannot read must not stop the others; the next reload mends it.
      console.error(`The live event '${name}' could not be read.`, error);
    }
  });
}

function open(): void {
  close();
  source = new EventSource(`/api/v1/live?after=${lastEvent}`);
  openedAt = Date.now();
  heard();
  on<{ now: string }>("hello", (data) => {
    learnTime(data.now);
    void reload();
  });
  on<{ kind: TransitionKind; alert: Alert }>("alert", (data, event) => {
    const id = Number(event.lastEventId) || 0;
    lastEvent = Math.max(lastEvent, id);
    putAlert(data.alert, id);
    announce(data.kind, data.alert);
  });
  on<LiveValue[]>("values", putValues);
  on<Thing>("thing", putThing);
  on<(Watched & { id: number })[]>("cameras", putWatched);
  on<Health>("health", putHealth);
  source.onerror = () => lose();
}

function close(): void {
  source?.close();
  source = null;
  caughtUp = false;
}

function lose(): void {
  close();
  if (live.peek() !== "lost") {
    heardAt.value = lastHeard || openedAt;
    live.value = "lost";
  }
  const wait = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 3000;
  attempt++;
  window.clearTimeout(retry);
  retry = window.setTimeout(() => void again(), wait);
}

/** Tries again, unless the session has ended meanwhile: then the login form comes up. */
async function again(): Promise<void> {
  try {
    await get<Overview>("/overview");
  } catch {
    if (session.peek()) lose();
    return;
  }
  if (session.peek()) open();
}

function lookForSilence(): void {
  if (source && Date.now() - lastHeard > SILENCE_MS) lose();
}

/** Begins: the state first, then everything that happens after it. */
export async function startLive(who: Session): Promise<void> {
  stopLive();
  live.value = "starting";
  watch = window.setInterval(lookForSilence, 100);
  try {
    const overview = await get<Overview>("/overview");
    if (session.peek() !== who) return;
    site.value = { name: overview.site, version: overview.version };
    learnTime(overview.now);
    lastEvent = overview.last_event_id;
    open();
  } catch (error) {
    loadError.value = textOf(error);
    if (session.peek() === who) lose();
  }
}

export function stopLive(): void {
  close();
  window.clearInterval(watch);
  window.clearTimeout(retry);
  attempt = 0;
}
