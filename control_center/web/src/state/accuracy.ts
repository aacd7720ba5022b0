/** Reports on how good detection is, as `smartopia evaluate` wrote them. */

import { signal } from "@preact/signals";
import { get, textOf } from "../api/client";

export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  few: boolean;
}

export interface Measure {
  name: string;
  title: string;
  unit: "share" | "/d" | "s";
  better: "higher" | "lower";
  told: string;
}

export interface Side {
  name: "lab" | "field";
  source: string;
  told: string;
  models: string[];
}

export type Figures = Record<string, Figure>;

export interface Report {
  name: string;
  kind: "objects" | "situations" | "field";
  title: string;
  made_at: string;
  sides: Side[];
  measures: Measure[];
  glance: string[];
  whole: { lab: Figures | null; field: Figures | null };
  next: string[];
  problems: number;
}

interface Reports {
  reports: Report[];
  broken: string[];
  command: string;
}

export const reports = signal<Reports | null>(null);
export const reportsError = signal("");

export async function loadReports(): Promise<void> {
  try {
    reports.value = await get<Reports>("/reports");
    reportsError.value = "";
  } catch (error) {
    reportsError.value = textOf(error);
  }
}

/** Where a file of a report is. */
export const fileOf = (report: Report, file: string): string => `/api/v1/reports/${encodeURIComponent(report.name)}/${file}`;

/** A figure as it is read; never a number that rests on too few cases. */
export function told(figure: Figure | undefined, unit: Measure["unit"]): string {
  if (!figure || figure.value === null) return "not measured";
  if (figure.few) return "too few to say";
  return amount(figure.value, unit);
}

export function range(figure: Figure | undefined, unit: Measure["unit"]): string {
  if (!figure || figure.few || figure.low === null || figure.high === null) return "";
  return `${amount(figure.low, unit)} to ${amount(figure.high, unit)}`;
}

function amount(value: number, unit: Measure["unit"]): string {
  if (unit === "s") return `${value.toFixed(1)} s`;
  return unit === "share" ? value.toFixed(2) : `${value.toFixed(value < 10 ? 2 : 0)} a day`;
}
