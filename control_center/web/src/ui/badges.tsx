/** A device's stage and grade, as words and letters: never by colour alone. */

import type { JSX } from "preact";
import type { Check, Thing } from "../api/types";
import { when } from "../lib/format";
import { now } from "../state/clock";

/** Shown only in the sandbox: the field is the normal place. */
export function SandboxBadge({ thing }: { thing: Thing }): JSX.Element | null {
  if (thing.stage !== "sandbox") return null;
  return <span class="tag sandbox">sandbox: raises no alert</span>;
}

function told(check: Check): string {
  const how = `Grade ${check.grade}, ${check.passed ? "passed" : "not passed"}, checked ${when(check.at, now.peek())}`;
  return check.current ? how : `${how}. It announces something else since.`;
}

export function GradeBadge({ check }: { check: Check | null }): JSX.Element {
  if (!check) return <span class="dim">not checked</span>;
  const state = !check.passed ? "failed" : check.current ? "passed" : "old";
  return (
    <span class={`grade grade-${state}`} title={told(check)} data-testid="grade">
      <b>{check.grade}</b>
      {state !== "passed" && <small>{state}</small>}
    </span>
  );
}
