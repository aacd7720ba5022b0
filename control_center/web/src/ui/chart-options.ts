/** How every chart of the console looks: grey, with the threshold as the one coloured line. */

import type uPlot from "uplot";
import type { Severity } from "../api/types";
import { number } from "../lib/format";

export interface ChartMark {
  /** Seconds since 1970. */
  at: number;
  text: string;
}

interface Wanted {
  width: number;
  height: number;
  threshold: number | null;
  marks: ChartMark[];
  severity: Severity | null;
  tell: (index: number | null | undefined) => void;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const FONT = "11px system-ui, sans-serif";
const two = (n: number): string => String(n).padStart(2, "0");

/** Local 24 h; the day where one tick is at midnight or the ticks are days apart. */
function timeTicks(_: uPlot, splits: number[], __: number, ___: number, step: number): string[] {
  return splits.map((s) => {
    const d = new Date(s * 1000);
    const time = `${two(d.getHours())}:${two(d.getMinutes())}`;
    if (step < 60) return `${time}:${two(d.getSeconds())}`;
    if (step >= 86_400 || time === "00:00") return `${two(d.getMonth() + 1)}-${two(d.getDate())}`;
    return time;
  });
}

/** The threshold always lies within the chart, with some air around it. */
function range(threshold: number | null): uPlot.Range.Function {
  return (_, min, max) => {
    let low = min ?? 0;
    let high = max ?? 1;
    if (threshold !== null) {
      low = Math.min(low, threshold);
      high = Math.max(high, threshold);
    }
    const air = (high - low || Math.abs(high) || 1) * 0.1;
    return [low - air, high + air];
  };
}

function drawMarks(chart: uPlot, wanted: Wanted): void {
  const { ctx, bbox } = chart;
  const scale = window.devicePixelRatio || 1;
  ctx.save();
  ctx.font = `${11 * scale}px system-ui, sans-serif`;
  ctx.lineWidth = scale;
  for (const mark of wanted.marks) {
    const x = chart.valToPos(mark.at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = colour("--text-2");
    ctx.setLineDash([2 * scale, 3 * scale]);
    line(ctx, x, bbox.top, x, bbox.top + bbox.height);
    ctx.textAlign = x > bbox.left + bbox.width * 0.85 ? "right" : "left";
    ctx.fillText(mark.text, x + (ctx.textAlign === "right" ? -4 : 4) * scale, bbox.top + bbox.height - 5 * scale);
  }
  if (wanted.threshold !== null) {
    const y = chart.valToPos(wanted.threshold, "y", true);
    ctx.strokeStyle = ctx.fillStyle = colour(wanted.severity ? `--${wanted.severity}` : "--text-2");
    ctx.setLineDash([6 * scale, 4 * scale]);
    ctx.lineWidth = 1.5 * scale;
    line(ctx, bbox.left, y, bbox.left + bbox.width, y);
    ctx.textAlign = "left";
    const below = y < bbox.top + 16 * scale;
    ctx.fillText(`threshold ${number(wanted.threshold)}`, bbox.left + 5 * scale, y + (below ? 14 : -5) * scale);
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}

export function chartOptions(wanted: Wanted): uPlot.Options {
  const axis = {
    stroke: colour("--text-2"),
    font: FONT,
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width: wanted.width,
    height: wanted.height,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: range(wanted.threshold) } },
    axes: [
      { ...axis, values: timeTicks, size: 26 },
      { ...axis, values: (_, splits) => splits.map((v) => number(Number(v.toPrecision(6)))), size: 52 },
    ],
    series: [{}, { stroke: colour("--text-1"), width: 1.5, points: { show: false }, fill: colour("--chart-fill") }],
    hooks: {
      draw: [(chart) => drawMarks(chart, wanted)],
      setCursor: [(chart) => wanted.tell(chart.cursor.idx)],
    },
  };
}
