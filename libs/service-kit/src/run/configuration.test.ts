import { afterEach, describe, expect, it } from '@jest/globals';
import { configuration } from './configuration.js';
import { armFailpoint, failpoint } from './failpoint.js';

afterEach(() => armFailpoint(null));

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(configuration({})).toMatchObject({ PORT: 4000, TANDEM_HOME: '.tandem', TANDEM_SEED: 'sample', TANDEM_TIME_ZONE: 'Asia/Shanghai' });
  });

  it('lets the tests’ own names through, and other programs’', () => {
    expect(() => configuration({ TANDEM_TEST_KAFKA: 'x', HOME: '/root' })).not.toThrow();
  });

  it.each([
    [{ TANDEM_HOEM: '/x' }, /unknown setting TANDEM_HOEM; known are .*TANDEM_HOME/],
    [{ TANDEM_SEED: 'lots' }, /TANDEM_SEED/],
    [{ PORT: '70000' }, /PORT/],
    [{ TANDEM_FAILPOINT: 'nowhere:kill:1' }, /TANDEM_FAILPOINT/],
    [{ TANDEM_FAILPOINT: 'relay.after_send:explode' }, /TANDEM_FAILPOINT/],
  ])('refuses %j', (environment, words) => {
    expect(() => configuration(environment)).toThrow(words);
  });

  it('arms a failpoint by name', () => {
    configuration({ TANDEM_FAILPOINT: 'relay.after_send:kill:3' });
    expect([failpoint.armed('relay.after_send'), failpoint.armed('relay.before_send')]).toEqual([true, false]);
  });
});
