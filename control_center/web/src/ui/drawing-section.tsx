/** A titled part of the drawing page's side. */

import type { ComponentChildren, JSX } from "preact";

export function Section({ title, children }: { title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="drawing-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
