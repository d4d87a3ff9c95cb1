export { protect, type Cell, type Protected, type Protection } from './protect.js';
