export * from './policy.js';
export * from './roles.js';
export * from './personal.js';
export * from './table.js';
export * from './tenant.js';
export * from './migrate.js';
export * from './page.js';
export * from './catalog.js';
export { machinery, RESET_PROJECTION } from './machinery.js';
