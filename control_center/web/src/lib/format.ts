/** Times, ages and numbers as the operator reads them: local, 24 h, never ambiguous. */

const two = (n: number): string => String(n).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function clockTime(ms: number): string {
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

export function fullDate(ms: number): string {
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

export function longDay(ms: number): string {
  const d = new Date(ms);
  const weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][d.getDay()] ?? "";
  return `${weekday} ${d.getDate()} ${MONTHS[d.getMonth()] ?? ""} ${d.getFullYear()}`;
}

/** Only the time when it is today; with the day, and the year when it is another, otherwise. */
export function when(time: string | number, nowMs: number, always = false): string {
  const ms = typeof time === "number" ? time : Date.parse(time);
  if (Number.isNaN(ms)) return "time unknown";
  if (always) return `${fullDate(ms)} ${clockTime(ms)}`;
  const d = new Date(ms);
  const today = new Date(nowMs);
  if (d.toDateString() === today.toDateString()) return clockTime(ms);
  if (d.getFullYear() !== today.getFullYear()) return `${fullDate(ms)} ${clockTime(ms)}`;
  return `${d.getDate()} ${MONTHS[d.getMonth()] ?? ""} ${clockTime(ms)}`;
}

/** 00:14, 1:02:03, 2 d 03 h. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 3600) return `${two(Math.floor(s / 60))}:${two(s % 60)}`;
  if (s < 86_400) return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return `${Math.floor(s / 86_400)} d ${two(Math.floor(s / 3600) % 24)} h`;
}

/** 12 s, 02:31 min, 1:02:03. */
export function ageText(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  return s < 60 ? `${s} s` : s < 3600 ? `${duration(ms)} min` : duration(ms);
}

/** Untrusted: anything that is not a number is shown as the text it is. */
export function number(value: unknown): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e6) return String(value);
  if (size !== 0 && (size >= 1e6 || size < 0.001)) return value.toExponential(2);
  return value.toFixed(size < 1 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

export function count(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 0 });
}

const UNIT_TEXT: Record<string, string> = { Cel: "°C", deg: "°", "ug/m3": "µg/m³", "1": "", "{count}": "", "cm/s2": "cm/s²", "m/s2": "m/s²", "m3/s": "m³/s", "%{LEL}": "% LEL", "[mi_i]/h": "mph" };

export function unit(code: string): string {
  // UCUM's annotations say what is counted, and its brackets mark customary units: no reader needs either.
  return UNIT_TEXT[code] ?? code.replace(/\{[^}]*\}/g, "").replace(/\[([^\]]*)\]/g, "$1");
}

const NAMES: Record<string, string> = { pm2_5: "PM2.5", pm25: "PM2.5", pm10: "PM10", no2: "NO₂", so2: "SO₂", o3: "O₃", co: "CO", co2: "CO₂" };

/** river_gauge and detector_missing as words. */
export function words(code: string): string {
  const name = NAMES[code.toLowerCase()];
  if (name) return name;
  const text = code.replace(/[_-]+/g, " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
