/** A row of bars, one a minute: a name before it, a figure behind. */

import type { ComponentChildren, JSX } from "preact";

const HEIGHT = 26;
const STEP = 6;
const WIDTH = 4.6;

interface MinuteBarsProps {
  name: ComponentChildren;
  /** The newest last; null where nobody looked. */
  bars: (number | null)[];
  /** What the highest possible bar stands for. */
  scale: number;
  figure: number;
  /** For who cannot see it. */
  says: string;
}

export function MinuteBars({ name, bars, scale, figure, says }: MinuteBarsProps): JSX.Element {
  const unit = HEIGHT / Math.max(1, scale);
  return (
    <div class="minutes" role="img" aria-label={says}>
      <span class="clip">{name}</span>
      <svg viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`} preserveAspectRatio="none">
        {bars.map((n, i) => {
          if (n === null) return null;
          const height = Math.max(1, n * unit);
          return <rect key={i} x={i * STEP} y={HEIGHT - height} width={WIDTH} height={height} class={n ? "" : "none"} />;
        })}
      </svg>
      <b>{figure}</b>
    </div>
  );
}
