-- Behind shared_turn.lua: what is asked from elsewhere.

-- visit(begun, seeds_known, from, cut, ...): what is told and asked of a shard that
-- the worker is not at: seeds, bodies, messages; those are what shard `from` has
-- behind the `cut` that were cut off there. Told again it changes nothing.
local function visit(keys, args)
  local k = keys[1]
  local take, number = reader(args, 4)
  local got = 'got:' .. args[3]
  local has = redis.call('HMGET', k .. 'meta', 'begun', got)
  if has[1] ~= args[1] then return {'lost'} end
  local had, cut = tonumber(has[2] or 0), tonumber(args[4])
  if had < cut then return {'gap'} end
  local seeds_known = tonumber(args[2])
  local now = now_ms()
  for _ = 1, number() do add_seed(k, take(), take()) end
  local bodies = {}
  for _ = 1, number() do
    bodies[#bodies + 1] = first_with_body(k, take(), take())
  end
  local fresh, led = 0, 0
  local totals, waiting = {}, {}
  local messages = number()
  if cut + messages > had then
    redis.call('HSET', k .. 'meta', got, cut + messages)
  end
  for _ = 1, messages do
    local words = cmsgpack.unpack(take())
    local kind, host, bucket, hash, entry, id_bucket, id, other = unpack(words, 1, 8)
    if kind == false then
      -- So many pages more, under that name.
      if redis.call('SADD', k .. 'k:' .. host, bucket) == 1 then
        count(totals, 'allowed', hash)
      end
    elseif kind ~= true then
      fresh = fresh + find_all(k, waiting, words)
    elseif redis.call('SADD', k .. 'k:' .. id_bucket, id) == 1 then
      -- A page that was led here goes on here, or has come to its end.
      led = led + 1
      if hash ~= '' and redis.call('SADD', k .. 'k:' .. bucket, hash) == 0 then
        gather(waiting, '', other)
      else
        if hash ~= '' then count(totals, 'known', 1) end
        gather(waiting, host, entry)
      end
    end
  end
  queue(k, waiting, now)
  count(totals, 'known', fresh)
  count(totals, 'left', fresh + led)
  if fresh + led > 0 then count(totals, 'changes', 1) end
  write_totals(k, totals)
  local seeds = {}
  if seeds_known >= 0 then
    seeds = redis.call('LRANGE', k .. 'seeds', seeds_known, seeds_known + 9999)
  end
  return {'ok', bodies, seeds}
end

-- give(begun, worker, lease, to, wanted, bucket, name): pages that this shard
-- may hand out, and does not need, are another's from now on: at once half of
-- them, so that who asks next finds some. Lends all messages to that shard, as
-- outbox() does.
local function give(keys, args)
  local k = keys[1]
  local worker, lease, to = args[2], tonumber(args[3]), args[4]
  if redis.call('HGET', k .. 'meta', 'begun') ~= args[1] then return {'lost'} end
  local now = now_ms()
  local has = spare(k, {}, 1, 2)
  local by = math.min(has, tonumber(args[5]) + math.ceil(has / 2))
  if by > 0 then
    write_totals(k, {allowed = -by, left = 1, changes = 1})
    send(k, {[to] = {cmsgpack.pack({false, args[6], args[7], by})}}, now)
  end
  return {'ok', outbox(k, worker, tonumber(to) + 1, -1, now, lease, true,
                       tonumber(to))}
end

-- taken(begun, worker, to, upto): messages that were lent to this worker are
-- where they belong.
local function taken(keys, args)
  local k = keys[1]
  local meta = k .. 'meta'
  local has = redis.call('HMGET', meta, 'begun', 'lent:' .. args[3])
  if has[1] ~= args[1] then return {'lost'} end
  local lent_to = string.match(has[2] or '', '^%d+ (.*)$')
  if lent_to ~= args[2] then return {'ok'} end
  local cut = cut_outbox(k, args[3], tonumber(args[4]), now_ms())
  write_totals(k, {left = -cut, changes = 1})
  return {'ok'}
end

-- look(begun, worker, lease, seat): how a shard stands, and whether this worker
-- is to come, if it can: nobody is there, and there is something to do. Of each
-- shard: how many messages to it were cut off here, and were taken from it.
local function look(keys, args)
  local k = keys[1]
  local meta = k .. 'meta'
  local worker, lease = args[2], tonumber(args[3])
  if redis.call('HGET', meta, 'begun') ~= args[1] then return {'lost'} end
  local now = now_ms()
  local workers = redis.call('ZCOUNT', k .. 'alive', '(' .. now, '+inf')
  -- Who is there hears it with each turn; so this writes nothing as a rule.
  if workers == 0 then hear(k, now, lease) end
  local has = redis.call('HMGET', meta, 'left', 'known', 'done', 'records',
                         'bytes', 'worked', 'changes', 'shards')
  local passed = {}
  for other = 0, tonumber(has[8] or 1) - 1 do
    local each = redis.call('HMGET', meta, 'cut:' .. other, 'got:' .. other)
    passed[#passed + 1] = tonumber(each[1] or 0)
    passed[#passed + 1] = tonumber(each[2] or 0)
  end
  local left = tonumber(has[1] or 0) + redis.call('SCARD', k .. 'reading')
  local due = redis.call('ZCOUNT', k .. 'ready', '-inf', now)
  local hosts = redis.call('ZCARD', k .. 'ready') +
                redis.call('ZCARD', k .. 'leased')
  -- Messages are there to be taken away, and leases to be ended.
  if left > 0 and workers == 0 and
     (hosts == 0 or redis.call('ZCARD', k .. 'leased') > 0) then
    due = due + 1
  end
  local comes = 0
  if args[4] == '1' and workers == 0 and due > 0 and
     redis.call('SET', k .. 'seat', worker, 'NX', 'PX', lease) then
    comes = 1
  end
  return {'ok', left, tonumber(has[2] or 0), tonumber(has[3] or 0),
          tonumber(has[4] or 0), workers, tonumber(has[5] or 0),
          tonumber(has[6] or 0), tonumber(has[7] or 0), hosts, due, comes,
          spare(k, {}, 1, 2), passed}
end

-- status(): the crawl as it stands. Changes nothing.
local function status(keys)
  local k = keys[1]
  local meta = k .. 'meta'
  local kind = redis.call('TYPE', meta).ok
  if kind == 'none' then return {'none'} end
  if kind ~= 'hash' then return {'foreign'} end
  local has = redis.call('HMGET', meta, 'crawl', 'begun', 'left', 'known', 'done',
                         'records', 'order', 'shards')
  if not has[1] then return {'foreign'} end
  local now = now_ms()
  local workers, readers = {}, 0
  for _, worker in ipairs(redis.call('SMEMBERS', k .. 'workers')) do
    local ends = redis.call('ZSCORE', k .. 'alive', worker)
    if ends and tonumber(ends) > now then
      readers = readers + redis.call('SISMEMBER', k .. 'reading', worker)
    end
    workers[#workers + 1] = {worker,
                             ends and tostring(tonumber(ends) - now) or '-1',
                             redis.call('HLEN', k .. 'l:' .. worker),
                             redis.call('HGETALL', k .. 'w:' .. worker)}
  end
  -- With the workers that have them.
  local slowest = redis.call('ZREVRANGE', k .. 'leased', 0, 4, 'WITHSCORES')
  for i = #slowest - 1, 1, -2 do
    table.insert(slowest, i + 2,
                 redis.call('HGET', k .. 'h:' .. slowest[i], 'worker') or '')
  end
  return {'ok', has[1], tostring(now), has[2] or '0', has[3] or '0',
          has[4] or '0', has[5] or '0', has[6] or '0', has[7] or '',
          redis.call('ZCARD', k .. 'ready'),
          redis.call('ZCOUNT', k .. 'ready', '-inf', now), workers,
          redis.call('ZREVRANGE', k .. 'ready', 0, 4, 'WITHSCORES'), slowest,
          has[8] or '1', readers}
end

-- forget(begun, worker, really): a crawl that this worker alone began to begin, and
-- of which nothing was told, is no more; or would not be.
local function forget(keys, args)
  local k, worker = keys[1], args[2]
  -- It did not come so far, or there is another program's.
  if redis.call('TYPE', k .. 'meta').ok ~= 'hash' then return {'empty'} end
  local has = redis.call('HMGET', k .. 'meta', 'begun', 'known')
  local others = redis.call('SCARD', k .. 'workers') -
                 redis.call('SISMEMBER', k .. 'workers', worker)
  local positions = redis.call('HGET', k .. 'w:' .. worker, 'positions')
  if has[1] ~= args[1] or others > 0 or tonumber(has[2] or 0) > 0 or
     (positions and positions ~= '') or
     redis.call('EXISTS', k .. 'seeds') == 1 then
    return {'kept'}
  end
  if args[3] == '1' then
    for _, key in ipairs({'meta', 'workers', 'alive', 'reading', 'rates',
                          'hungry', 'seat', 'w:' .. worker, 'l:' .. worker,
                          'u:' .. worker}) do
      redis.call('DEL', k .. key)
    end
  end
  return {'empty'}
end

-- order(what): '' to go on, 'pause' or 'stop'.
local function order(keys, args)
  local meta = keys[1] .. 'meta'
  if redis.call('TYPE', meta).ok ~= 'hash' or
     redis.call('HEXISTS', meta, 'crawl') == 0 then
    return 'none'
  end
  redis.call('HSET', meta, 'order', args[1])
  return redis.call('HGET', meta, 'shards') or '1'
end

redis.register_function{function_name = 'crawl_v5_status', callback = status,
                        flags = {'no-writes'}}
redis.register_function('crawl_v5_order', order)
redis.register_function('crawl_v5_join', join)
redis.register_function('crawl_v5_turn', turn)
redis.register_function('crawl_v5_visit', visit)
redis.register_function('crawl_v5_look', look)
redis.register_function('crawl_v5_give', give)
redis.register_function('crawl_v5_taken', taken)
redis.register_function('crawl_v5_forget', forget)
