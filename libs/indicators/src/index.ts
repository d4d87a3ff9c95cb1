export { ALL, protect, type Cell, type Protected, type Protection } from './protect.js';
