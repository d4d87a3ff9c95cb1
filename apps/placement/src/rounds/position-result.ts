// What an enterprise learns of a result beside its own offers: how many wanted the position and how far it got. Counts from five on.
import { AT_LEAST, HIDDEN, isSmall, shown } from './figures.js';

/** Over what the newest run that has something to say told each student; who gave a place up since is among those placed. */
export interface PositionCounts {
  readonly placed: number;
  readonly first: number;
  readonly elsewhere: number;
  readonly notPlaced: number;
  /** Points. */
  readonly lowest: number | null;
}

export interface PositionFigures {
  readonly wantedBy: number;
  readonly wantedFirst: number;
  readonly placed: number;
  readonly wentElsewhere: number;
  readonly notPlaced: number;
  readonly lastPoints: number;
}

/** Its offers tell the enterprise who was placed, so a total that leaves few others tells of those few, and two parts of the others only stand together. */
export function positionFigures({ placed, first, elsewhere, notPlaced, lowest }: PositionCounts): PositionFigures {
  const others = elsewhere + notPlaced;
  const wantedBy = placed + others;
  const isSaid = !isSmall(wantedBy) && !isSmall(others);
  const areParts = isSaid && !isSmall(elsewhere) && !isSmall(notPlaced);
  return {
    wantedBy: isSaid ? wantedBy : HIDDEN,
    wantedFirst: isSaid && !isSmall(first) && !isSmall(wantedBy - first) ? first : HIDDEN,
    placed: shown(placed),
    wentElsewhere: areParts ? elsewhere : HIDDEN,
    notPlaced: areParts ? notPlaced : HIDDEN,
    lastPoints: placed >= AT_LEAST && lowest !== null ? lowest : HIDDEN,
  };
}
