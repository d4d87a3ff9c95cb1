import pg from 'pg';
import { v7 } from 'uuid';
import { performance } from 'node:perf_hooks';
import { installLog, postgresLog } from '/work/main/libs/event-log/dist/index.js';
const S = {
    host: '127.0.0.1',
    port: 54999,
    user: 'postgres',
    password: 'pw'
};
const su = new pg.Client(S);
await su.connect();
const db = 'bench_' + process.pid;
await su.query(`do $$ begin create role tandem_log_owner login password 'o'; exception when duplicate_object then null; end $$; do $$ begin create role tandem_log login password 'l'; exception when duplicate_object then null; end $$`);
await su.query(`create database ${db} owner tandem_log_owner`);
await installLog(`postgres://tandem_log_owner:o@127.0.0.1:54999/${db}`, {
    appRole: 'tandem_log'
});
await installLog(`postgres://tandem_log_owner:o@127.0.0.1:54999/${db}`, {
    appRole: 'tandem_log'
});
const log = postgresLog({
    url: `postgres://tandem_log:l@127.0.0.1:54999/${db}`
});
const payload = Buffer.alloc(300, 7);
const headers = {
    ce_type: 'demand.position.published',
    ce_source: '/demand',
    ce_org: v7(),
    ce_sequence: '12',
    ce_time: new Date().toISOString(),
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
};
const keys = Array.from({
    length: 5000
}, ()=>v7());
let n = 0;
const ev = (topic)=>({
        id: v7(),
        topic,
        key: keys[n++ % keys.length],
        headers,
        payload
    });
const which = process.argv.slice(2);
const has = (w)=>which.length === 0 || which.includes(w);
await log.ensureTopics([
    'a',
    'lat',
    ...Array.from({
        length: 10
    }, (_, i)=>'t' + i)
]);
if (has('append')) for (const size of [1]){
    const total = size === 1 ? 8000 : size === 10 ? 5000 : size === 100 ? 30000 : 100000;
    const batches = Array.from({
        length: total / size
    }, ()=>Array.from({
            length: size
        }, ()=>ev('a')));
    const c0 = process.cpuUsage();
    const t = performance.now();
    for (const b of batches)await log.publish(b);
    const s = (performance.now() - t) / 1000;
    const c = process.cpuUsage(c0);
    console.log(`append batch ${size}: ${(total / s).toFixed(0)}/s, client cpu ${((c.user + c.system) / 1e4 / s).toFixed(0)} %`);
}
if (has('drain')) {
    if (!has('append')) for(let i = 0; i < 100; i++)await log.publish(Array.from({
        length: 1000
    }, ()=>ev('a')));
    const end = [
        ...(await log.end('a')).values()
    ].reduce((a, b)=>a + b, 0n);
    for (const maxBatch of [
        250,
        1000,
        250,
        1000
    ]){
        let got = 0n;
        let batches = 0;
        const c0 = process.cpuUsage();
        const t = performance.now();
        await new Promise((done)=>{
            const c = log.consume({
                group: 'x',
                topic: 'a',
                from: 'beginning',
                maxBatch,
                positions: async ()=>new Map(),
                handle: async (b)=>{
                    batches++;
                    got += BigInt(b.events.length);
                    if (got === end) done(), void c.stop();
                }
            });
        });
        const s = (performance.now() - t) / 1000;
        const c = process.cpuUsage(c0);
        console.log(`drain ${maxBatch}: ${(Number(got) / s).toFixed(0)}/s in ${batches} batches, client cpu ${((c.user + c.system) / 1e4 / s).toFixed(0)} %`);
    }
}
if (has('latency')) {
    const lat = [], pub = [];
    let t0 = 0;
    let got;
    const c = log.consume({
        group: 'l',
        topic: 'lat',
        from: 'beginning',
        positions: async ()=>new Map(),
        handle: async (b)=>{
            if (b.events.length) {
                lat.push(performance.now() - t0);
                got();
            }
        }
    });
    for(let i = 0; i < 500; i++){
        const p = new Promise((r)=>got = r);
        t0 = performance.now();
        await log.publish([
            ev('lat')
        ]);
        pub.push(performance.now() - t0);
        await p;
        await new Promise((r)=>setTimeout(r, 5));
    }
    const q = (a, f)=>a.toSorted((x, y)=>x - y)[Math.floor(a.length * f)].toFixed(2);
    console.log(`latency publish->handle p50 ${q(lat, 0.5)} p99 ${q(lat, 0.99)}; publish itself p50 ${q(pub, 0.5)} p99 ${q(pub, 0.99)} ms`);
    await c.stop();
    const remote = postgresLog({
        url: `postgres://tandem_log:l@127.0.0.1:54999/${db}`
    });
    const lat2 = [];
    const c2 = remote.consume({
        group: 'l',
        topic: 'lat',
        from: 'end',
        positions: async ()=>new Map(),
        handle: async (b)=>{
            if (b.events.length) {
                lat2.push(performance.now() - t0);
                got();
            }
        }
    });
    await new Promise((r)=>setTimeout(r, 500));
    for(let i = 0; i < 100; i++){
        const p = new Promise((r)=>got = r);
        t0 = performance.now();
        await log.publish([
            ev('lat')
        ]);
        await p;
        await new Promise((r)=>setTimeout(r, 5));
    }
    console.log(`other process (poll only) p50 ${q(lat2, 0.5)} p99 ${q(lat2, 0.99)}`);
    await remote.close();
}
if (has('idle')) {
    const cs = Array.from({
        length: +(process.env.SUBS ?? 25)
    }, (_, i)=>log.consume({
            group: 'g' + i,
            topic: 't' + i % 10,
            from: 'beginning',
            positions: async ()=>new Map(),
            handle: async ()=>{}
        }));
    await new Promise((r)=>setTimeout(r, 3000));
    const { readFileSync, readdirSync } = await import('node:fs');
    const pgcpu = ()=>{
        const m = new Map();
        for (const d of readdirSync('/proc')){
            if (!/^\d+$/.test(d)) continue;
            try {
                const cmd = readFileSync(`/proc/${d}/cmdline`, 'utf8');
                if (!cmd.includes('tandem_log')) continue;
                const f = readFileSync(`/proc/${d}/schedstat`, 'utf8').split(' ');
                m.set(d, Number(f[0]) / 1e6);
            } catch  {}
        }
        return [
            ...m.values()
        ].reduce((a, b)=>a + b, 0);
    };
    const c0 = process.cpuUsage(), p0 = pgcpu(), t = performance.now();
    await new Promise((r)=>setTimeout(r, 20000));
    const c = process.cpuUsage(c0), s = performance.now() - t;
    console.log(`idle 25 subs: node ${((c.user + c.system) / 10 / s).toFixed(2)} %, postgres ${((pgcpu() - p0) * 100 / s).toFixed(2)} % of a core; caughtUp ${cs.map((c)=>Math.round(performance.now() - c.caughtUpAt)).join(' ')}`);
}
await log.close();
await su.query(`drop database ${db} with (force)`);
await su.end();
