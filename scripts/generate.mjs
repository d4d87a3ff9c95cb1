// Generates, from `proto/` alone: message codecs and service definitions (buf + ts-proto), the event catalogue and its pages. The result is committed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeEventPages } from './asyncapi.mjs';

const root = join(import.meta.dirname, '..');
const buf = join(root, 'node_modules/.bin/buf');
const out = join(root, 'libs/contracts/src/generated');

rmSync(out, { recursive: true, force: true });
execFileSync(buf, ['generate'], { cwd: root, stdio: 'inherit' });
const image = imageOfProto();
writeFileSync(join(out, 'catalogue.ts'), catalogue(image));
writeFileSync(join(out, 'services.ts'), services(image));
writeEventPages(image);

function imageOfProto() {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-proto-'));
  try {
    execFileSync(buf, ['build', '-o', join(folder, 'image.json')], { cwd: root, stdio: 'inherit' });
    return JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A top-level message with a nested enum `Fact` is an aggregate; its facts are the event names. */
function catalogue(image) {
  const aggregates = image.file.flatMap((file) =>
    (file.messageType ?? [])
      .filter((message) => message.enumType?.some((type) => type.name === 'Fact'))
      .map((message) => {
        const context = file.package.split('.')[1];
        const facts = message.enumType.find((type) => type.name === 'Fact').value.slice(1);
        return {
          name: `${context}.${snake(message.name)}`,
          type: `${pascal(context)}${message.name}`,
          message: message.name,
          path: file.name.replace(/\.proto$/, '.js'),
          facts: facts.map((fact) => fact.name.replace(/^FACT_/, '').toLowerCase()),
        };
      }),
  );
  const lines = [
    '// Generated from proto/ by `npm run generate`: every aggregate, its payload and its facts.',
    ...aggregates.map((a) => `import { ${a.message} as ${a.type} } from './${a.path}';`),
    '',
    'export interface Payloads {',
    ...aggregates.map((a) => `  '${a.name}': ${a.type};`),
    '}',
    '',
    'export const catalogue = {',
    ...aggregates.map((a) => `  '${a.name}': { codec: ${a.type}, facts: [${a.facts.map((f) => `'${f}'`).join(', ')}] },`),
    '} as const;',
    '',
  ];
  return lines.join('\n');
}

/** Every gRPC service with its definition; probes and the gateway's clients walk this list. */
function services(image) {
  const all = image.file.flatMap((file) =>
    (file.service ?? []).map((service) => ({
      name: service.name,
      full: `${file.package}.${service.name}`,
      path: file.name.replace(/\.proto$/, '.js'),
    })),
  );
  return [
    '// Generated from proto/ by `npm run generate`: every gRPC service.',
    ...all.map((s) => `import { ${s.name}Service } from './${s.path}';`),
    '',
    'export const services = {',
    ...all.map((s) => `  '${s.full}': ${s.name}Service,`),
    '} as const;',
    '',
  ].join('\n');
}

function snake(name) {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

function pascal(name) {
  return name[0].toUpperCase() + name.slice(1);
}
