/** How many spot checks wait. Quiet: it never calls, for an alert goes first. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { checks, loadChecks, mayAnswer } from "../state/field";

const AGAIN_MS = 60_000;

export function FieldBadge(): JSX.Element | null {
  useEffect(() => {
    if (!mayAnswer.value) return undefined;
    // A badge that cannot be brought up to date stays as it was; the page says why.
    const load = (): void => void loadChecks().catch(() => undefined);
    load();
    const timer = window.setInterval(load, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, []);
  const waiting = checks.value?.waiting ?? 0;
  if (!mayAnswer.value || !waiting) return null;
  return (
    <span class="quiet-count" title={`${waiting} spot checks wait in this shift`} data-testid="field-badge">
      {waiting}
    </span>
  );
}
