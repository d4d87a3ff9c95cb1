export { freshDatabase, templateDatabase, type FreshDatabase } from './databases.js';
export { until, type Waiting } from './until.js';
export { actingFor, someone } from './principals.js';
export { eventOf, newTraceparent, serviceDatabase, testLog, testService, type TestService, type TestServiceOptions } from './service.js';
