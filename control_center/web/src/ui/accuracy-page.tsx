/** How good detection is: the newest reports, lab and field side by side. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { when } from "../lib/format";
import { type Figure, type Measure, type Report, fileOf, loadReports, range, reports, reportsError, told } from "../state/accuracy";
import { now } from "../state/clock";

export function AccuracyPage(): JSX.Element {
  useEffect(() => void loadReports(), []);
  const found = reports.value;
  return (
    <section class="accuracy" aria-label="Accuracy" data-testid="accuracy-page">
      <header>
        <h2>Accuracy</h2>
        <span class="dim">how good detection is, in the lab and in the field, in brackets with 95 % intervals</span>
        <button onClick={() => void loadReports()}>Refresh</button>
      </header>
      <div class="accuracy-scroll">
        {reportsError.value && <p class="problem">{reportsError.value}</p>}
        {!found && !reportsError.value && <p class="empty">Loading…</p>}
        {found?.broken.map((line) => (
          <p class="problem" key={line}>
            {line}
          </p>
        ))}
        {found?.reports.map((report, index) => (
          <ReportCard key={report.name} report={report} open={index < 3} />
        ))}
        {found && found.reports.length === 0 && (
          <p class="empty" data-testid="no-reports">
            Nothing has been measured yet. Make a report with <code>{found.command}</code>
          </p>
        )}
      </div>
    </section>
  );
}

function ReportCard({ report, open }: { report: Report; open: boolean }): JSX.Element {
  return (
    <details class="accuracy-report" open={open} data-testid="report">
      <summary>
        <b>{report.title}</b> <span class="dim">made {when(report.made_at, now.peek())}</span>
      </summary>
      {report.problems > 0 && (
        <p class="warn">
          {report.problems === 1 ? "One thing is" : `${report.problems} things are`} wrong with the data; the report begins with {report.problems === 1 ? "it" : "them"}.
        </p>
      )}
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Measure</th>
            {report.sides.map((side) => (
              <th scope="col" key={side.name} title={side.source}>
                {side.name === "lab" ? "Lab" : "Field"} <span class="dim">{side.told}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.measures.map((measure) => (
            <tr key={measure.name} title={measure.told}>
              <th scope="row">{measure.title}</th>
              <Cell figure={report.whole.lab?.[measure.name]} measure={measure} />
              <Cell figure={report.whole.field?.[measure.name]} measure={measure} />
            </tr>
          ))}
        </tbody>
      </table>
      {report.next.length > 0 && (
        <>
          <h3>What to do next</h3>
          <ol>
            {report.next.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ol>
        </>
      )}
      <p class="links">
        <a href={fileOf(report, "report.html")} target="_blank" rel="noreferrer">
          Whole report
        </a>
        <a href={fileOf(report, "report.json")} target="_blank" rel="noreferrer">
          JSON
        </a>
        <a href={fileOf(report, "figures.csv")}>Figures as CSV</a>
        <a href={fileOf(report, "rows.csv")}>Rows as CSV</a>
      </p>
    </details>
  );
}

function Cell({ figure, measure }: { figure: Figure | undefined; measure: Measure }): JSX.Element {
  const between = range(figure, measure.unit);
  return (
    <td>
      <b>{told(figure, measure.unit)}</b> {between && <span>({between})</span>} {figure && <span class="dim">n = {figure.n}</span>}
    </td>
  );
}
