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

-- Hands out up to `wanted` of the URLs of a leased host: number, URL, number, URL...
-- They are to be `kept` as the worker's.
local function hand_out(k, totals, host, lease, wanted, most, kept)
  if most and host ~= '' then
    wanted = math.min(wanted, most - (totals.out or 0) - (totals.records or 0))
  end
  if wanted <= 0 then return {} end
  -- A page's number says how many pages of the host came before; sitemaps have
  -- numbers of their own.
  local out, before = {}, lease[2]
  for _, url in ipairs(take_from(k .. 'q:' .. host, wanted)) do
    local number, by = nil, 1
    if type(url) == 'table' then
      number, by = 'z' .. lease[3] + 1, url[3]
      kept[#kept + 1] = host .. ' Z' .. lease[3] + 1
      kept[#kept + 1] = url[2]
      kept[#kept + 1] = host .. ' ' .. number
      kept[#kept + 1] = url[1]
      lease[3] = lease[3] + by
      url = url[1] .. ':' .. url[2]
    else
      if string.sub(url, 1, 3) == '1:s' then
        lease[4] = lease[4] + 1
        number = 's' .. lease[4]
      else
        lease[3] = lease[3] + 1
        number = tostring(lease[3])
      end
      kept[#kept + 1] = host .. ' ' .. number
      kept[#kept + 1] = url
    end
    lease[2] = lease[2] + by
    out[#out + 1] = number
    out[#out + 1] = url
  end
  if host ~= '' then count(totals, 'out', lease[2] - before) end
  return out
end

-- What was handed out to a worker that is gone, as hand_out() has it.
local function take_over(k, host, lease, kept)
  local p = k .. 'p:' .. host
  local fields = redis.call('HGETALL', p)
  if #fields == 0 then return {} end
  redis.call('DEL', p)
  local chunks, out = {}, {}
  for i = 1, #fields, 2 do
    kept[#kept + 1] = host .. ' ' .. fields[i]
    kept[#kept + 1] = fields[i + 1]
    if string.byte(fields[i]) == kChunk then
      chunks[string.sub(fields[i], 2)] = fields[i + 1]
    end
  end
  for i = 1, #fields, 2 do
    local number, url = fields[i], fields[i + 1]
    local kind = string.byte(number)
    if kind == kPart then
      lease[2] = lease[2] + ones_of(url)
      url = url .. ':' .. (chunks[string.sub(number, 2)] or '')
    elseif kind ~= kChunk then
      lease[2] = lease[2] + 1
    end
    if kind ~= kChunk then
      out[#out + 1] = number
      out[#out + 1] = url
    end
  end
  return out
end

-- URLs of these hosts and numbers are not handed out any more: how many that were.
-- One of a chunk has its number there behind that.
local function finish(u, numbers)
  local plain, parts, names = {}, {}, {}
  for i = 1, #numbers, 2 do
    local host, number = numbers[i], numbers[i + 1]
    if string.byte(number) == kPart then
      local part, at = string.match(number, '^(.*):(%d+)$')
      part = host .. ' ' .. part
      if not parts[part] then names[#names + 1] = part end
      gather(parts, part, tonumber(at))
    else
      plain[#plain + 1] = host .. ' ' .. number
    end
  end
  local done = in_parts('HDEL', u, plain)
  local kept, gone = {}, {}
  for first = 1, #names, 1000 do
    local last = math.min(first + 999, #names)
    for i, signs in ipairs(redis.call('HMGET', u, unpack(names, first, last))) do
      local part = names[first + i - 1]
      signs = signs or ''
      for _, at in ipairs(parts[part]) do
        if string.sub(signs, at, at) == '1' then
          signs = string.sub(signs, 1, at - 1) .. '2' .. string.sub(signs, at + 1)
          done = done + 1
        end
      end
      if string.find(signs, '1', 1, true) then
        kept[#kept + 1] = part
        kept[#kept + 1] = signs
      else
        gone[#gone + 1] = part
        gone[#gone + 1] = string.gsub(part, ' z', ' Z')
      end
    end
  end
  in_parts('HSET', u, kept)
  in_parts('HDEL', u, gone)
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
  local want, batch, seeds_known = number(), number(), number()
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
  -- Its hosts: host, number of its lease, after how many ms it may be asked, delay,
  -- trust, pace, how many more URLs are wanted.
  local l, u = k .. 'l:' .. worker, k .. 'u:' .. worker
  local told, names, leases = {}, {}, {}
  for i = 1, number() do
    told[i] = {take(), take(), take(), take(), take(), take(), number()}
    names[i] = told[i][1]
  end
  for first = 1, #names, 1000 do
    local held = redis.call('HMGET', l, unpack(names, first,
                                               math.min(first + 999, #names)))
    for i, word in ipairs(held) do
      local lease = word and read_lease(word)
      if not lease or lease[1] ~= told[first + i - 1][2] then
        return {'lost', 'the lease of a host went to another worker'}
      end
      leases[names[first + i - 1]] = lease
    end
  end
  local now_word = tostring(now)
  redis.call('ZADD', k .. 'alive', now + lease, worker)
  end_old_leases(k, now)
  hear(k, now, lease)

  local totals = {}
  if reads == '0' and redis.call('SREM', k .. 'reading', worker) == 1 then
    count(totals, 'changes', 1)
  end

  -- What is done: host, number. How many records that, and all else, left.
  local gone, gone_listed = {}, {}
  for _ = 1, number() do
    local host, id = take(), take()
    local those = host == '' and gone_listed or gone
    those[#those + 1] = host
    those[#those + 1] = id
    leases[host][2] = leases[host][2] - 1
  end
  local pages_done = finish(u, gone)
  count(totals, 'out', -pages_done)
  count(totals, 'done', pages_done + finish(u, gone_listed))
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
    if tonumber(shard) ~= here then
      redirects[#redirects + 1] = '2'
      finish(u, {host, id})
      leases[host][2] = leases[host][2] - 1
      count(totals, 'out', -1)
      gather(mail, shard, cmsgpack.pack({true, target, bucket, hash, entry, take(),
                                         take(), take()}))
    elseif hash ~= '' and redis.call('SADD', k .. 'k:' .. bucket, hash) == 0 then
      redirects[#redirects + 1] = '0'
    else
      redirects[#redirects + 1] = target == host and '1' or '2'
      if hash ~= '' then count(totals, 'known', 1) end
      finish(u, {host, id})
      if target == host then
        redis.call('HSET', u, host .. ' ' .. own, entry)
      else
        leases[host][2] = leases[host][2] - 1
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
  local max_pages = tonumber(redis.call('HGET', meta, 'max_pages') or 0)
  local most = spare(k, {}, max_pages, shards)
  local more, kept, written, given, listed = {}, {}, {}, {}, {}
  for _, each in ipairs(told) do
    local host, _, next_in, delay, trust, pace, wanted = unpack(each)
    local lease = leases[host]
    local waits = #next_in > 3 or #lease[6] > 3
    lease[5], lease[6], lease[7], lease[8], lease[9] = now_word, next_in, delay,
                                                       trust, pace
    local urls = hand_out(k, totals, host, lease, wanted, most, kept)
    local keeps = lease[2] > 0
    if keeps then
      written[#written + 1] = host
      written[#written + 1] = write_lease(lease)
      -- Those that are to wait for long are listed by when they may be asked.
      if waits then
        listed[#listed + 1] = now + next_in
        listed[#listed + 1] = host
      end
    else
      given[#given + 1] = host
      give_back(k, host, lease, now + next_in)
    end
    more[#more + 1] = {host, keeps and 1 or 0, urls}
  end
  in_parts('HDEL', l, given)

  -- New hosts for it: no more than its share while there are others.
  local workers = redis.call('ZCARD', k .. 'alive')
  local own = redis.call('HLEN', l)
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
    local taken = {}
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
      local lease = {tostring(tonumber(of.lease or 0) + 1), 0,
                     tonumber(of.n or 0), tonumber(of.sitemaps or 0), '-', '-',
                     '-', '-', '-'}
      local urls = take_over(k, host, lease, kept)
      for _, each in ipairs(hand_out(k, totals, host, lease, batch - lease[2],
                                     most, kept)) do
        urls[#urls + 1] = each
      end
      if #urls == 0 then
        -- Nothing may be handed out now (max_pages).
        redis.call('ZREM', k .. 'ready', host)
        offer(k, host, now)
        next_in = 1000
        break
      end
      redis.call('HSET', h, 'worker', worker, 'lease', lease[1])
      taken[#taken + 1] = host
      listed[#listed + 1] = now_word
      listed[#listed + 1] = host
      written[#written + 1] = host
      written[#written + 1] = write_lease(lease)
      hosts[#hosts + 1] = {host, tostring(of.next and of.next - now or 0),
                           of.trust or '0', of.pace or '',
                           tostring(now - tonumber(of.paced or now)), urls,
                           notes, lease[1]}
    end
    in_parts('ZREM', k .. 'ready', taken)
    local first = redis.call('ZRANGE', k .. 'ready', 0, 0, 'WITHSCORES')
    if first[2] and next_in < 0 then next_in = math.max(0, tonumber(first[2]) - now) end
  end

  in_parts('ZADD', k .. 'leased', listed)
  in_parts('HSET', l, written)
  in_parts('HSET', u, kept)

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
                 spare(k, {}, max_pages, shards) or 0, max_pages}
  if leaves == 1 then
    end_leases(k, worker, now)
    redis.call('HSET', w, 'left', token)
  end
  redis.call('HSET', w, 'reply', cmsgpack.pack(reply))
  return reply
end
