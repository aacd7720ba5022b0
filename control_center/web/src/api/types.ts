/** The JSON the back end speaks, as the console reads it. */

export type Severity = "Extreme" | "Severe" | "Moderate" | "Minor";
export type Domain = "crime" | "traffic" | "environment" | "disaster";
export type Disposition = "true" | "false" | "test" | "duplicate";
/** Why a false alert was false. */
export type FalseReason =
  | "wrong_object"
  | "wrong_place"
  | "weather_or_light"
  | "reflection_or_shadow"
  | "animal"
  | "authorised_person"
  | "other";
export type DeviceClock = "live" | "replay";

export interface Session {
  user: string;
  role: string;
}

export interface Overview {
  site: string;
  version: string;
  now: string;
  last_event_id: number;
}

export interface AlertThing {
  id: number;
  site: string;
  name: string;
  title: string;
  kind: string;
  latitude: number | null;
  longitude: number | null;
  clock: DeviceClock;
}

export interface AlertDatastream {
  id: number;
  name: string;
  observed_property: string;
  unit: string;
}

export interface Alert {
  id: number;
  version: number;
  rule: string;
  domain: Domain;
  severity: Severity;
  urgency: string;
  certainty: string;
  title: string;
  description: string;
  guidance: string;
  source: string;
  thing: AlertThing;
  datastream: AlertDatastream | null;
  onset: string;
  raised_at: string;
  cleared_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  resolved_at: string | null;
  resolved_by: string | null;
  disposition: Disposition | null;
  false_reason: FalseReason | null;
  note: string | null;
  occurrences: number;
  active: boolean;
  /** Alerts of neighbouring cameras that are of the same bear the same name. */
  incident: string | null;
}

export type TransitionKind =
  | "raised"
  | "cleared"
  | "reraised"
  | "acknowledged"
  | "resolved"
  | "updated";

export interface Transition {
  id: number;
  kind: TransitionKind;
  at: string;
  actor: string | null;
  note: string | null;
}

export type Point = [time: string, value: number];

export interface Series {
  unit: string;
  observed_property: string;
  threshold: number | null;
  points: Point[];
}

export interface Box {
  label: string;
  score: number;
  box: [x1: number, y1: number, x2: number, y2: number];
}

export interface EvidenceImage {
  id: number;
  taken_at: string;
  width: number;
  height: number;
  boxes: Box[];
  zone: [x: number, y: number][] | null;
  url: string;
}

export interface AlertDetail {
  alert: Alert;
  transitions: Transition[];
  series: Series | null;
  images: EvidenceImage[];
  /** The other alerts of its incident, as it went on. */
  also_seen: Alert[];
}

export type ThingState = "online" | "offline" | "lost" | "unknown";

export interface Latest {
  time: string;
  result: number;
  quality: number;
}

export interface Datastream {
  id: number;
  name: string;
  observed_property: string;
  unit: string;
  period: number;
  range: [low: number, high: number] | null;
  latest?: Latest | null;
}

/** `sandbox`: stored and shown, raises no alert. `field`: raises alerts. */
export type Stage = "sandbox" | "field";

export interface Check {
  at: string;
  grade: string;
  passed: boolean;
  /** Whether it checked what the device announces now. */
  current: boolean;
}

/** Messages refused for one reason. */
export interface RefusedReason {
  reason: string;
  count: number;
  at: string;
  /** Of the newest. */
  detail: string;
  mend: string | null;
}

export interface Thing extends AlertThing {
  state: ThingState;
  state_note: string | null;
  state_at: string;
  last_seen: string | null;
  datastreams: Datastream[];
  frames: { rate: number } | null;
  stage: Stage;
  staged_at: string | null;
  staged_by: string | null;
  check: Check | null;
  /** Why it may not be promoted, in words; null where it may. */
  held_back: string | null;
  refused_last_hour: RefusedReason[];
}

/** One sentence of a check's report. */
export interface Assertion {
  number: string;
  level: string;
  title: string;
  outcome: string;
  seen: string;
  mend: string;
}

export interface ThingDetail {
  thing: Thing;
  refused: Refused[];
  /** null when the device was never checked. */
  assertions: Assertion[] | null;
}

export interface Problem {
  code: string;
  part: string;
  severity: "warning" | "critical";
  text: string;
}

export interface PartHealth {
  part: string;
  instance: string;
  state: "ok" | "degraded" | "missing" | "stopped";
  age_s: number;
  restarts: number;
  reasons: { code: string; text: string }[];
  counters: Record<string, number>;
  notes: string[];
}

export interface ProcessHealth {
  name: string;
  pid: number | null;
  state: "running" | "restarting" | "stopped";
  restarts: number;
  last_exit: string | null;
}

export interface Health {
  at: string;
  state: "ok" | "degraded";
  problems: Problem[];
  parts: PartHealth[];
  processes: ProcessHealth[];
  backlog: { cursor: string; pending: number }[];
}

export interface Refused {
  id: number;
  at: string;
  topic: string;
  reason: string;
  detail: string;
  size: number;
  /** How many messages it stands for. */
  count: number;
  mend: string | null;
}

export interface Quarantine {
  refused: Refused[];
  counts: Record<string, number>;
}

/** One new value of the `values` event. */
export type LiveValue = [datastream: number, time: string, result: number, quality: number];

/** A masked picture, and what is seen in it. */
export interface CameraPicture {
  /** When it was taken, by the camera. */
  time: string;
  /** Seconds from then until it came to the control center. */
  lag: number;
  /** Seconds since it came, when this was told. */
  age: number;
  width: number;
  height: number;
  objects: Box[];
}

/** The newest of a camera: one entry of the `cameras` event. */
export interface Watched {
  looked: { time: string; lag: number; age: number; still: boolean };
  /** null where no masked picture came yet. */
  picture: CameraPicture | null;
}

export interface Camera {
  id: number;
  title: string;
  /** Pictures per second it announced. */
  rate: number;
  open_alerts: number;
  /** The newest revision of what is drawn on its picture; null where nothing is. */
  site_view: number | null;
  /** How many areas are drawn on it. */
  areas: number;
  watched: (Watched & { resolution: [number, number]; detector: string; rate: number; still_rate: number }) | null;
}

/** Who crossed the wires of a camera, as far as is remembered: an hour at most. */
export interface Crossings {
  /** The first frame counted in, and the newest; by the camera's clock. */
  since: string;
  until: string;
  /** When in between nobody counted: begin and end. */
  gaps: [string, string][];
  /** Seconds since it was told, when this was asked. */
  age: number;
  wires: {
    wire: string;
    /** Who is counted: person, cycle, vehicle. */
    families: string[];
    left_to_right: number;
    right_to_left: number;
    /** Those with any. */
    minutes: { minute: string; left_to_right: number; right_to_left: number }[];
  }[];
}

export interface CameraDetail {
  camera: Camera;
  /** null where nothing is counted. */
  crossings: Crossings | null;
  /** The most objects of each label at once, minute by minute. */
  minutes: { minute: string; most: Record<string, number> }[];
  /** Open ones first, then the newest. */
  alerts: Alert[];
}

/** A frame as it came, encrypted. */
export interface SealedFrame {
  id: number;
  taken_at: string;
  expires_at: string;
}

/** What is kept sealed of an alert, and who opened any of it. */
export interface Originals {
  sealed: SealedFrame[];
  openings: { id: number; evidence: number; taken_at: string; at: string; by: string; role: string; reason: string }[];
  may_open: boolean;
}

/** A picture of a clip, and how far into it. */
export interface ClipPicture {
  url: string;
  seconds: number;
}

/** A moment without an alert, to be judged. */
export interface SpotCheck {
  id: number;
  thing: { id: number; title: string; clock: DeviceClock };
  begins_at: string;
  ends_at: string;
  pictures: ClipPicture[];
}

export interface FieldChecks {
  next: SpotCheck | null;
  shift_began: string;
  waiting: number;
  answered: number;
  /** What can be said to have been missed. */
  situations: string[];
}

export type SpotAnswer =
  | { answer: "nothing" | "cannot_tell" }
  /** `began_before`: it was going on when the clip began. */
  | { answer: "missed"; situation: string; began_before: boolean; note?: string };

export interface MissReport {
  id: number;
  thing: { id: number; title: string };
  situation: string;
  happened_at: string;
  note: string;
  reported_at: string;
  reported_by: string;
}

export interface FieldSummary {
  days: number;
  situations: {
    situation: string;
    alerts: number;
    true: number;
    false: number;
    test: number;
    duplicate: number;
    unresolved: number;
    false_reasons: Partial<Record<FalseReason, number>>;
    missed_in_checks: number;
    missed_reported: number;
  }[];
  checks: { nothing: number; missed: number; cannot_tell: number; unanswered: number };
}
