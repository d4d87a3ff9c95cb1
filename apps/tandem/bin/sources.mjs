// Lets Node read our TypeScript sources, from whatever folder it was started in.
import { register } from 'node:module';

register(new URL('../../../node_modules/@swc-node/register/esm/esm.mjs', import.meta.url));
