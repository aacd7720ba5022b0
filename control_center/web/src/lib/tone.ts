/** A short tone, made here: no file, no network. */

let context: AudioContext | null = null;
let playedAt = 0;

/** Must be called from a click the first time: browsers allow sound only then. */
export function playTone(severity: string): void {
  context ??= new AudioContext();
  void context.resume();
  // A burst of alerts sounds once.
  if (context.currentTime - playedAt < 1 && playedAt > 0) return;
  playedAt = context.currentTime;
  const notes = severity === "Extreme" ? [880, 660, 880] : [660, 660];
  notes.forEach((pitch, i) => beep(pitch, i * 0.18));
}

function beep(pitch: number, after: number): void {
  if (!context) return;
  const start = context.currentTime + after;
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.2, start + 0.01);
  gain.gain.setValueAtTime(0.2, start + 0.11);
  gain.gain.linearRampToValueAtTime(0, start + 0.14);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.15);
}
