/** The schematic map of the city with the devices on it. */

import type { JSX } from "preact";
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import L from "leaflet";
import { health } from "../state/health";
import { current } from "../state/detail";
import { live } from "../state/live-state";
import { openedThing } from "../state/view";
import { drawCity } from "./city-layer";
import { DeviceCard } from "./device-card";
import { DeviceMarkers } from "./device-markers";
import { Icon } from "./icons";

const CITY: L.LatLngBoundsLiteral = [
  [37.56, 126.58],
  [37.71, 126.8],
];

export function CityMap(): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const fit = useRef<() => void>(() => undefined);

  useEffect(() => {
    if (!box.current) return undefined;
    const map = L.map(box.current, {
      preferCanvas: true,
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0.25,
      minZoom: 8,
      maxZoom: 18,
      keyboard: true,
      fadeAnimation: false,
      zoomAnimation: false,
    });
    map.fitBounds(CITY);
    L.control.zoom({ position: "topright" }).addTo(map);
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    const stopCity = drawCity(map);
    const markers = new DeviceMarkers(map);
    fit.current = () => map.fitBounds(markers.bounds() ?? CITY, { padding: [50, 50], maxZoom: 14 });
    let fitted = false;
    const stop = [
      effect(() => {
        markers.update();
        if (!fitted && markers.bounds()) {
          fitted = true;
          fit.current();
        }
      }),
      effect(() => {
        const thing = current.value?.thing;
        if (thing && thing.latitude !== null && thing.longitude !== null) show(map, [thing.latitude, thing.longitude]);
      }),
    ];
    const resize = new ResizeObserver(() => map.invalidateSize({ pan: false }));
    resize.observe(box.current);
    return () => {
      stop.forEach((s) => s());
      stopCity();
      resize.disconnect();
      map.remove();
    };
  }, []);

  return (
    <section class={`map-pane ${live.value === "lost" ? "not-current" : ""}`} aria-label="Map">
      <div class="map" ref={box} data-testid="map" />
      <button class="map-fit" title="Show all devices" aria-label="Show all devices" onClick={() => fit.current()}>
        <Icon name="zoom" size={16} />
      </button>
      <p class="map-note">schematic, not for navigation</p>
      {openedThing.value !== null && <DeviceCard id={openedThing.value} />}
      {health.value === null && live.value === "starting" && <p class="map-wait">Connecting…</p>}
    </section>
  );
}

/** Moves the map only when the place is not in sight: the operator keeps the view. */
function show(map: L.Map, at: L.LatLngTuple): void {
  if (!map.getBounds().pad(-0.08).contains(at)) map.panTo(at, { animate: false });
}
