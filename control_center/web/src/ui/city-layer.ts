/** The city below the devices: our own schematic drawing, in muted greys. */

import L from "leaflet";
import type { Feature, FeatureCollection } from "geojson";

const STYLES: Record<string, L.PathOptions> = {
  land: { stroke: false, fillColor: "#22262b", fillOpacity: 1 },
  town: { stroke: true, color: "#343b43", weight: 1, fillColor: "#2a2f36", fillOpacity: 1 },
  water: { stroke: true, color: "#34485a", weight: 1, fillColor: "#1b2a37", fillOpacity: 1 },
  stream: { color: "#294154", weight: 3.5, fill: false },
  road: { color: "#41474f", weight: 3, fill: false },
  minor: { color: "#363c43", weight: 1.75, fill: false },
  rail: { color: "#4a4f57", weight: 1.5, dashArray: "6 5", fill: false },
};

function style(feature?: Feature): L.PathOptions {
  const kind = (feature?.properties as { kind?: string } | null)?.kind ?? "";
  return { ...(STYLES[kind] ?? STYLES.minor), interactive: false };
}

function label(feature: Feature, at: L.LatLng): L.Layer {
  const { name, kind } = feature.properties as { name: string; kind: string };
  const text = document.createElement("span");
  text.textContent = name;
  const icon = L.divIcon({ className: `map-label ${kind}`, html: text, iconSize: [0, 0] });
  return L.marker(at, { icon, interactive: false, keyboard: false, pane: "city-labels" });
}

/** Draws the city onto the map; what it gives back stops a drawing still under way. */
export function drawCity(map: L.Map): () => void {
  const stop = new AbortController();
  map.createPane("city-labels").style.zIndex = "450";
  fetch("/static/city.geojson", { signal: stop.signal })
    .then((answer) => answer.json() as Promise<FeatureCollection>)
    .then((city) => {
      if (stop.signal.aborted) return;
      L.geoJSON(city, { style, pointToLayer: label }).addTo(map);
    })
    .catch((error: unknown) => {
      // The devices are what matters: they stay visible without the city under them.
      if (!stop.signal.aborted) console.warn("The schematic map could not be loaded.", error);
    });
  const names = (): void => {
    map.getContainer().dataset.names = map.getZoom() >= 11.5 ? "all" : "few";
  };
  map.on("zoomend", names);
  names();
  return () => stop.abort();
}
