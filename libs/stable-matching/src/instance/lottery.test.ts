import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { digest } from './digest.js';
import { commitment, compareBytes, Lottery, lotteryNumbers, roundSeed } from './lottery.js';

describe('the lottery', () => {
  it('is HMAC-SHA-256 of the id under the seed, whoever else takes part', () => {
    expect(lotteryNumbers('seed', ['甲', 'b'])).toEqual(new Map(['甲', 'b'].map((id) => [id, createHmac('sha256', Buffer.from('seed')).update(Buffer.from(id)).digest('hex')])));
    expect(lotteryNumbers('seed', ['b']).get('b')).toBe(lotteryNumbers('seed', ['a', 'b']).get('b'));
  });

  it('puts the smaller number first', () => {
    const numbers = lotteryNumbers('s', ['a', 'b', 'c', 'd']);
    const byNumber = [...numbers].sort(([, x], [, y]) => (x < y ? -1 : 1)).map(([id]) => id);
    expect(['a', 'b', 'c', 'd'].sort(new Lottery('s').compare)).toEqual(byNumber);
  });

  it('has a seed that was promised before the lists closed, and hangs on them', () => {
    expect(commitment('secret')).toBe(createHash('sha256').update('secret').digest('hex'));
    expect(roundSeed('secret', 'sha256:1')).toBe(createHash('sha256').update('secretsha256:1').digest('hex'));
    expect(roundSeed('secret', 'sha256:1')).not.toBe(roundSeed('secret', 'sha256:2'));
  });
});

describe('the digest', () => {
  it('is over lines sorted by the bytes of the ids, however they come', () => {
    const lines = 'a\tp\nb\t\n\uffee\tq\n😀\tp\n';
    expect(digest({ '😀': 'p', '\uffee': 'q', b: null, a: 'p' })).toBe(`sha256:${createHash('sha256').update(lines).digest('hex')}`);
    expect(digest({})).toBe(`sha256:${createHash('sha256').digest('hex')}`);
  });

  it('sorts as UTF-8 does, which is not how JavaScript compares', () => {
    expect(['\uffee', '😀'].sort()).toEqual(['😀', '\uffee']);
    expect(compareBytes('\uffee', '😀')).toBeLessThan(0);
  });
});
