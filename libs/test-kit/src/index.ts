export { freshDatabase, templateDatabase, type FreshDatabase } from './databases.js';
export { until, type Waiting } from './until.js';
