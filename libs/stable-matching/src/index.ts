export { verify, verifyRefill, type Claimed, type Violation, type ViolationKind } from './checker/verify.js';
export { callOrder, type Candidate } from './instance/call-order.js';
export { digest } from './instance/digest.js';
export * from './instance/instance.js';
export { commitment, lotteryNumber, lotteryNumbers, roundSeed } from './instance/lottery.js';
export type { Stand, Standing } from './instance/standing.js';
export { deferredAcceptance, type OneLevel } from './solver/kernel.js';
export { refill } from './solver/refill.js';
export { solve } from './solver/solve.js';
