/** The list of devices. Only the rows in sight are drawn, so that thousands stay smooth. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { deviceCursor, deviceMoves, devices, sort, type SortKey } from "../state/devices";
import { DeviceRow } from "./device-row";

/** As in devices.css. */
const ROW = 52;
const BEYOND = 6;

const COLUMNS: { key: SortKey | null; text: string }[] = [
  { key: "title", text: "Device" },
  { key: "state", text: "State" },
  { key: "seen", text: "Last seen" },
  { key: null, text: "Newest results" },
  { key: "stage", text: "Stage" },
  { key: "grade", text: "Check" },
  { key: "refused", text: "Refused, 1 h" },
];

export function DeviceTable(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(1000);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return undefined;
    const resize = new ResizeObserver(() => (height.value = box.clientHeight));
    resize.observe(box);
    return () => resize.disconnect();
  }, []);
  useCursor(scroller, top);

  const ids = devices.value;
  const first = Math.max(0, Math.floor(top.value / ROW) - BEYOND);
  const last = Math.min(ids.length, Math.ceil((top.value + height.value) / ROW) + BEYOND);
  const cursor = deviceCursor.value ?? -1;
  const stop = ids.includes(cursor) ? cursor : ids[0];
  return (
    <div class="device-table" role="table" aria-label="Devices" aria-rowcount={ids.length + 1}>
      <div class="device-columns" role="row" aria-rowindex={1}>
        {COLUMNS.map((column) => (
          <Head key={column.text} column={column} />
        ))}
      </div>
      <div
        class="device-scroll"
        role="rowgroup"
        ref={scroller}
        data-testid="device-list"
        onScroll={(e) => (top.value = e.currentTarget.scrollTop)}
      >
        <div class="device-rows" role="presentation" style={{ height: `${ids.length * ROW}px` }}>
          {ids.slice(first, last).map((id, i) => (
            <DeviceRow key={id} id={id} index={first + i} top={(first + i) * ROW} stop={id === stop} />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Brings the row the keyboard moved to into sight, and gives it the focus. */
function useCursor(scroller: { current: HTMLDivElement | null }, top: { value: number }): void {
  const moved = deviceMoves.value;
  useLayoutEffect(() => {
    const box = scroller.current;
    const at = devices.peek().indexOf(deviceCursor.peek() ?? -1);
    if (!box || !moved || at < 0) return;
    const [from, to] = [at * ROW, (at + 1) * ROW];
    if (from < box.scrollTop) box.scrollTop = from;
    else if (to > box.scrollTop + box.clientHeight) box.scrollTop = to - box.clientHeight;
    top.value = box.scrollTop;
    // The row may only now come to be drawn.
    requestAnimationFrame(() => box.querySelector<HTMLElement>(`[data-device="${String(deviceCursor.peek())}"]`)?.focus());
  }, [moved]);
}

function Head({ column: { key, text } }: { column: (typeof COLUMNS)[number] }): JSX.Element {
  if (!key) return <div role="columnheader">{text}</div>;
  const { key: by, down } = sort.value;
  const order = by !== key ? "none" : down ? "descending" : "ascending";
  return (
    <div role="columnheader" aria-sort={order}>
      <button class="flat" onClick={() => (sort.value = { key, down: by === key && !down })}>
        {text}
        <i aria-hidden="true">{order === "none" ? "" : down ? "▼" : "▲"}</i>
      </button>
    </div>
  );
}
