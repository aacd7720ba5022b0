/** What operators found in the last days, in counts. Rates are the accuracy page's to say. */

import type { JSX } from "preact";
import { words } from "../lib/format";
import { summary } from "../state/field";

export function FieldCounts(): JSX.Element | null {
  const found = summary.value;
  if (!found) return null;
  const { nothing, missed, cannot_tell, unanswered } = found.checks;
  return (
    <section aria-label="What operators found" data-testid="field-counts">
      <h2>Last {found.days} days</h2>
      <p>
        Spot checks: {nothing} nothing, {missed} missed, {cannot_tell} could not be told, {unanswered} not answered.
      </p>
      {found.situations.length > 0 && (
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Situation</th>
              <th scope="col">Alerts</th>
              <th scope="col">True, of judged</th>
              <th scope="col">Missed: checks</th>
              <th scope="col">reports</th>
            </tr>
          </thead>
          <tbody>
            {found.situations.map((s) => (
              <tr key={s.situation}>
                <th scope="row">{words(s.situation)}</th>
                <td>{s.alerts}</td>
                <td>{s.true + s.false ? `${s.true} of ${s.true + s.false}` : "none judged"}</td>
                <td>{s.missed_in_checks}</td>
                <td>{s.missed_reported}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
