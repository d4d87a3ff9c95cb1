// `tandem register`: what an official register says that colleges teach, brought in and taken back by the operator.
import { Command } from 'commander';
import { undo, type UndoReport } from './imports.js';
import { INTERRUPTED, interruptible } from './interruption.js';
import { operator, reachable, type Reach } from './operator.js';
import { print, progress, type Output } from './output.js';
import { importRegister, readRegister, type RegisterReport } from './register-import.js';

export function registerCommand(): Command {
  const register = new Command('register').description('colleges and their programs, from an official register').exitOverride();
  const bring = register
    .command('import')
    .description('register the colleges and open their programs; repeated after an interruption it goes on, after an undoing it begins anew')
    .argument('<file>', 'CSV of offerings: school_code, major_code, years')
    .requiredOption('--colleges <file>', 'CSV of colleges: school_code, school_name, province, province_code_gbt2260');
  reachable(bring).action(async (file: string, { colleges, ...reach }: Reach & { colleges: string }) => {
    const source = readRegister(file, colleges);
    const session = await operator(reach);
    report(await interruptible((interrupted) => importRegister(session, source, { onSlice: progress, interrupted })), reach);
  });
  const back = register.command('undo').description('close the programs of an import, then its colleges; what is used meanwhile stays and is told').argument('<import>', 'as the import was named');
  reachable(back).action(async (importId: string, reach: Reach) => {
    const session = await operator(reach);
    reportUndo(await interruptible((interrupted) => undo(session, importId, { onSlice: progress, interrupted })), reach);
  });
  return register;
}

function report({ problems, complete, ...counts }: RegisterReport, output: Output): void {
  if (output.json) process.stdout.write(`${JSON.stringify({ ...counts, complete, problems }, null, 2)}\n`);
  else {
    print([counts], output);
    if (problems.length > 0) print(problems.map(({ file = 'offerings', line, column = '', problem, value = '' }) => ({ file, line, column, problem, value })), output);
  }
  if (!complete) stopped();
}

export function reportUndo({ kept, complete, ...counts }: UndoReport, output: Output): void {
  if (output.json) process.stdout.write(`${JSON.stringify({ ...counts, complete, kept }, null, 2)}\n`);
  else {
    print([{ ...counts, kept: kept.length }], output);
    if (kept.length > 0) print(kept, output);
  }
  if (!complete) stopped();
}

export function stopped(): void {
  progress('Stopped; the same command goes on from there');
  process.exitCode = INTERRUPTED;
}
