import { describe, expect, it } from '@jest/globals';
import { shownParts } from './figures.js';
import { positionFigures } from './position-result.js';

describe('counts of people in a round', () => {
  it.each([
    ['stand as they are from five on', { a: 5, b: 7, c: 0 }, { a: 5, b: 7, c: 0 }],
    ['of one to four are not said, nor the next one, which with the total would say them', { a: 3, b: 9, c: 12 }, { a: -1, b: -1, c: 12 }],
    ['of none are what is hidden beside a single small one', { a: 3, b: 0, c: 12 }, { a: -1, b: -1, c: 12 }],
    ['that are small hide each other where they are several', { a: 3, b: 2, c: 12 }, { a: -1, b: -1, c: 12 }],
  ])('%s', (_what, parts, said) => {
    expect(shownParts(parts)).toEqual(said);
  });
});

describe('an enterprise', () => {
  it.each([
    ['learns how many wanted the position from five on', { placed: 5, first: 8, elsewhere: 6, notPlaced: 7, lowest: 30 }, { wantedBy: 18, wantedFirst: 8, placed: 5, wentElsewhere: 6, notPlaced: 7, lastPoints: 30 }],
    ['learns nothing of one to four', { placed: 1, first: 1, elsewhere: 1, notPlaced: 1, lowest: 30 }, { wantedBy: -1, wantedFirst: -1, placed: -1, wentElsewhere: -1, notPlaced: -1, lastPoints: -1 }],
    ['learns no total that leaves few beside those whom it knows from its offers', { placed: 6, first: 8, elsewhere: 2, notPlaced: 0, lowest: 30 }, { wantedBy: -1, wantedFirst: -1, placed: 6, wentElsewhere: -1, notPlaced: -1, lastPoints: 30 }],
    ['learns neither part where one is small', { placed: 6, first: 6, elsewhere: 2, notPlaced: 8, lowest: 30 }, { wantedBy: 16, wantedFirst: 6, placed: 6, wentElsewhere: -1, notPlaced: -1, lastPoints: 30 }],
    ['learns that nobody wanted it', { placed: 0, first: 0, elsewhere: 0, notPlaced: 0, lowest: null }, { wantedBy: 0, wantedFirst: 0, placed: 0, wentElsewhere: 0, notPlaced: 0, lastPoints: -1 }],
  ])('%s', (_what, counts, figures) => {
    expect(positionFigures(counts)).toEqual(figures);
  });
});
