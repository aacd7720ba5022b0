/** Field operations: short clips without an alert to be judged, and what was missed. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { textOf } from "../api/client";
import { loadChecks, loadCounts } from "../state/field";
import { FieldCheck } from "./field-check";
import { FieldCounts } from "./field-counts";
import { FieldMiss } from "./field-miss";

const AGAIN_MS = 30_000;

export function FieldPage(): JSX.Element {
  const error = useSignal("");
  useEffect(() => {
    const load = (): void => {
      Promise.all([loadChecks(), loadCounts()]).then(
        () => (error.value = ""),
        (e: unknown) => (error.value = textOf(e)),
      );
    };
    load();
    const timer = window.setInterval(load, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <section class="field" aria-label="Spot checks and misses" data-testid="field-page">
      <div class="field-main">
        {error.value && <p class="problem">This page is not current. {error.value}</p>}
        <FieldCheck />
      </div>
      <aside class="field-side">
        <FieldMiss />
        <FieldCounts />
      </aside>
    </section>
  );
}
