-- Behind shared_crawl.lua: a worker's turn at its shard.

-- 'Z' and 'z'.
local kChunk, kPart = 90, 122

-- Of a chunk that waits the signs of its URLs, and it.
local function read_chunk(entry)
  local colon = string.find(entry, ':', 1, true)
  if not colon then return '', '' end
  local signs = string.sub(entry, 2, colon - 1)
  if string.byte(entry) == kChunk then
    signs = string.rep('1', math.min(tonumber(signs) or 0, 1000))
  end
  return signs, string.sub(entry, colon + 1)
end

local function ones_of(signs)
  local _, ones = string.gsub(signs, '1', '1')
  return ones
end

-- The signs of so many that are handed out, and of those that are not.
local function split(signs, wanted)
  local at = 0
  for _ = 1, wanted do at = string.find(signs, '1', at + 1, true) end
  return string.sub(signs, 1, at) .. string.rep('0', #signs - at),
         string.rep('0', at) .. string.sub(signs, at + 1)
end

-- Takes up to `wanted` URLs from the head of a list: URLs, and of a chunk {signs,
-- it, how many}.
local function take_from(key, wanted)
  local taken = {}
  local step = math.min(wanted, 4)
  while wanted > 0 do
    local entries = redis.call('LPOP', key, math.min(step, wanted))
    if not entries then break end
    step = 64
    local back = {}
    for _, entry in ipairs(entries) do
      local kind = string.byte(entry)
      if wanted == 0 then
        table.insert(back, 1, entry)
      elseif kind == kChunk or kind == kPart then
        step = 1
        local signs, chunk = read_chunk(entry)
        local ones = ones_of(signs)
        if ones > wanted then
          local rest
          signs, rest = split(signs, wanted)
          back[1] = 'z' .. rest .. ':' .. chunk
          ones = wanted
        end
        taken[#taken + 1] = {signs, chunk, ones}
        -- One that is nobody's is the worker's to see.
        wanted = wanted - math.max(ones, 1)
      else
        taken[#taken + 1] = entry
        wanted = wanted - 1
      end
    end
    if #back > 0 then in_parts('LPUSH', key, back) end
  end
  return taken
end

-- Hands out up to `wanted` of the host's URLs: number, URL, number, URL... and how
-- many that are.
local function hand_out(k, totals, host, wanted, max_pages, shards)
  if wanted > 0 and max_pages > 0 and host ~= '' then
    wanted = math.min(wanted, spare(k, totals, max_pages, shards))
  end
  if wanted <= 0 then return {}, 0 end
  local taken = take_from(k .. 'q:' .. host, wanted)
  if #taken == 0 then return {}, 0 end
  -- A page's number says how many pages of the host came before; sitemaps have
  -- numbers of their own.
  local is_sitemap, sitemaps, pages = {}, 0, 0
  for i, each in ipairs(taken) do
    if type(each) == 'table' then
      pages = pages + each[3]
    elseif string.sub(each, 1, 3) == '1:s' then
      is_sitemap[i] = true
      sitemaps = sitemaps + 1
    else
      pages = pages + 1
    end
  end
  local h = k .. 'h:' .. host
  local page = pages > 0 and redis.call('HINCRBY', h, 'n', pages) - pages or 0
  local sitemap = sitemaps > 0 and
                  redis.call('HINCRBY', h, 'sitemaps', sitemaps) - sitemaps
  local out, kept = {}, {}
  for i, each in ipairs(taken) do
    local number, url = page + 1, each
    if type(each) == 'table' then
      kept[#kept + 1] = 'Z' .. number
      kept[#kept + 1] = each[2]
      kept[#kept + 1] = 'z' .. number
      kept[#kept + 1] = each[1]
      number, url = 'z' .. number, each[1] .. ':' .. each[2]
      page = page + each[3]
    else
      if is_sitemap[i] then
        sitemap = sitemap + 1
        number = 's' .. sitemap
      else
        page = page + 1
        number = tostring(number)
      end
      kept[#kept + 1] = number
      kept[#kept + 1] = url
    end
    out[#out + 1] = number
    out[#out + 1] = url
  end
  in_parts('HSET', k .. 'p:' .. host, kept)
  if host ~= '' then count(totals, 'out', pages + sitemaps) end
  return out, pages + sitemaps
end

-- What was handed out before and is not done, as hand_out() has it.
local function handed_out(p)
  local fields = redis.call('HGETALL', p)
  local chunks, out, sum = {}, {}, 0
  for i = 1, #fields, 2 do
    if string.byte(fields[i]) == kChunk then
      chunks[string.sub(fields[i], 2)] = fields[i + 1]
    end
  end
  for i = 1, #fields, 2 do
    local number, url = fields[i], fields[i + 1]
    local kind = string.byte(number)
    if kind == kPart then
      sum = sum + ones_of(url)
      url = url .. ':' .. (chunks[string.sub(number, 2)] or '')
    elseif kind ~= kChunk then
      sum = sum + 1
    end
    if kind ~= kChunk then
      out[#out + 1] = number
      out[#out + 1] = url
    end
  end
  return out, sum
end

-- URLs of these numbers are not handed out any more: how many that were. One of a
-- chunk has its number there behind that.
local function finish(p, numbers)
  local plain, parts, done = {}, {}, 0
  for _, number in ipairs(numbers) do
    if string.byte(number) == kPart then
      local part, at = string.match(number, '^(.*):(%d+)$')
      gather(parts, part, tonumber(at))
    else
      plain[#plain + 1] = number
    end
  end
  if #plain > 0 then done = in_parts('HDEL', p, plain) end
  for part, places in pairs(parts) do
    local signs = redis.call('HGET', p, part) or ''
    for _, at in ipairs(places) do
      if string.sub(signs, at, at) == '1' then
        signs = string.sub(signs, 1, at - 1) .. '2' .. string.sub(signs, at + 1)
        done = done + 1
      end
    end
    if string.find(signs, '1', 1, true) then
      redis.call('HSET', p, part, signs)
    else
      redis.call('HDEL', p, part, 'Z' .. string.sub(part, 2))
    end
  end
  return done
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
  local reads = take()
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

  local totals = {}
  if reads == '0' and redis.call('SREM', k .. 'reading', worker) == 1 then
    count(totals, 'changes', 1)
  end

  -- What is done: host, number. How many records that, and all else, left.
  local gone = {}
  for _ = 1, number() do gather(gone, take(), take()) end
  for host, ids in pairs(gone) do
    local done = finish(k .. 'p:' .. host, ids)
    count(totals, 'done', done)
    if host ~= '' then count(totals, 'out', -done) end
  end
  count(totals, 'records', number())

  -- What was found, as find_all() takes it; a seed: hash, URL.
  local waiting, mail = {}, {}
  local fresh = 0
  for _ = 1, number() do
    fresh = fresh + find_all(k, waiting, cmsgpack.unpack(take()))
  end
  for _ = 1, number() do add_seed(k, take(), take()) end
  -- What was found and is another shard's: that, and the same.
  local away = number()
  for _ = 1, away do gather(mail, take(), take()) end
  -- What was taken to other shards: which, the number of the last message.
  local cut = 0
  for _ = 1, number() do cut = cut + cut_outbox(k, take(), number(), now) end
  count(totals, 'known', fresh)
  count(totals, 'left', fresh + away - (totals.done or 0) - cut)

  -- Bodies: digest, URL of the page.
  local bodies = {}
  for _ = 1, number() do
    bodies[#bodies + 1] = first_with_body(k, take(), take())
  end

  -- Redirects: host, number, its number if it is in no chunk, shard of the target,
  -- its host, bucket, hash ('' for
  -- where the page has been), the URL as it goes on from there; and of another
  -- shard the message's bucket and hash, and what is to be listed if the target
  -- is known there.
  local redirects = {}
  for _ = 1, number() do
    local host, id, own, shard, target, bucket, hash, entry =
      take(), take(), take(), take(), take(), take(), take(), take()
    local p = k .. 'p:' .. host
    if tonumber(shard) ~= here then
      redirects[#redirects + 1] = '2'
      finish(p, {id})
      count(totals, 'out', -1)
      gather(mail, shard, cmsgpack.pack({true, target, bucket, hash, entry, take(),
                                         take(), take()}))
    elseif hash ~= '' and redis.call('SADD', k .. 'k:' .. bucket, hash) == 0 then
      redirects[#redirects + 1] = '0'
    else
      redirects[#redirects + 1] = target == host and '1' or '2'
      if hash ~= '' then count(totals, 'known', 1) end
      finish(p, {id})
      if target == host then
        redis.call('HSET', p, own, entry)
      else
        count(totals, 'out', -1)
        gather(waiting, target, entry)
      end
    end
  end
  queue(k, waiting, now)
  send(k, mail, now)
  if (totals.done or 0) + fresh + away + cut + #redirects > 0 then
    count(totals, 'changes', 1)
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
  -- Who leaves and has told nothing may have been refused for its files.
  local positions = take()
  if not (leaves == 1 and seq == 1) then
    redis.call('HSET', w, 'positions', positions)
  end
  redis.call('HSET', w, 'seen', now, 'seq', seq)

  -- A host that has none left is given back.
  local l = k .. 'l:' .. worker
  local more, kept = {}, {}
  for _, each in ipairs(told) do
    local host, _, next_in, delay, trust, pace, wanted = unpack(each)
    local h = k .. 'h:' .. host
    redis.call('HSET', h, 'next', now + next_in, 'delay', delay, 'trust', trust,
               'pace', pace, 'paced', now)
    local urls = hand_out(k, totals, host, wanted, max_pages, shards)
    local keeps = #urls > 0 or redis.call('EXISTS', k .. 'p:' .. host) == 1
    if keeps then
      kept[#kept + 1] = now + next_in
      kept[#kept + 1] = host
    else
      redis.call('HDEL', h, 'worker')
      redis.call('SREM', l, host)
      offer(k, host, now + next_in)
    end
    more[#more + 1] = {host, keeps and 1 or 0, urls}
  end
  in_parts('ZADD', k .. 'leased', kept)

  -- New hosts for it: no more than its share while there are others.
  local workers = redis.call('ZCARD', k .. 'alive')
  local own = redis.call('SCARD', l)
  local hosts = {}
  local next_in = -1
  local all = redis.call('ZCARD', k .. 'ready') +
              redis.call('ZCARD', k .. 'leased')
  local hungry = want > 0 and leaves == 0 and workers > 1
  -- While one has far less than its share, the others keep to theirs.
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
    local taken, leased = {}, {}
    for i = 1, math.min(want, #due) do
      local host = due[i]
      local h = k .. 'h:' .. host
      local fields = redis.call('HGETALL', h)
      local of, notes = {}, {}
      for f = 1, #fields, 2 do
        if string.sub(fields[f], 1, 5) == 'note ' then
          local space = string.find(fields[f + 1], ' ', 1, true)
          local since = now - tonumber(string.sub(fields[f + 1], 1, space - 1))
          notes[#notes + 1] = {string.sub(fields[f], 6), tostring(since),
                               string.sub(fields[f + 1], space + 1)}
        else
          of[fields[f]] = fields[f + 1]
        end
      end
      -- What was handed out before and never done comes first.
      local urls, has = handed_out(k .. 'p:' .. host)
      if has < batch then
        for _, each in ipairs(hand_out(k, totals, host, batch - has, max_pages,
                                       shards)) do
          urls[#urls + 1] = each
        end
      end
      if #urls == 0 then
        -- Nothing may be handed out now (max_pages).
        redis.call('ZREM', k .. 'ready', host)
        offer(k, host, now)
        next_in = 1000
        break
      end
      local lease = tostring(tonumber(of.lease or 0) + 1)
      redis.call('HSET', h, 'worker', worker, 'lease', lease)
      taken[#taken + 1] = host
      leased[#leased + 1] = now
      leased[#leased + 1] = host
      hosts[#hosts + 1] = {host, tostring(of.next and of.next - now or 0),
                           of.trust or '0', of.pace or '',
                           tostring(now - tonumber(of.paced or now)), urls,
                           notes, lease}
    end
    in_parts('ZREM', k .. 'ready', taken)
    in_parts('SADD', l, taken)
    in_parts('ZADD', k .. 'leased', leased)
    local first = redis.call('ZRANGE', k .. 'ready', 0, 0, 'WITHSCORES')
    if first[2] and next_in < 0 then next_in = math.max(0, tonumber(first[2]) - now) end
  end

  if hungry and own + #hosts < math.floor(all / workers / 2) then
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

  write_totals(k, totals)
  local now_has = redis.call('HMGET', meta, 'left', 'known', 'done', 'records',
                            'order', 'worked', 'bytes', 'changes')
  local mail = shards > 1 and leaves == 0 and
               outbox(k, worker, shards, here, now, lease,
                      want > 0 and #hosts == 0) or {}
  local left = tonumber(now_has[1] or 0) + redis.call('SCARD', k .. 'reading')
  local reply = {'ok', left, tonumber(now_has[2] or 0),
                 tonumber(now_has[3] or 0), tonumber(now_has[4] or 0), workers,
                 next_in, bodies, redirects,
                 redis.call('LRANGE', k .. 'seeds', seeds_known,
                            seeds_known + 9999),
                 more, hosts, now_has[5] or '', share, tonumber(now_has[6] or 0),
                 tonumber(now_has[7] or 0), tostring(part),
                 tonumber(now_has[8] or 0), all, mail,
                 spare(k, {}, max_pages, shards) or 0}
  if leaves == 1 then
    end_leases(k, worker, now)
    redis.call('HSET', w, 'left', token)
  end
  redis.call('HSET', w, 'reply', cmsgpack.pack(reply))
  return reply
end
