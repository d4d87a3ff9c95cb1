// W2's batched system alone, for a profiler (`node --cpu-prof`), and what its statements cost the server.
import { isQuick, numberOption, Report, short, table } from './report.js';
import { Stage } from './stage.js';
import { prepare, sustained } from './w2/measure.js';
import { timing } from './w2/parts.js';
import { TandemBed } from './w2/tandem.js';

const EVENTS = numberOption('events', isQuick ? 40 : 5_000);

const report = new Report(`Profile of ${EVENTS} events, batched`);
await Stage.with(async (stage) => {
  const bed = await TandemBed.make(stage, 'batched');
  await prepare(bed);
  await timing(bed, true);
  await bed.admin.query('select pg_stat_statements_reset()');
  const { perSecond, nodeCpu, serverCpu } = await sustained(bed, stage, EVENTS, report);
  console.log(`${short(perSecond)} a second; processor ms an event: Node ${short(nodeCpu)}, server ${short(serverCpu)}`);
  const { rows } = await bed.admin.query<{ role: string; calls: number; exec: number; plan: number; text: string }>(
    `select rolname as role, calls::int, total_exec_time as exec, total_plan_time as plan, left(regexp_replace(query, '\\s+', ' ', 'g'), 90) as text
     from pg_stat_statements s join pg_roles r on r.oid = s.userid where toplevel order by total_exec_time + total_plan_time desc limit 16`,
  );
  table(['statement', 'role', 'calls', 'exec ms/call', 'plan ms/call', 'ms/event'], rows.map(({ text, role, calls, exec, plan }) => [text, role, String(calls), short(exec / calls), short(plan / calls), short((exec + plan) / EVENTS)]));
  await bed.end();
}, { shared_preload_libraries: 'pg_stat_statements' });
report.end();
