import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { configuration, required, settingsTable } from './configuration.js';
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

  it('takes a secret from the file that NAME_FILE names, without the newline at its end', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tandem-settings-')), 'password');
    writeFileSync(file, 'geheim\n');
    expect(configuration({ TANDEM_PG_APP_PASSWORD_FILE: file }).TANDEM_PG_APP_PASSWORD).toBe('geheim');
  });

  it.each([
    [{ TANDEM_PG_APP_PASSWORD_FILE: '/nowhere/password' }, /TANDEM_PG_APP_PASSWORD_FILE: \/nowhere\/password cannot be read \(ENOENT\)/],
    [{ TANDEM_PG_APP_PASSWORD_FILE: '/x', TANDEM_PG_APP_PASSWORD: 'x' }, /TANDEM_PG_APP_PASSWORD and TANDEM_PG_APP_PASSWORD_FILE are both set/],
    [{ TANDEM_SEED_FILE: '/x' }, /unknown setting TANDEM_SEED_FILE/],
    [{ TANDEM_TOKEN_KEY: '{' }, /TANDEM_TOKEN_KEY: is no JSON Web Key/],
    [{ TANDEM_SERVICES: 'identity' }, /TANDEM_SERVICES: is not of the form/],
  ])('refuses %j', (environment, words) => {
    expect(() => configuration(environment)).toThrow(words);
  });

  it('names all that a process lacks', () => {
    const configured = configuration({ TANDEM_PG_HOST: 'db' });
    expect(() => required(configured, 'tandem start demand', ['TANDEM_PG_HOST', 'TANDEM_KAFKA', 'TANDEM_PG_APP_PASSWORD'])).toThrow(
      /^tandem start demand needs TANDEM_KAFKA: brokers.*\ntandem start demand needs TANDEM_PG_APP_PASSWORD: .*$/,
    );
  });

  it('is documented as it is (`npm run generate` writes the table)', () => {
    expect(readFileSync(join(import.meta.dirname, '../../../../docs/settings.md'), 'utf8')).toContain(settingsTable());
  });
});
