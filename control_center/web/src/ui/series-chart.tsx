/** A chart of values with its threshold; follows the live values where asked to. */

import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Point, Severity } from "../api/types";
import { number, unit as unitText, when, words } from "../lib/format";
import { now } from "../state/clock";
import { valueSignal } from "../state/things";
import { chartOptions, type ChartMark } from "./chart-options";

const HEIGHT = 190;
const SMALL_HEIGHT = 110;
const REDRAW_MS = 500;
const MOST = 20_000;

export interface ChartProps {
  points: Point[];
  unit: string;
  name: string;
  threshold: number | null;
  marks: { at: string; text: string }[];
  severity: Severity | null;
  /** The datastream whose new values are added; null for none. */
  follow: number | null;
  replay: boolean;
  small?: boolean;
  testid: string;
}

type Columns = [number[], number[]];

function columns(points: Point[]): Columns {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [time, value] of points) {
    const x = Date.parse(time) / 1000;
    if (Number.isNaN(x) || typeof value !== "number" || (xs.length && x <= (xs.at(-1) ?? 0))) continue;
    xs.push(x);
    ys.push(value);
  }
  return [xs, ys];
}

export function SeriesChart(props: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const readout = useSignal("");
  const { points, threshold, follow, replay, severity } = props;
  const height = props.small ? SMALL_HEIGHT : HEIGHT;
  const unit = unitText(props.unit);

  useEffect(() => {
    const target = box.current;
    if (!target) return undefined;
    const data = columns(points);
    const marks: ChartMark[] = props.marks.map((m) => ({ at: Date.parse(m.at) / 1000, text: m.text }));
    const tell = (index: number | null | undefined): void => {
      const x = index == null ? undefined : data[0][index];
      const y = index == null ? undefined : data[1][index];
      readout.value =
        x === undefined || y === undefined ? "" : `${number(y)} ${unit} at ${when(x * 1000, now.peek(), replay)}`;
    };
    const width = target.clientWidth || 400;
    const chart = new uPlot(chartOptions({ width, height, threshold, marks, severity, tell }), data, target);
    const resize = new ResizeObserver(() => {
      if (target.clientWidth) chart.setSize({ width: target.clientWidth, height });
    });
    resize.observe(target);
    let timer = 0;
    const stop =
      follow === null
        ? undefined
        : valueSignal(follow).subscribe((v) => {
            const x = v ? Date.parse(v.time) / 1000 : NaN;
            if (!v || typeof v.result !== "number" || !(x > (data[0].at(-1) ?? 0)) || data[0].length > MOST) return;
            data[0].push(x);
            data[1].push(v.result);
            timer ||= window.setTimeout(() => {
              timer = 0;
              chart.setData(data);
            }, REDRAW_MS);
          });
    return () => {
      stop?.();
      window.clearTimeout(timer);
      resize.disconnect();
      chart.destroy();
    };
  }, [points, threshold, follow]);

  return (
    <figure class="chart" data-testid={props.testid}>
      <figcaption>
        <span>
          {words(props.name)} {unit && <span class="dim">{unit}</span>}
        </span>
        <span class="readout">
          {readout.value || (threshold !== null ? `threshold ${number(threshold)} ${unit}` : "")}
        </span>
      </figcaption>
      <div class="chart-box" ref={box} />
    </figure>
  );
}
