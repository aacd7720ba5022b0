/** How many columns show the most of each picture: pure. */

export interface Grid {
  columns: number;
  rows: number;
  /** Of the picture in a tile, in CSS pixels. */
  pictureWidth: number;
}

/** The widest picture of this aspect counts; `caption` is what a tile needs below it. */
export function fit(tiles: number, width: number, height: number, gap: number, caption: number, aspect: number): Grid {
  let best: Grid = { columns: 1, rows: Math.max(1, tiles), pictureWidth: 0 };
  for (let columns = 1; columns <= Math.max(1, tiles); columns++) {
    const rows = Math.ceil(tiles / columns);
    const wide = (width - gap * (columns - 1)) / columns;
    const high = (height - gap * (rows - 1)) / rows - caption;
    const pictureWidth = Math.floor(Math.min(wide, high * aspect));
    if (pictureWidth > best.pictureWidth) best = { columns, rows, pictureWidth };
  }
  return best;
}
