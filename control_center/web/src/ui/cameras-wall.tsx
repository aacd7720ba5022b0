/** The wall: every camera in its place, as large as the window allows. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fit } from "../lib/grid";
import { alertsAt, marks } from "../state/alerts";
import {
  boxesShown,
  cameraIds,
  columns,
  detectorAway,
  notCurrent,
  tileCursor,
  tiles,
  TILES,
  turnWall,
  wallPage,
  wallPages,
} from "../state/cameras";
import { live } from "../state/live-state";
import { CameraTile } from "./cameras-tile";
import { Icon } from "./icons";

const GAP = 6;
const CAPTION = 28;
const ASPECT = 5 / 3;

export function CameraWall(): JSX.Element {
  const box = useRef<HTMLUListElement>(null);
  const size = useSignal({ width: 1200, height: 700 });
  const shown = tiles.value;
  const grid = fit(shown.length, size.value.width, size.value.height, GAP, CAPTION, ASPECT);
  useEffect(() => {
    columns.value = grid.columns;
  }, [grid.columns]);
  useEffect(() => {
    const target = box.current;
    if (!target) return undefined;
    const measure = (): void => void (size.value = { width: target.clientWidth, height: target.clientHeight });
    measure();
    const resize = new ResizeObserver(measure);
    resize.observe(target);
    return () => resize.disconnect();
  }, [shown.length === 0]);
  const stop = shown.includes(tileCursor.value ?? -1) ? tileCursor.value : shown[0];
  return (
    <section class="wall" aria-label="Cameras" data-testid="camera-wall">
      <WallHead />
      {shown.length === 0 && <Empty />}
      {shown.length > 0 && (
        <ul
          class="wall-tiles"
          role="list"
          ref={box}
          style={{ gridTemplate: `repeat(${grid.rows}, minmax(0, 1fr)) / repeat(${grid.columns}, minmax(0, 1fr))`, gap: `${GAP}px` }}
        >
          {shown.map((id) => (
            <CameraTile key={id} id={id} width={grid.pictureWidth} stop={id === stop} />
          ))}
        </ul>
      )}
    </section>
  );
}

function WallHead(): JSX.Element {
  const all = cameraIds.value.length;
  const out = notCurrent.value;
  return (
    <header class="wall-head">
      <h2>Cameras</h2>
      <span class="dim">{all}</span>
      {all > 0 && (
        <span class={out ? "abnormal" : "dim"} role="status" data-testid="not-current">
          {out ? `${out} not current` : "all current"}
        </span>
      )}
      {all > 0 && detectorAway.value && (
        <span class="wall-away abnormal" role="alert" data-testid="detector-away">
          <Icon name="warning" size={15} /> No detector runs: these cameras are not watched.
        </span>
      )}
      {all > 0 && (
        <div class="wall-tools">
          <Pager />
          <BoxesButton />
        </div>
      )}
    </header>
  );
}

export function BoxesButton(): JSX.Element {
  const on = boxesShown.value;
  return (
    <button class="chip" aria-pressed={on} title="Boxes around what is seen (B)" data-testid="boxes" onClick={() => (boxesShown.value = !on)}>
      Boxes <kbd>B</kbd>
    </button>
  );
}

/** More cameras than tiles: pages, and a word where an alert waits on another one. */
function Pager(): JSX.Element | null {
  const pages = wallPages.value;
  if (pages < 2) return null;
  const at = Math.min(wallPage.value, pages - 1);
  const alarmed = new Set(
    cameraIds.value.flatMap((id, i) => (marks.value.get(id)?.unacknowledged && Math.floor(i / TILES) !== at ? [Math.floor(i / TILES) + 1] : [])),
  );
  return (
    <nav class="pager" aria-label="Pages of the wall">
      {alarmed.size > 0 && (
        <button class="abnormal flat" onClick={() => (wallPage.value = Math.min(...alarmed) - 1)}>
          <Icon name="warning" size={14} /> alert on page {[...alarmed].join(", ")}
        </button>
      )}
      <button class="flat" disabled={at === 0} aria-label="Previous cameras" title="Previous cameras (Page Up)" onClick={() => turnWall(-1)}>
        ‹
      </button>
      <span>
        Page {at + 1} of {pages}
      </span>
      <button class="flat" disabled={at === pages - 1} aria-label="Next cameras" title="Next cameras (Page Down)" onClick={() => turnWall(1)}>
        ›
      </button>
    </nav>
  );
}

function Empty(): JSX.Element {
  if (alertsAt.value === null) return <p class="empty">{live.value === "lost" ? "The cameras cannot be shown: the connection is lost." : "Loading the cameras…"}</p>;
  return (
    <div class="empty wall-empty" data-testid="no-cameras">
      <strong>No camera has announced itself yet</strong>
      <span>A camera of this machine, a stream, a video or a folder of pictures becomes one with a single command:</span>
      <code>
        {'smartopia simulate camera --source rtsp://USER@HOST/stream1 \\\n  --password-file cam.pw --name cam-yard --title "Yard"'}
      </code>
      <span>
        Devices of your own publish their pictures by the{" "}
        <a href="/contract" target="_blank" rel="noreferrer">
          device contract
        </a>
        . The tile appears here by itself.
      </span>
    </div>
  );
}
