/** Spot checks of moments without an alert, and reports of what was missed. */

import { computed, signal } from "@preact/signals";
import { get, post } from "../api/client";
import type { FieldChecks, FieldSummary, MissReport, SpotAnswer } from "../api/types";
import { session } from "./session";

/** The next check of this shift, and how many wait; null until asked for. */
export const checks = signal<FieldChecks | null>(null);
export const summary = signal<FieldSummary | null>(null);
export const misses = signal<MissReport[]>([]);

export const mayAnswer = computed(() => session.value?.role === "operator" || session.value?.role === "administrator");

export async function loadChecks(): Promise<void> {
  checks.value = await get<FieldChecks>("/field/checks");
}

export async function loadCounts(): Promise<void> {
  const [counted, reported] = await Promise.all([
    get<FieldSummary>("/field/summary"),
    get<{ misses: MissReport[] }>("/field/misses?limit=5"),
  ]);
  summary.value = counted;
  misses.value = reported.misses;
}

export async function answerCheck(id: number, answer: SpotAnswer): Promise<void> {
  checks.value = await post<FieldChecks>(`/field/checks/${id}/answer`, answer);
  void loadCounts();
}

export interface Miss {
  thing: number;
  situation: string;
  happened_at: string;
  note: string;
}

export async function reportMiss(miss: Miss): Promise<void> {
  await post("/field/misses", miss);
  await loadCounts();
}
