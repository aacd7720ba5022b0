/** What happened to an alert, newest first. */

import type { JSX } from "preact";
import type { Transition, TransitionKind } from "../api/types";
import { when, words } from "../lib/format";
import { now } from "../state/clock";

const NAMES: Record<TransitionKind, string> = {
  raised: "Raised",
  cleared: "Returned to normal",
  reraised: "Raised again",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
  updated: "Updated",
};

export function Transitions({ list, replay }: { list: Transition[] | null; replay: boolean }): JSX.Element | null {
  if (!list || list.length === 0) return null;
  const newest = [...list].sort((a, b) => b.id - a.id);
  return (
    <div class="transitions">
      <h3>History{replay && <span class="dim"> (times of the replay)</span>}</h3>
      <ol>
        {newest.map((t) => (
          <li key={t.id} class={`step-${t.kind}`}>
            <time dateTime={t.at}>{when(t.at, now.peek())}</time>
            <span>
              {NAMES[t.kind] ?? words(t.kind)}
              {t.actor && <span class="dim"> by {t.actor}</span>}
              {t.note && <q>{t.note}</q>}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
