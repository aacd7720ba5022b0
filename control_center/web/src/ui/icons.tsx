/** The signs of the console, drawn here. Severity is told by shape and letter, not by colour alone. */

import type { JSX } from "preact";
import type { Domain, Severity } from "../api/types";
import { known, LETTERS } from "../lib/severity";

const SHAPES: Record<Severity, string> = {
  Extreme: "M7.3 1.5h9.4l5.8 5.8v9.4l-5.8 5.8H7.3l-5.8-5.8V7.3z",
  Severe: "M12 1.6 23 21.4H1z",
  Moderate: "M12 .9 23.1 12 12 23.1.9 12z",
  Minor: "M12 3.2a8.8 8.8 0 1 1 0 17.6 8.8 8.8 0 0 1 0-17.6z",
};

const LETTER_Y: Record<Severity, number> = { Extreme: 16.6, Severe: 18.4, Moderate: 16.2, Minor: 15.6 };

interface SignProps {
  severity: string;
  /** Returned to normal: only the outline. */
  hollow?: boolean;
  size?: number;
}

export function SeveritySign({ severity, hollow = false, size = 22 }: SignProps): JSX.Element {
  const s = known(severity);
  return (
    <svg
      class={`sign sev-${s} ${hollow ? "hollow" : ""}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      role="img"
      aria-label={hollow ? `${s}, returned to normal` : s}
    >
      <path d={SHAPES[s]} />
      <text x="12" y={LETTER_Y[s]}>
        {LETTERS[s]}
      </text>
    </svg>
  );
}

/** The same sign as markup, for the map's markers: made of constants only. */
export function severityMarkup(s: Severity, hollow: boolean): string {
  return `<svg class="sign sev-${s}${hollow ? " hollow" : ""}" viewBox="0 0 24 24" aria-hidden="true"><path d="${SHAPES[s]}"/><text x="12" y="${LETTER_Y[s]}">${LETTERS[s]}</text></svg>`;
}

const DOMAIN_PATHS: Record<Domain, string> = {
  // a shield with a keyhole
  crime: "M12 2.5 4.5 5.3v6c0 4.7 3.1 8.4 7.5 10.2 4.4-1.8 7.5-5.5 7.5-10.2v-6zM12 8.6a1.9 1.9 0 0 1 1 3.5l.5 3.4h-3l.5-3.4a1.9 1.9 0 0 1 1-3.5z",
  // a car seen from the front
  traffic: "M6.3 4.5h11.4l1.9 6 1.4 1.3v6.7h-2.6v-1.8H5.6v1.8H3v-6.7l1.4-1.3zM6.9 10.2h10.2M6.2 13.7h2.2M15.6 13.7h2.2",
  // a leaf
  environment: "M20 3.5c-9.3 0-15 3.6-15 10.3 0 1.2.3 2.2.8 3.1 7.6 2.6 14.2-1.6 14.2-13.4zM4 21c1.4-5.6 5-9.2 10-11.3",
  // a house in the water
  disaster: "M4.5 11.2 12 4.3l7.5 6.9M7 9.6v6M17 9.6v6M2.5 17.2q2.4-1.9 4.75 0t4.75 0 4.75 0 4.75 0M2.5 21q2.4-1.9 4.75 0t4.75 0 4.75 0 4.75 0",
};

export function DomainIcon({ domain, size = 18 }: { domain: Domain; size?: number }): JSX.Element {
  return <Line d={DOMAIN_PATHS[domain] ?? ICONS.bell} size={size} />;
}

const ICONS = {
  bell: "M6 17V11a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21h4",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.4 15.4 21 21",
  close: "M5 5l14 14M19 5 5 19",
  check: "M4.5 12.5l5 5L19.5 7",
  devices: "M3.5 5.5h17v4.6h-17zM3.5 13.9h17v4.6h-17zM7 7.8h.01M7 16.2h.01",
  soundOff: "M4 9.5h3.6L12 5.5v13l-4.4-4H4zM15.5 9.5l5 5M20.5 9.5l-5 5",
  soundOn: "M4 9.5h3.6L12 5.5v13l-4.4-4H4zM15.2 9a4.2 4.2 0 0 1 0 6M17.8 6.5a7.8 7.8 0 0 1 0 11",
  help: "M8.8 9.2a3.3 3.3 0 1 1 4.9 2.9c-1.2.7-1.7 1.3-1.7 2.7M12 18.3h.01",
  warning: "M12 3.5 22 20.5H2zM12 9.5v5.2M12 17.6h.01",
  unlink: "M9 15l-2.3 2.3a3.5 3.5 0 0 1-5-5L4 10M15 9l2.3-2.3a3.5 3.5 0 0 1 5 5L20 14M8.5 4 9 6.5M4 8.5l2.5.5M15.5 20l-.5-2.5M20 15.5l-2.5-.5",
  unknown: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9.4 9.6a2.6 2.6 0 1 1 3.9 2.3c-.9.5-1.3 1-1.3 2M12 17h.01",
  okay: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8 12.3l2.8 2.8L16 9.7",
  camera: "M3 8.5 15.5 5l2 6.6L5 15.2zM7.5 14.4 6 20H3M18 7.5l3.5-1 1.2 3.6-3.4 1",
  sensor: "M12 10.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6zM7.8 16.2a6 6 0 0 1 0-8.4M16.2 7.8a6 6 0 0 1 0 8.4M5 19a10 10 0 0 1 0-14M19 5a10 10 0 0 1 0 14",
  out: "M14 4H5v16h9M10.5 12H21M17.5 8.5 21 12l-3.5 3.5",
  zoom: "M9 3H3v6M15 3h6v6M9 21H3v-6M15 21h6v-6",
} as const;

export type IconName = keyof typeof ICONS;

function Line({ d, size }: { d: string; size: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): JSX.Element {
  return <Line d={ICONS[name]} size={size} />;
}
