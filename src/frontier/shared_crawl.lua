#!lua name=crawl_v2

-- One crawl on many machines: all that must happen in one atomic step. The keys,
-- which all begin with KEYS[1], "crawl:{NAME}:" (one hash tag, so one slot):
--
--   meta       hash   the crawl: version, settings, seed, and its totals
--   k:BUCKET   set    known URLs, 64-bit hashes
--   b:BUCKET   hash   digest of a body -> URL of the first page with it
--   q:HOST     list   URLs that wait, in order; HOST "": to be listed only
--   p:HOST     hash   number -> URL that is handed out and not done
--   h:HOST     hash   worker, lease (the number of its latest), n and sitemaps
--                     (numbers given), next (ms), delay (ms), trust, pace and
--                     paced (when that was told, ms); "note NAME": what a
--                     worker wants the next one to know, after when (ms)
--   ready      zset   hosts that wait for a worker -> when they may be asked, ms
--   leased     zset   hosts that a worker has -> the same
--   workers    set    all workers there ever were
--   alive      zset   workers -> when their leases end, ms
--   rates      hash   worker -> its part of --rate, requests a second
--   hungry     string is there while a worker has less than its share of hosts
--   l:WORKER   set    hosts that it has leased
--   w:WORKER   hash   token, seq and reply of its last turn, its sinks' positions
--   seeds      list   seeds, in the order they came; seeded: their hashes
--
-- A worker's leases are as good as its token: every turn() renews them all, and
-- when they have run out, or a new worker has taken its place, the token is
-- gone and no turn with it changes anything. Each lease of a host has a number
-- besides, which grows and goes with whatever is told of the host: a turn that
-- speaks of a lease that is another's now changes nothing either. Time is this
-- server's.

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function count(k, field, by)
  if by ~= 0 then redis.call('HINCRBY', k .. 'meta', field, by) end
end

-- A host waits for a worker, if it has work, and is nobody's.
local function offer(k, host, at)
  redis.call('ZREM', k .. 'leased', host)
  if redis.call('EXISTS', k .. 'q:' .. host, k .. 'p:' .. host) > 0 then
    redis.call('ZADD', k .. 'ready', at, host)
  end
end

-- Takes all leases from a worker; its hosts rest from `from` on.
local function end_leases(k, worker, from)
  local w = k .. 'w:' .. worker
  local l = k .. 'l:' .. worker
  local hosts = redis.call('SMEMBERS', l)
  local delay = redis.call('HGET', w, 'delay')
  for _, host in ipairs(hosts) do
    local h = k .. 'h:' .. host
    -- A host that nothing was told of yet may have been asked.
    local kept = redis.call('HMGET', h, 'next', 'delay')
    local at = math.max(tonumber(kept[1] or 0),
                        from + tonumber(kept[2] or delay or 0))
    redis.call('HDEL', h, 'worker')
    redis.call('HSET', h, 'next', at)
    offer(k, host, at)
  end
  redis.call('DEL', l)
  redis.call('HDEL', k .. 'rates', worker)
  redis.call('ZREM', k .. 'alive', worker)
  redis.call('HDEL', w, 'token', 'reply')
end

local function end_old_leases(k, now)
  local old = redis.call('ZRANGEBYSCORE', k .. 'alive', '-inf', now,
                         'WITHSCORES', 'LIMIT', 0, 10)
  for i = 1, #old, 2 do end_leases(k, old[i], tonumber(old[i + 1])) end
end

-- join(worker, lease, seed, version, settings, outputs, delay): a worker begins,
-- or begins anew.
local function join(keys, args)
  local k = keys[1]
  local worker, lease, seed, version = args[1], args[2], args[3], args[4]
  local meta = k .. 'meta'
  local kind = redis.call('TYPE', meta).ok
  if kind ~= 'none' and kind ~= 'hash' then return {'foreign'} end
  local now = now_ms()
  local has = redis.call('HMGET', meta, 'crawl', 'settings', 'seed', 'begun')
  if kind == 'none' then
    has = {version, args[5], seed, tostring(now)}
    redis.call('HSET', meta, 'crawl', version, 'settings', args[5], 'seed', seed,
               'begun', now)
  end
  if not has[1] then return {'foreign'} end
  if has[1] ~= version then return {'version', has[1]} end
  if has[2] ~= args[5] then return {'settings', has[2]} end
  end_old_leases(k, now)
  local w = k .. 'w:' .. worker
  local before = redis.call('HGET', w, 'outputs')
  if before and before ~= args[6] then return {'outputs', before} end
  -- Whoever had its outputs before is gone: its file is locked by the caller.
  if redis.call('HEXISTS', w, 'token') == 1 then
    end_leases(k, worker, now)
  end
  local token = redis.call('HINCRBY', meta, 'token', 1)
  redis.call('HSET', w, 'token', token, 'seq', 0, 'outputs', args[6],
             'delay', args[7])
  redis.call('SADD', k .. 'workers', worker)
  -- Time without any worker is none of the crawl's.
  if redis.call('ZCARD', k .. 'alive') == 0 then
    redis.call('HDEL', meta, 'heard')
  end
  redis.call('ZADD', k .. 'alive', now + tonumber(lease), worker)
  local positions = redis.call('HGET', w, 'positions')
  return {'ok', tostring(token), has[3], has[4],
          positions or '', positions and '1' or '0'}
end

-- Hands out up to `wanted` of the host's URLs: number, URL, number, URL...
local function hand_out(k, host, wanted, max_pages)
  if max_pages > 0 and host ~= '' then
    local used = redis.call('HMGET', k .. 'meta', 'records', 'out')
    wanted = math.min(wanted, max_pages - tonumber(used[1] or 0) -
                              tonumber(used[2] or 0))
  end
  if wanted <= 0 then return {} end
  local entries = redis.call('LPOP', k .. 'q:' .. host, wanted)
  if not entries then return {} end
  local out = {}
  for _, entry in ipairs(entries) do
    -- A page's number says how many pages of the host came before; sitemaps
    -- have numbers of their own.
    local id
    if string.sub(entry, 1, 3) == '1:s' then
      id = 's' .. redis.call('HINCRBY', k .. 'h:' .. host, 'sitemaps', 1)
    else
      id = tostring(redis.call('HINCRBY', k .. 'h:' .. host, 'n', 1))
    end
    redis.call('HSET', k .. 'p:' .. host, id, entry)
    out[#out + 1] = id
    out[#out + 1] = entry
  end
  if host ~= '' then count(k, 'out', #entries) end
  return out
end

-- A URL that nobody knew waits at its host. True if nobody did.
local function find(k, host, bucket, hash, entry, now)
  if redis.call('SADD', k .. 'k:' .. bucket, hash) == 0 then return false end
  redis.call('RPUSH', k .. 'q:' .. host, entry)
  local h = redis.call('HMGET', k .. 'h:' .. host, 'worker', 'next')
  if not h[1] then
    redis.call('ZADD', k .. 'ready', 'NX', tonumber(h[2] or now), host)
  end
  return true
end

-- turn(...): all that a worker tells and asks, at once; see SharedState. The
-- same turn told again changes nothing and is answered as it was.
local function turn(keys, args)
  local k = keys[1]
  local at = 0
  local function take()
    at = at + 1
    return args[at]
  end
  local function number() return tonumber(take()) end
  local worker, token, seq, lease = take(), take(), number(), number()
  local max_pages, want, batch, seeds_known = number(), number(), number(),
                                              number()
  local leaves, rate = number(), number()
  local now = now_ms()
  local w = k .. 'w:' .. worker
  local meta = k .. 'meta'
  local mine = redis.call('HMGET', w, 'token', 'seq', 'reply')
  if mine[1] ~= token then return {'lost', 'its leases ran out'} end
  if seq == tonumber(mine[2]) then return cmsgpack.unpack(mine[3]) end
  if seq ~= tonumber(mine[2]) + 1 then
    return {'lost', 'Redis lost what it had acknowledged'}
  end
  -- Its hosts: host, number of its lease, when it may be asked again (in ms),
  -- delay, trust, pace, how many more URLs are wanted.
  local told = {}
  for i = 1, number() do
    told[i] = {take(), take(), number(), number(), take(), take(), number()}
    local held = redis.call('HMGET', k .. 'h:' .. told[i][1], 'worker', 'lease')
    if held[1] ~= worker or held[2] ~= told[i][2] then
      return {'lost', 'the lease of a host went to another worker'}
    end
  end
  redis.call('ZADD', k .. 'alive', now + lease, worker)
  end_old_leases(k, now)
  local heard = tonumber(redis.call('HGET', meta, 'heard') or now)
  redis.call('HINCRBY', meta, 'worked',
             math.max(0, math.min(now - heard, lease)))
  redis.call('HSET', meta, 'heard', now)

  -- What is done: host, number. How many records that, and all else, left.
  local done, out = 0, 0
  for _ = 1, number() do
    local host, id = take(), take()
    if redis.call('HDEL', k .. 'p:' .. host, id) == 1 then
      done = done + 1
      if host ~= '' then out = out + 1 end
    end
  end
  count(k, 'done', done)
  count(k, 'out', -out)
  count(k, 'records', number())

  -- What was found: host, bucket, hash, URL; a seed: hash, URL.
  local fresh = 0
  for _ = 1, number() do
    if find(k, take(), take(), take(), take(), now) then fresh = fresh + 1 end
  end
  for _ = 1, number() do
    local hash, url = take(), take()
    if redis.call('SADD', k .. 'seeded', hash) == 1 then
      redis.call('RPUSH', k .. 'seeds', url)
    end
  end
  count(k, 'known', fresh)
  count(k, 'left', fresh - done)

  -- Bodies: digest, URL of the page.
  local bodies = {}
  for _ = 1, number() do
    local digest, url = take(), take()
    local b = k .. 'b:' .. string.sub(digest, 1, 4)
    local rest = string.sub(digest, 5)
    if redis.call('HSETNX', b, rest, url) == 1 then
      bodies[#bodies + 1] = ''
    else
      local first = redis.call('HGET', b, rest)
      bodies[#bodies + 1] = first ~= url and first or ''
    end
  end

  -- Redirects: host, number, host of the target, bucket, hash ('' for where the
  -- page has been), the URL as it goes on from there.
  local redirects = {}
  for _ = 1, number() do
    local host, id, target, bucket, hash, entry = take(), take(), take(), take(),
                                                  take(), take()
    local p = k .. 'p:' .. host
    if hash ~= '' and redis.call('SADD', k .. 'k:' .. bucket, hash) == 0 then
      redirects[#redirects + 1] = '0'
    else
      redirects[#redirects + 1] = target == host and '1' or '2'
      if hash ~= '' then count(k, 'known', 1) end
      if target == host then
        redis.call('HSET', p, id, entry)
      else
        redis.call('HDEL', p, id)
        count(k, 'out', -1)
        redis.call('RPUSH', k .. 'q:' .. target, entry)
        local h = redis.call('HMGET', k .. 'h:' .. target, 'worker', 'next')
        if not h[1] then
          redis.call('ZADD', k .. 'ready', 'NX', tonumber(h[2] or now), target)
        end
      end
    end
  end

  -- Notes that go with a host: host, name, text.
  for _ = 1, number() do
    redis.call('HSET', k .. 'h:' .. take(), 'note ' .. take(),
               now .. ' ' .. take())
  end

  for _ = 1, number() do
    local name, by = take(), take()
    redis.call('HINCRBY', w, 'count ' .. name, by)
    if name == 'bytes' then redis.call('HINCRBY', meta, name, by) end
  end
  redis.call('HSET', w, 'positions', take(), 'seen', now, 'seq', seq)

  -- A host that has none left is given back.
  local l = k .. 'l:' .. worker
  local more = {}
  for _, each in ipairs(told) do
    local host, _, next_in, delay, trust, pace, wanted = unpack(each)
    local h = k .. 'h:' .. host
    redis.call('HSET', h, 'next', now + next_in, 'delay', delay, 'trust', trust,
               'pace', pace, 'paced', now)
    local urls = hand_out(k, host, wanted, max_pages)
    local kept = redis.call('EXISTS', k .. 'p:' .. host) == 1
    if kept then
      redis.call('ZADD', k .. 'leased', now + next_in, host)
    else
      redis.call('HDEL', h, 'worker')
      redis.call('SREM', l, host)
      offer(k, host, now + next_in)
    end
    more[#more + 1] = {host, kept and 1 or 0, urls}
  end

  -- New hosts for it: no more than its share while there are others.
  local workers = redis.call('ZCARD', k .. 'alive')
  local own = redis.call('SCARD', l)
  local hosts = {}
  local next_in = -1
  local all = redis.call('ZCARD', k .. 'ready') +
              redis.call('ZCARD', k .. 'leased')
  local hungry = want > 0 and leaves == 0 and workers > 1
  -- While one has less than its share and gets no more, the others keep theirs.
  local share = 0
  if workers > 1 and redis.call('EXISTS', k .. 'hungry') == 1 then
    share = math.max(1, math.ceil(all / workers))
    want = math.min(want, share - own)
  end
  if want > 0 and leaves == 0 then
    local due = redis.call('ZRANGEBYSCORE', k .. 'ready', '-inf', now, 'LIMIT', 0,
                           want)
    if workers > 1 then
      local waiting = redis.call('ZCOUNT', k .. 'ready', '-inf', now)
      want = math.min(want, math.max(1, math.ceil(waiting / workers)))
    end
    for i = 1, math.min(want, #due) do
      local host = due[i]
      local h = k .. 'h:' .. host
      redis.call('ZREM', k .. 'ready', host)
      redis.call('ZADD', k .. 'leased', now, host)
      redis.call('HSET', h, 'worker', worker)
      local lease = redis.call('HINCRBY', h, 'lease', 1)
      redis.call('SADD', l, host)
      local kept = redis.call('HMGET', h, 'next', 'trust', 'pace', 'paced')
      local notes = {}
      local fields = redis.call('HGETALL', h)
      for f = 1, #fields, 2 do
        if string.sub(fields[f], 1, 5) == 'note ' then
          local space = string.find(fields[f + 1], ' ', 1, true)
          local since = now - tonumber(string.sub(fields[f + 1], 1, space - 1))
          notes[#notes + 1] = {string.sub(fields[f], 6), tostring(since),
                               string.sub(fields[f + 1], space + 1)}
        end
      end
      -- What was handed out before and never done comes first.
      local urls = redis.call('HGETALL', k .. 'p:' .. host)
      if #urls < 2 * batch then
        for _, each in ipairs(hand_out(k, host, batch - #urls / 2, max_pages)) do
          urls[#urls + 1] = each
        end
      end
      if #urls == 0 then
        -- Nothing may be handed out now (max_pages).
        redis.call('HDEL', h, 'worker')
        redis.call('SREM', l, host)
        offer(k, host, now)
        next_in = 1000
        break
      else
        hosts[#hosts + 1] = {host, tostring(kept[1] and kept[1] - now or 0),
                             kept[2] or '0', kept[3] or '',
                             tostring(now - tonumber(kept[4] or now)), urls,
                             notes, tostring(lease)}
      end
    end
    local first = redis.call('ZRANGE', k .. 'ready', 0, 0, 'WITHSCORES')
    if first[2] and next_in < 0 then next_in = math.max(0, tonumber(first[2]) - now) end
  end

  if hungry and #hosts == 0 and own < math.floor(all / workers) then
    redis.call('SET', k .. 'hungry', now, 'PX', 5000)
  end

  -- Its part of the requests a second: no more than the others leave.
  local part = 0
  if rate > 0 and leaves == 0 then
    part = rate
    local parts = redis.call('HGETALL', k .. 'rates')
    for i = 1, #parts, 2 do
      if parts[i] ~= worker then part = part - tonumber(parts[i + 1]) end
    end
    part = math.min(part, rate / workers)
    if part < rate / 1e6 then part = 0 end
    redis.call('HSET', k .. 'rates', worker, tostring(part))
  end

  local totals = redis.call('HMGET', meta, 'left', 'known', 'done', 'records',
                            'order', 'worked', 'bytes')
  local reply = {'ok', tonumber(totals[1] or 0), tonumber(totals[2] or 0),
                 tonumber(totals[3] or 0), tonumber(totals[4] or 0), workers,
                 next_in, bodies, redirects,
                 redis.call('LRANGE', k .. 'seeds', seeds_known,
                            seeds_known + 9999),
                 more, hosts, totals[5] or '', share, tonumber(totals[6] or 0),
                 tonumber(totals[7] or 0), tostring(part)}
  if leaves == 1 then
    end_leases(k, worker, now)
  else
    redis.call('HSET', w, 'reply', cmsgpack.pack(reply))
  end
  return reply
end

-- status(): the crawl as it stands. Changes nothing.
local function status(keys)
  local k = keys[1]
  local meta = k .. 'meta'
  local kind = redis.call('TYPE', meta).ok
  if kind == 'none' then return {'none'} end
  if kind ~= 'hash' then return {'foreign'} end
  local has = redis.call('HMGET', meta, 'crawl', 'begun', 'left', 'known', 'done',
                         'records', 'order')
  if not has[1] then return {'foreign'} end
  local now = now_ms()
  local workers = {}
  for _, worker in ipairs(redis.call('SMEMBERS', k .. 'workers')) do
    local ends = redis.call('ZSCORE', k .. 'alive', worker)
    workers[#workers + 1] = {worker,
                             ends and tostring(tonumber(ends) - now) or '-1',
                             redis.call('SCARD', k .. 'l:' .. worker),
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
          redis.call('ZREVRANGE', k .. 'ready', 0, 4, 'WITHSCORES'), slowest}
end

-- order(what): '' to go on, 'pause' or 'stop'.
local function order(keys, args)
  local meta = keys[1] .. 'meta'
  if redis.call('TYPE', meta).ok ~= 'hash' or
     redis.call('HEXISTS', meta, 'crawl') == 0 then
    return 'none'
  end
  redis.call('HSET', meta, 'order', args[1])
  return 'ok'
end

redis.register_function{function_name = 'crawl_v2_status', callback = status,
                        flags = {'no-writes'}}
redis.register_function('crawl_v2_order', order)
redis.register_function('crawl_v2_join', join)
redis.register_function('crawl_v2_turn', turn)
