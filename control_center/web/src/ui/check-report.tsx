/** What the newest check asserted: first what failed, and how to mend it. */

import type { JSX } from "preact";
import type { Assertion, Thing } from "../api/types";
import { when } from "../lib/format";
import { now } from "../state/clock";
import { GradeBadge } from "./badges";

export function CheckReport({ thing, assertions }: { thing: Thing; assertions: Assertion[] | null }): JSX.Element | null {
  const check = thing.check;
  if (!check) return null;
  const all = assertions ?? [];
  const failed = all.filter((a) => a.outcome === "fail");
  const passed = all.filter((a) => a.outcome === "pass");
  const untried = all.filter((a) => a.outcome !== "fail" && a.outcome !== "pass");
  return (
    <div class="check" data-testid="check-report">
      <h3>Newest check</h3>
      <p class="check-head">
        <GradeBadge check={check} /> {check.passed ? "Passed" : "Not passed"}, {when(check.at, now.peek())}
        {assertions && ` · ${passed.length} hold, ${failed.length} do not, ${untried.length} not tried`}
      </p>
      {!check.current && <p class="card-note">It announces something else than when it was checked.</p>}
      <ul role="list" class="assertions">
        {failed.map((a) => (
          <Failed key={a.number} assertion={a} />
        ))}
      </ul>
      {passed.length + untried.length > 0 && (
        <details>
          <summary>What holds or was not tried</summary>
          <ul role="list" class="assertions">
            {[...untried, ...passed].map((a) => (
              <li key={a.number} class="holds">
                <Sentence assertion={a} />
                <p class="dim breakable">
                  {a.outcome}: {a.seen}
                </p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Failed({ assertion: a }: { assertion: Assertion }): JSX.Element {
  return (
    <li data-testid="failed-assertion">
      <Sentence assertion={a} />
      <p class="breakable">
        <span class="dim">Seen:</span> {a.seen}
      </p>
      <p class="breakable">
        <span class="dim">Mend:</span> {a.mend}
      </p>
    </li>
  );
}

function Sentence({ assertion: a }: { assertion: Assertion }): JSX.Element {
  return (
    <p class="breakable">
      <b>{a.number}</b> <span class={`level level-${a.level === "MUST" ? "must" : "should"}`}>{a.level}</span> {a.title}
    </p>
  );
}
