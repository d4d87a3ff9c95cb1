// The ledger of heads in the database. Each function runs with its caller's rights: to count it looks as the enterprise, whose party every row is; to write it is the owner again. The caller learns how many it got.
// Whoever counts takes the enterprise's lock first, and where there are several enterprises, in the order of their ids: the keys decide, and the lock keeps those who count from deciding on what the other is just taking.
const where = 'language plpgsql set search_path = pg_catalog, public, pg_temp as';

/** The staff that each internship among these positions counts against, as last counted. */
export const statedStaff = `create function stated_staff(p_positions uuid[]) returns table (position_id uuid, post integer, enterprise integer) ${where} $$
declare
  me text := current_setting('app.org', true);
  all_positions known_positions[];
  p known_positions;
begin
  select array_agg(k order by k.org) into all_positions from known_positions k where k.is_public and k.kind = 'internship' and k.id = any(p_positions);
  foreach p in array coalesce(all_positions, '{}') loop
    perform set_config('app.org', p.org::text, true);
    position_id := p.id;
    post := (select h.staff from known_headcounts h where h.org = p.org and h.occupation = p.occupation and h.state = 'stated' order by h.counted_on desc, h.id desc limit 1);
    enterprise := (select h.staff from known_headcounts h where h.org = p.org and h.occupation = '' and h.state = 'stated' order by h.counted_on desc, h.id desc limit 1);
    return next;
  end loop;
  perform set_config('app.org', me, true);
end $$`;

/** The largest number in place or held on any day from the first to the last; read as the enterprise. */
export const peakOfHeads = `create function peak_of_heads(p_enterprise uuid, p_post text, p_from date, p_to date) returns integer ${where} $$
begin
  return (select coalesce(max(running), 0) from (
    select sum(sum(change)) over (order by day) running from (
      select greatest(starts_on, p_from) as day, last_head - first_head + 1 as change from heads where enterprise_org = p_enterprise and post = p_post and daterange(starts_on, ends_on, '[]') && daterange(p_from, p_to, '[]')
      union all
      select ends_on + 1, first_head - last_head - 1 from heads where enterprise_org = p_enterprise and post = p_post and daterange(starts_on, ends_on, '[]') && daterange(p_from, p_to, '[]') and ends_on < p_to) changes
    group by day) days);
end $$`;

/**
 * So many heads for the holders in their order, an equal number each: the lowest numbers that are free for the whole time, or, where too few are, on each stretch of days between two changes the lowest that are
 * free there. As many numbers are free there as the cap leaves: who stands beyond a cap that fell takes none of those below it.
 */
export const putHeads = `create function put_heads(p_enterprise uuid, p_post text, p_from date, p_to date, p_round uuid, p_holders uuid[], p_each integer, p_total integer, p_allowed integer) returns void ${where} $$
declare
  me text := current_setting('app.org', true);
  numbers int4multirange := int4multirange(int4range(1, coalesce(p_allowed, 1000000000) + 1));
  stretches jsonb;
begin
  if p_total = 0 then return; end if;
  perform set_config('app.org', p_enterprise::text, true);
  with standing as materialized (
    select first_head, last_head, starts_on, ends_on from heads where enterprise_org = p_enterprise and post = p_post and daterange(starts_on, ends_on, '[]') && daterange(p_from, p_to, '[]')),
  throughout as (select numbers - coalesce(range_agg(int4range(first_head, last_head, '[]')), '{}') as free from standing),
  enough as (select coalesce(sum(upper(r) - lower(r)), 0) >= p_total as yes from throughout, unnest(free) r),
  days as (
    select p_from as day union select starts_on from standing, enough where not yes and starts_on > p_from union select ends_on + 1 from standing, enough where not yes and ends_on < p_to),
  parts as (select day as from_on, coalesce(lead(day) over (order by day) - 1, p_to) as to_on from days),
  frees as (
    select from_on, to_on, case when (select yes from enough) then (select free from throughout)
      else numbers - coalesce((select range_agg(int4range(first_head, last_head, '[]')) from standing where starts_on <= to_on and ends_on >= from_on), '{}') end as free from parts)
  select jsonb_agg(jsonb_build_object('from_on', from_on, 'to_on', to_on, 'free', free::text)) into stretches from frees;
  perform set_config('app.org', me, true);
  insert into heads (holder, post, starts_on, first_head, last_head, ends_on, org, enterprise_org, round_id, allowed)
  select holder, p_post, lower(day), lower(block), upper(block) - 1, upper(day) - 1, me::uuid, p_enterprise, p_round, p_allowed
    from (select holder, block, range_agg(daterange(from_on, to_on, '[]')) as together
            from (select from_on, to_on, p_holders[(nth - 1) / p_each + 1] as holder, range_agg(int4range(number, number, '[]')) as blocks
                    from jsonb_to_recordset(stretches) s(from_on date, to_on date, free int4multirange),
                      lateral (select number, row_number() over (order by number) as nth from (
                        select g as number from unnest(s.free) r, lateral generate_series(lower(r), least(upper(r) - 1, lower(r) + p_total - 1)) g order by 1 limit p_total) lowest) n
                   group by 1, 2, 3) held, unnest(blocks) block
           group by 1, 2) whole, unnest(together) day;
end $$`;

/**
 * What the caps leave of so many heads each, in the kind of post and of all staff; none where no cap is known (null). Jointly (placements): whole people, who need both. Else (an entry in a round): each by itself,
 * because the round's heads of an enterprise are shared by its kinds of post. Returns how many it took, and whether the round has any.
 */
export const holdHeads = `create function hold_heads(p_enterprise uuid, p_post text, p_from date, p_to date, p_round uuid, p_holders uuid[], p_each integer, p_post_allowed integer, p_enterprise_allowed integer, p_jointly boolean)
  returns table (post integer, enterprise integer, round_has_post boolean, round_has_enterprise boolean) ${where} $$
declare
  me text := current_setting('app.org', true);
begin
  perform pg_advisory_xact_lock(hashtextextended(p_enterprise::text, 0));
  perform set_config('app.org', p_enterprise::text, true);
  post := cardinality(p_holders) * p_each;
  if p_post_allowed is not null then post := greatest(0, least(post, p_post_allowed - peak_of_heads(p_enterprise, p_post, p_from, p_to))); end if;
  enterprise := post;
  if p_enterprise_allowed is not null then enterprise := greatest(0, least(post, p_enterprise_allowed - peak_of_heads(p_enterprise, '', p_from, p_to))); end if;
  if p_jointly then post := enterprise; end if;
  perform set_config('app.org', me, true);
  perform put_heads(p_enterprise, p_post, p_from, p_to, p_round, p_holders, p_each, post, p_post_allowed);
  perform put_heads(p_enterprise, '', p_from, p_to, p_round, p_holders, p_each, enterprise, p_enterprise_allowed);
  if p_round is not null then
    perform set_config('app.org', p_enterprise::text, true);
    round_has_post := exists (select from heads h where h.enterprise_org = p_enterprise and h.round_id = p_round and h.post = p_post);
    round_has_enterprise := exists (select from heads h where h.enterprise_org = p_enterprise and h.round_id = p_round and h.post = '');
    perform set_config('app.org', me, true);
  end if;
  return next;
end $$`;

/** A settled round: what it held of the enterprise goes, and who accepted has a head of the own, in the own college's row, to the day on which it ends or ended. Told again it does nothing. */
export const handOverHeads = `create function hand_over_heads(p_round uuid, p_enterprise uuid) returns void ${where} $$
declare
  me text := current_setting('app.org', true);
  groups jsonb;
  g record;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_enterprise::text, 0));
  perform set_config('app.org', p_enterprise::text, true);
  delete from heads where org = p_enterprise and enterprise_org = p_enterprise and round_id = p_round;
  select jsonb_agg(x) into groups from (
    select o.org, o.occupation, o.starts_on, coalesce(p.ended_on, o.ends_on) as ends_on, array_agg(o.id order by o.id) as holders
      from offers o left join placements p on p.org = o.org and p.id = o.id
     where o.enterprise_org = p_enterprise and o.round_id = p_round and o.state = 'accepted' and o.kind = 'internship' and p.state is distinct from 'cancelled'
       and not exists (select from heads h where h.holder = o.id)
     group by 1, 2, 3, 4 order by 1, 2, 3, 4) x;
  for g in select * from jsonb_to_recordset(coalesce(groups, '[]')) r(org uuid, occupation text, starts_on date, ends_on date, holders uuid[]) loop
    perform set_config('app.org', g.org::text, true);
    perform put_heads(p_enterprise, g.occupation, g.starts_on, g.ends_on, null, g.holders, 1, cardinality(g.holders), null);
    perform put_heads(p_enterprise, '', g.starts_on, g.ends_on, null, g.holders, 1, cardinality(g.holders), null);
  end loop;
  perform set_config('app.org', me, true);
end $$`;

/** Whoever changes a placement: one that was cancelled gives its heads back, one that has ended the days after. Behind the lock, because a settlement may be handing them over. */
export const giveBackHeads = `create function give_back_heads() returns trigger ${where} $$
declare
  e uuid;
begin
  for e in select distinct a.enterprise_org from after_it a join before_it b on b.id = a.id where a.kind = 'internship' and a.state <> b.state and a.state in ('cancelled', 'ended') order by 1 loop
    perform pg_advisory_xact_lock(hashtextextended(e::text, 0));
  end loop;
  if not found then return null; end if;
  delete from heads h using after_it a where h.holder = a.id and h.org = a.org and (a.state = 'cancelled' or (a.state = 'ended' and h.starts_on > a.ended_on));
  update heads h set ends_on = a.ended_on from after_it a where h.holder = a.id and h.org = a.org and a.state = 'ended' and h.ends_on > a.ended_on;
  return null;
end $$`;

/** Rows of entries under way and of live placements, for a database that has none: what was there before the ledger was. Run by who is not bound by row security. */
export const whatStands = `do $$ declare one record; begin
  for one in select e.org, e.id, e.round_id, e.seats, p.occupation, r.starts_on, r.ends_on from entries e join rounds r on r.id = e.round_id join known_positions p on p.id = e.position_id
  where e.state = 'entered' and r.state not in ('settled', 'cancelled') and p.kind = 'internship' loop
    perform set_config('app.org', one.org::text, true);
    perform put_heads(one.org, lane, one.starts_on, one.ends_on, one.round_id, array[one.id], one.seats, one.seats, null) from unnest(array[one.occupation, '']) lane;
    update entries set post_heads = seats, enterprise_heads = seats, unstated = '{post,enterprise}' where id = one.id;
  end loop;
  for one in select p.org, p.id, p.enterprise_org, p.occupation, p.starts_on, p.ends_on from placements p left join rounds r on r.id = p.round_id
  where p.kind = 'internship' and p.state in ('confirmed', 'ready', 'started', 'paused') and (r.id is null or r.state = 'settled') loop
    perform set_config('app.org', one.org::text, true);
    perform put_heads(one.enterprise_org, lane, one.starts_on, one.ends_on, null, array[one.id], 1, 1, null) from (select distinct l from unnest(array[one.occupation, '']) l) lanes(lane);
  end loop;
  perform set_config('app.org', '', true);
end $$`;
