/** The devices on the map: grey dots, and the severity sign where an alert is open. */

import L from "leaflet";
import type { Thing } from "../api/types";
import { marks, type Mark } from "../state/alerts";
import { current } from "../state/detail";
import { thingIds, thingSignal, thingsRevision } from "../state/things";
import { openAlert, openedThing } from "../state/view";
import { severityMarkup } from "./icons";

interface Drawn {
  marker: L.Marker;
  /** What it shows; the same look is not drawn again. */
  look: string;
}

const CAMERA = '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M3 8h12v9H3zM15 11.2 21 8v9l-6-3.2z"/></svg>';

function isCamera(thing: Thing): boolean {
  return thing.frames !== null || /camera|cctv/i.test(thing.kind);
}

function iconOf(thing: Thing, mark: Mark | undefined, chosen: boolean): L.DivIcon {
  const state = thing.state === "online" ? "" : " silent";
  const kind = isCamera(thing) ? " camera" : "";
  const ring = `${chosen ? " chosen" : ""}${thing.stage === "sandbox" ? " sandbox" : ""}`;
  if (!mark) {
    const html = isCamera(thing) ? CAMERA : "";
    return L.divIcon({ className: `dot${kind}${state}${ring}`, html, iconSize: isCamera(thing) ? [20, 20] : [12, 12] });
  }
  const waiting = mark.unacknowledged ? " unacknowledged" : "";
  const more = mark.count > 1 ? `<b>${mark.count}</b>` : "";
  return L.divIcon({
    className: `pin sev-${mark.severity}${waiting}${state}${ring}`,
    html: severityMarkup(mark.severity, !mark.active) + more,
    iconSize: [28, 28],
  });
}

export class DeviceMarkers {
  private readonly drawn = new Map<number, Drawn>();
  constructor(private readonly map: L.Map) {}

  /** Reads signals: run inside an effect, it draws again what changed and nothing else. */
  update(): void {
    thingsRevision.value;
    const byThing = marks.value;
    const chosen = current.value?.thing.id ?? openedThing.value;
    const ids = new Set(thingIds.value);
    for (const [id, d] of this.drawn) {
      if (!ids.has(id)) {
        d.marker.remove();
        this.drawn.delete(id);
      }
    }
    for (const id of ids) {
      const thing = thingSignal(id)?.peek();
      if (thing) this.draw(thing, byThing.get(id), id === chosen);
    }
  }

  bounds(): L.LatLngBounds | null {
    const places = [...this.drawn.values()].map((d) => d.marker.getLatLng());
    return places.length ? L.latLngBounds(places) : null;
  }

  private draw(thing: Thing, mark: Mark | undefined, chosen: boolean): void {
    const { id, latitude, longitude } = thing;
    const old = this.drawn.get(id);
    if (latitude === null || longitude === null) {
      old?.marker.remove();
      this.drawn.delete(id);
      return;
    }
    const look = JSON.stringify([thing.state, thing.stage, thing.title, isCamera(thing), mark, chosen, latitude, longitude]);
    if (old?.look === look) return;
    const icon = iconOf(thing, mark, chosen);
    const marker = old?.marker ?? L.marker([latitude, longitude], { icon, riseOnHover: true }).addTo(this.map);
    marker.setLatLng([latitude, longitude]);
    if (old) marker.setIcon(icon);
    marker.setZIndexOffset(mark ? 1000 * (5 - ["Extreme", "Severe", "Moderate", "Minor"].indexOf(mark.severity)) : 0);
    marker.off("click").on("click", () => this.click(id));
    // Untrusted: an element with text, never markup.
    const tip = document.createElement("span");
    const words = [thing.state === "online" ? "" : thing.state, thing.stage === "sandbox" ? "sandbox: raises no alert" : ""].filter(Boolean);
    tip.textContent = words.length ? `${thing.title} (${words.join(", ")})` : thing.title;
    marker.unbindTooltip().bindTooltip(tip, {
      direction: "top",
      offset: [0, mark ? -14 : -8],
      permanent: chosen,
      className: "map-tip",
    });
    const element = marker.getElement();
    element?.setAttribute("aria-label", mark ? `${tip.textContent}: ${mark.count} open, ${mark.severity}` : tip.textContent);
    if (element) element.dataset.thing = thing.name;
    this.drawn.set(id, { marker, look });
  }

  private click(id: number): void {
    const mark = marks.peek().get(id);
    if (mark) openAlert(mark.id);
    else openedThing.value = id;
  }
}
