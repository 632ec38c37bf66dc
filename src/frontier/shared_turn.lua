-- Behind shared_crawl.lua: a worker's turn at its shard.

-- Hands out up to `wanted` of the host's URLs: number, URL, number, URL...
local function hand_out(k, host, wanted, max_pages, shards)
  if max_pages > 0 and host ~= '' then
    wanted = math.min(wanted, spare(k, max_pages, shards))
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

-- What takes the next of `args` behind `at`, and the next as a number.
local function reader(args, at)
  local function take()
    at = at + 1
    return args[at]
  end
  return take, function() return tonumber(take()) end
end

-- turn(...): all that a worker tells and asks, at once; see SharedState. The
-- same turn told again changes nothing and is answered as it was.
local function turn(keys, args)
  local k = keys[1]
  local take, number = reader(args, 0)
  local worker, token, seq, lease = take(), take(), number(), number()
  local max_pages, want, batch, seeds_known = number(), number(), number(),
                                              number()
  local leaves, rate, shards, here = number(), number(), number(), number()
  local now = now_ms()
  local w = k .. 'w:' .. worker
  local meta = k .. 'meta'
  local mine = redis.call('HMGET', w, 'token', 'seq', 'reply', 'left')
  if leaves == 1 and mine[4] == token and seq == tonumber(mine[2]) then
    return cmsgpack.unpack(mine[3])
  end
  if mine[1] ~= token then return {'lost', 'its leases ran out'} end
  local drops = dropping_policy(now)
  if drops then
    return redis.error_reply('DROPS its maxmemory-policy is ' .. drops ..
                             ': it may drop parts of the crawl; set it to ' ..
                             'noeviction')
  end
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
  hear(k, now, lease)

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
  for _ = 1, number() do add_seed(k, take(), take()) end
  -- What was found and is another shard's: that, and the same.
  local away = number()
  for _ = 1, away do
    send(k, take(), {take(), take(), take(), take()}, now)
  end
  -- What was taken to other shards: which, the number of the last message.
  local cut = 0
  for _ = 1, number() do cut = cut + cut_outbox(k, take(), number(), now) end
  count(k, 'known', fresh)
  count(k, 'left', fresh + away - done - cut)

  -- Bodies: digest, URL of the page.
  local bodies = {}
  for _ = 1, number() do
    bodies[#bodies + 1] = first_with_body(k, take(), take())
  end

  -- Redirects: host, number, shard of the target, its host, bucket, hash ('' for
  -- where the page has been), the URL as it goes on from there; and of another
  -- shard the message's bucket and hash, and what is to be listed if the target
  -- is known there.
  local redirects = {}
  for _ = 1, number() do
    local host, id, shard, target, bucket, hash, entry =
      take(), take(), number(), take(), take(), take(), take()
    local p = k .. 'p:' .. host
    if shard ~= here then
      redirects[#redirects + 1] = '2'
      redis.call('HDEL', p, id)
      count(k, 'out', -1)
      send(k, shard, {target, bucket, hash, entry, take(), take(), take()}, now)
    elseif hash ~= '' and redis.call('SADD', k .. 'k:' .. bucket, hash) == 0 then
      redirects[#redirects + 1] = '0'
    else
      redirects[#redirects + 1] = target == host and '1' or '2'
      if hash ~= '' then count(k, 'known', 1) end
      if target == host then
        redis.call('HSET', p, id, entry)
      else
        redis.call('HDEL', p, id)
        count(k, 'out', -1)
        wait(k, target, entry, now)
      end
    end
  end
  if done + fresh + away + cut + #redirects > 0 then count(k, 'changes', 1) end

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
    local urls = hand_out(k, host, wanted, max_pages, shards)
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
        for _, each in ipairs(hand_out(k, host, batch - #urls / 2, max_pages,
                                      shards)) do
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
                            'order', 'worked', 'bytes', 'changes')
  local mail = shards > 1 and leaves == 0 and
               outbox(k, worker, shards, here, now, lease, want > 0) or {}
  local reply = {'ok', tonumber(totals[1] or 0), tonumber(totals[2] or 0),
                 tonumber(totals[3] or 0), tonumber(totals[4] or 0), workers,
                 next_in, bodies, redirects,
                 redis.call('LRANGE', k .. 'seeds', seeds_known,
                            seeds_known + 9999),
                 more, hosts, totals[5] or '', share, tonumber(totals[6] or 0),
                 tonumber(totals[7] or 0), tostring(part),
                 tonumber(totals[8] or 0), all, mail,
                 spare(k, max_pages, shards) or 0}
  if leaves == 1 then
    end_leases(k, worker, now)
    redis.call('HSET', w, 'left', token)
  end
  redis.call('HSET', w, 'reply', cmsgpack.pack(reply))
  return reply
end
