/** The keys of the console. They never act while the operator writes. */

import { boxesShown, moveTile, tileCursor, turnWall } from "./state/cameras";
import { acknowledge, current } from "./state/detail";
import { moveDeviceCursor } from "./state/devices";
import {
  page,
  closeAlert,
  cursor,
  drawer,
  drawing,
  help,
  moveCursor,
  openAlert,
  openCamera,
  opened,
  openedCamera,
  openedDevice,
  openedThing,
  resolving,
} from "./state/view";

function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=radio]), textarea, select");
}

function row(id: number | null): HTMLElement | null {
  return id === null ? null : document.querySelector<HTMLElement>(`[data-testid="alert-row"][data-alert-id="${id}"]`);
}

function focusTile(): void {
  document.querySelector<HTMLElement>(`[data-camera="${String(tileCursor.peek())}"] .tile-open`)?.focus();
}

/** The focus moves at once, not with the next render: Enter may be pressed before that. */
function moveOnWall(right: number, down: number): void {
  moveTile(right, down);
  if (openedCamera.peek() === null) focusTile();
}

function move(step: 1 | -1): void {
  if (page.peek() === "devices") return moveDeviceCursor(step);
  if (page.peek() === "cameras") return moveOnWall(step, 0);
  page.value = "live";
  const id = moveCursor(step);
  row(id)?.focus();
}

/** The row under the keyboard, where that is not the opened alert. */
function otherRow(): number | null {
  const focused = document.activeElement?.closest<HTMLElement>('[data-testid="alert-row"]')?.dataset.alertId;
  const id = focused ? Number(focused) : opened.peek() === null ? cursor.peek() : null;
  return id !== null && id !== opened.peek() ? id : null;
}

/** Acts on what the operator sees opened; another row is opened first, never acted on unseen. */
function act(action: () => void): void {
  if (page.peek() === "devices" || (page.peek() === "cameras" && opened.peek() === null)) return;
  const other = otherRow();
  if (other !== null) openAlert(other);
  else if (current.peek()) action();
}

function startResolving(): void {
  const alert = current.peek();
  if (alert && !alert.resolved_at) resolving.value = true;
}

function escape(): void {
  if (help.peek()) help.value = false;
  else if (resolving.peek()) {
    resolving.value = false;
    document.querySelector<HTMLElement>('[data-testid="resolve-button"]')?.focus();
  } else if (drawer.peek()) drawer.value = null;
  else if (page.peek() === "devices") closeDevice();
  else if (hasOwnKeys()) return;
  else if (page.peek() === "live" && openedThing.peek() !== null) openedThing.value = null;
  else if (opened.peek() !== null) {
    const id = opened.peek();
    closeAlert();
    row(id)?.focus();
  } else if (page.peek() === "cameras" && openedCamera.peek() !== null) closeCamera();
  else (document.activeElement as HTMLElement | null)?.blur();
}

function closeDevice(): void {
  const id = openedDevice.peek();
  if (id === null) (document.activeElement as HTMLElement | null)?.blur();
  openedDevice.value = null;
  document.querySelector<HTMLElement>(`[data-device="${String(id)}"]`)?.focus();
}

function closeCamera(): void {
  openCamera(null);
  window.setTimeout(focusTile);
}

function find(): void {
  if (page.peek() !== "devices") page.value = "live";
  window.setTimeout(() => document.querySelector<HTMLInputElement>("#filter, #device-filter")?.select());
}

const KEYS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  a: () => act(() => void acknowledge()),
  r: () => act(startResolving),
  d: () => (page.value = page.peek() === "devices" ? "live" : "devices"),
  c: () => (page.peek() === "cameras" ? (page.value = "live") : openCamera(null)),
  b: () => page.peek() === "cameras" && (boxesShown.value = !boxesShown.peek()),
  h: () => (drawer.value = drawer.peek() === "health" ? null : "health"),
  "/": find,
  "?": () => (help.value = true),
};

/** On the wall arrows go from tile to tile; on a camera's own page to the next camera. */
const ARROWS: Record<string, () => void> = {
  ArrowLeft: () => moveOnWall(-1, 0),
  ArrowRight: () => moveOnWall(1, 0),
  ArrowUp: () => moveOnWall(0, -1),
  ArrowDown: () => moveOnWall(0, 1),
  PageUp: () => turnWall(-1),
  PageDown: () => turnWall(1),
};

function actionOf(event: KeyboardEvent): (() => void) | undefined {
  const inside = event.target instanceof Element ? event.target : null;
  if (page.peek() === "cameras" && event.key in ARROWS) return inside?.closest(".detail") ? undefined : ARROWS[event.key];
  const inList = inside?.closest('[data-testid="alert-list"], [data-testid="device-list"]');
  return KEYS[inList && event.key === "ArrowDown" ? "j" : inList && event.key === "ArrowUp" ? "k" : event.key.toLowerCase()];
}

/** Pages with keys of their own: no alert stands beside them. */
function hasOwnKeys(): boolean {
  return page.peek() === "field" || page.peek() === "accuracy" || (page.peek() === "cameras" && drawing.peek());
}

/** Keys that may be held down. */
const REPEATED = new Set(["j", "k", ...Object.keys(ARROWS)]);

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (hasOwnKeys() && event.key !== "?" && event.key !== "Escape") return;
  const target = event.target;
  if (event.key === "Escape") {
    if (writes(target) && !resolving.peek() && !drawer.peek()) (target as HTMLElement).blur();
    else escape();
    return;
  }
  if (writes(target)) return;
  const action = actionOf(event);
  if (!action || (event.repeat && !REPEATED.has(event.key))) return;
  event.preventDefault();
  action();
}

/** Enter opens the row J and K stand on, wherever the focus is. */
function onEnter(event: KeyboardEvent): void {
  if (page.peek() !== "live" || event.key !== "Enter" || event.target !== document.body || cursor.peek() === null) return;
  openAlert(cursor.peek() as number);
}

export function listenToKeys(): () => void {
  window.addEventListener("keydown", onKey);
  window.addEventListener("keydown", onEnter);
  return () => {
    window.removeEventListener("keydown", onKey);
    window.removeEventListener("keydown", onEnter);
  };
}
