/** How many columns show the most of each picture: pure. */

export interface Grid {
  columns: number;
  rows: number;
  /** Of the picture in a tile, in CSS pixels. */
  pictureWidth: number;
}

/** A picture that is so much smaller is given for wider tiles: their titles and alerts are words. */
const NEARLY = 0.93;

/** The widest picture of this aspect counts; `caption` is what a tile needs below it. */
export function fit(tiles: number, width: number, height: number, gap: number, caption: number, aspect: number): Grid {
  const grids = Array.from({ length: Math.max(1, tiles) }, (_, i): Grid => {
    const columns = i + 1;
    const rows = Math.max(1, Math.ceil(tiles / columns));
    const wide = (width - gap * (columns - 1)) / columns;
    const high = (height - gap * (rows - 1)) / rows - caption;
    return { columns, rows, pictureWidth: Math.max(0, Math.floor(Math.min(wide, high * aspect))) };
  });
  const widest = Math.max(...grids.map((g) => g.pictureWidth));
  return grids.find((g) => g.pictureWidth >= NEARLY * widest) as Grid;
}
