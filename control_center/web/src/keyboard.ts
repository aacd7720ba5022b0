/** The keys of the console. They never act while the operator writes. */

import { acknowledge, current } from "./state/detail";
import { moveDeviceCursor } from "./state/devices";
import { page, closeAlert, cursor, drawer, help, moveCursor, openAlert, opened, openedDevice, openedThing, resolving } from "./state/view";

function writes(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input:not([type=radio]), textarea, select");
}

function row(id: number | null): HTMLElement | null {
  return id === null ? null : document.querySelector<HTMLElement>(`[data-testid="alert-row"][data-alert-id="${id}"]`);
}

function move(step: 1 | -1): void {
  if (page.peek() === "devices") return moveDeviceCursor(step);
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
  if (page.peek() === "devices") return;
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
  else if (openedThing.peek() !== null) openedThing.value = null;
  else if (opened.peek() !== null) {
    const id = opened.peek();
    closeAlert();
    row(id)?.focus();
  } else (document.activeElement as HTMLElement | null)?.blur();
}

function closeDevice(): void {
  const id = openedDevice.peek();
  if (id === null) (document.activeElement as HTMLElement | null)?.blur();
  openedDevice.value = null;
  document.querySelector<HTMLElement>(`[data-device="${String(id)}"]`)?.focus();
}

function find(): void {
  if (page.peek() === "history") page.value = "live";
  window.setTimeout(() => document.querySelector<HTMLInputElement>("#filter, #device-filter")?.select());
}

const KEYS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  a: () => act(() => void acknowledge()),
  r: () => act(startResolving),
  d: () => (page.value = page.peek() === "devices" ? "live" : "devices"),
  h: () => (drawer.value = drawer.peek() === "health" ? null : "health"),
  "/": find,
  "?": () => (help.value = true),
};

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (event.key === "Escape") {
    if (writes(target) && !resolving.peek() && !drawer.peek()) (target as HTMLElement).blur();
    else escape();
    return;
  }
  if (writes(target)) return;
  const inList = target instanceof Element && target.closest('[data-testid="alert-list"], [data-testid="device-list"]') !== null;
  const key = inList && event.key === "ArrowDown" ? "j" : inList && event.key === "ArrowUp" ? "k" : event.key.toLowerCase();
  const action = KEYS[key];
  const repeats = event.repeat && key !== "j" && key !== "k";
  if (!action || repeats) return;
  event.preventDefault();
  action();
}

/** Enter opens the row J and K stand on, wherever the focus is. */
function onEnter(event: KeyboardEvent): void {
  if (page.peek() === "devices" || event.key !== "Enter" || event.target !== document.body || cursor.peek() === null) return;
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
