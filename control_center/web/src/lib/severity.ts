/** The CAP severities and the four domains: their order, letters and names. */

import type { Disposition, Domain, FalseReason, Severity } from "../api/types";

export const SEVERITIES: readonly Severity[] = ["Extreme", "Severe", "Moderate", "Minor"];
export const DOMAINS: readonly Domain[] = ["crime", "traffic", "environment", "disaster"];

export const DOMAIN_NAMES: Record<Domain, string> = {
  crime: "Crime",
  traffic: "Traffic",
  environment: "Environment",
  disaster: "Disaster",
};

/** A severity this console does not know is shown as Severe: rather too loud than unseen. */
export function known(severity: string): Severity {
  return (SEVERITIES as readonly string[]).includes(severity) ? (severity as Severity) : "Severe";
}

/** 0 is the most severe. */
export function rank(severity: string): number {
  return SEVERITIES.indexOf(known(severity));
}

export function isGrave(severity: string): boolean {
  return rank(severity) <= 1;
}

export const LETTERS: Record<Severity, string> = {
  Extreme: "E",
  Severe: "S",
  Moderate: "M",
  Minor: "m",
};

export const DISPOSITIONS: readonly { value: Disposition; name: string; means: string }[] = [
  { value: "true", name: "True", means: "It happened" },
  { value: "false", name: "False", means: "It did not happen" },
  { value: "test", name: "Test", means: "A drill or a test" },
  { value: "duplicate", name: "Duplicate", means: "Handled under another alert" },
];

export const FALSE_REASONS: readonly { value: FalseReason; name: string }[] = [
  { value: "wrong_object", name: "Wrong object" },
  { value: "wrong_place", name: "Wrong place, area" },
  { value: "weather_or_light", name: "Weather or light" },
  { value: "reflection_or_shadow", name: "Reflection, shadow" },
  { value: "animal", name: "Animal" },
  { value: "authorised_person", name: "Authorised person" },
  { value: "other", name: "Other: say what" },
];

export function falseReasonName(value: string): string {
  return FALSE_REASONS.find((r) => r.value === value)?.name ?? value;
}

export function dispositionName(value: string | null): string {
  return DISPOSITIONS.find((d) => d.value === value)?.name ?? value ?? "not said";
}
