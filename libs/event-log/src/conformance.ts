// The contract of the port in executable form: every adapter passes this one suite, and what it declares decides which claims apply.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { compactionClaims } from './conformance/compaction.js';
import { deliveryClaims } from './conformance/delivery.js';
import { foreignTransactionClaim } from './conformance/foreign-transaction.js';
import { handlingClaims } from './conformance/handling.js';
import { limitClaims } from './conformance/limits.js';
import { Stage } from './conformance/stage.js';
import { startingClaims } from './conformance/starting.js';
import type { ConformanceSubject, Declared } from './conformance/subject.js';

export type { ConformanceSubject, Declared, Writer } from './conformance/subject.js';

/** Registers the claims that apply; `setup` runs once. Each claim has topics of its own and closes its instances. */
export function eventLogConformance(name: string, declared: Declared, setup: () => Promise<ConformanceSubject>): void {
  describe(`${name} as an event log`, () => {
    let subject: ConformanceSubject;
    let stage: Stage;
    jest.setTimeout(60_000);
    beforeAll(async () => {
      subject = await setup();
    });
    beforeEach(() => {
      stage = new Stage(subject);
    });
    afterEach(() => stage.clear());
    afterAll(() => subject.dispose());

    it('is what it declares', async () => {
      const { maxPayloadBytes, maxHeaders, sharedGroups, dropsDuplicates, isApart } = declared;
      expect((await stage.log()).features).toEqual({ maxPayloadBytes, maxHeaders, sharedGroups, dropsDuplicates, isApart });
    });
    deliveryClaims(() => stage, () => subject, declared);
    startingClaims(() => stage);
    handlingClaims(() => stage);
    limitClaims(() => stage, declared);
    if (declared.compactsWhenAsked) compactionClaims(() => stage);
    if (declared.holdsForeignTransactions) foreignTransactionClaim(() => stage, () => subject);
  });
}
