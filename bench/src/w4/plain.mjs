// The limit beside W4: node:http and pg, one query, rows shaped in JavaScript. No tenant, no policy, no types.
import { createServer } from 'node:http';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['BENCH_PG'], max: 8 });
const text = `select p.id, p.title, p.headcount, p.filled, p.starts_on::text "startsOn", p.pay_fen "payFen", p.skills, o.id oid, o.name, o.region
  from positions p join organisations o on o.id = p.org where p.is_public order by p.starts_on, p.id limit 100`;

const server = createServer((_request, response) => {
  pool.query({ name: 'list', text }).then(
    ({ rows }) => response.setHeader('content-type', 'application/json').end(JSON.stringify(rows.map(({ oid, name, region, ...position }) => ({ ...position, enterprise: { id: oid, name, region } })))),
    (error) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address().port));
