#!lua name=crawl_v5

-- One crawl on many machines: all that must happen in one atomic step. The keys,
-- which all begin with KEYS[1], "crawl:{NAME}:" (one hash tag, so one slot), or
-- "crawl:{NAME/2}:" for a shard behind the first:
--
--   meta       hash   the crawl: version, settings, seed, shards, and the totals
--                     of this shard; changes: of what is left, counted;
--                     max_pages, 0 for any; allowed: its part of that, where
--                     there are several shards;
--                     for each other one cut (messages to it), since and lent,
--                     see outbox(), and got (messages from it)
--   k:BUCKET   set    known URLs, 64-bit hashes
--   b:BUCKET   hash   digest of a body -> URL of the first page with it
--   q:HOST     list   URLs that wait, in order, one or a chunk of them each;
--                     HOST "": to be listed only
--   u:WORKER   hash   host, space, number -> URL that is handed out and not done;
--                     with z and the number of the first -> which of a chunk
--                     are, with Z and that number -> the chunk
--   p:HOST     hash   the same without host, of a worker that is gone
--   h:HOST     hash   worker ('' if it has none), lease (the number of its
--                     latest); "note NAME": what a worker wants the next one to
--                     know, after when (ms); and while it has none n and
--                     sitemaps (numbers given), next (ms), delay (ms), trust,
--                     pace and paced (when that was told, ms)
--   ready      zset   hosts that wait for a worker -> when they may be asked, ms
--   leased     zset   hosts that a worker has -> the same
--   workers    set    all workers there ever were
--   alive      zset   workers -> when their leases end, ms
--   reading    set    workers that have not read all of their input: what it has
--                     is to come
--   rates      hash   worker -> its part of --rate, requests a second
--   hungry     string is there while a worker has far less than its share of
--                     hosts, and wants more
--   l:WORKER   hash   hosts that it has leased -> what was told of each, see
--                     write_lease()
--   w:WORKER   hash   token, seq and reply of its last turn, its sinks'
--                     positions, seen (when that was, ms), place (where its
--                     files are, by its own account)
--   seeds      list   seeds, in the order they came; seeded: their hashes; only
--                     in the first shard
--   o:SHARD    list   messages to another shard: what was found, what was led
--                     there
--   seat       string is there while a worker is on its way here, where none is
--
-- A worker's leases are as good as its token: every turn() renews them all, and
-- when they have run out, or a new worker has taken its place, the token is
-- gone and no turn with it changes anything. Each lease of a host has a number
-- besides, which grows and goes with whatever is told of the host: a turn that
-- speaks of a lease that is another's now changes nothing either. Time is this
-- server's.
--
-- URLs of a host that were found together are a chunk, which workers compress and
-- these functions do not look into. In a list it is "Z", how many URLs it has, ":"
-- and the chunk, or "z", a character for each URL, '1' or '0' if it is none that
-- waits here, ":" and the chunk. Where it is handed out there are such characters
-- too, '2' if a URL is done.
--
-- No function touches two shards. A message counts as left where it was written
-- until whoever took it to its shard has said so here; taken twice it counts
-- once there.

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Totals of this shard are added up in a table, and written at once.
local function count(totals, field, by)
  totals[field] = (totals[field] or 0) + by
end

local function write_totals(k, totals)
  for field, by in pairs(totals) do
    if by ~= 0 then redis.call('HINCRBY', k .. 'meta', field, by) end
  end
end

-- Words of one command, in as many as there is room for; the sum of the answers.
local function in_parts(command, key, words)
  local sum = 0
  for first = 1, #words, 1000 do
    sum = sum + redis.call(command, key, unpack(words, first,
                                                math.min(first + 999, #words)))
  end
  return sum
end

-- What is a host's joins the others of its list.
local function gather(lists, host, word)
  local list = lists[host]
  if not list then
    list = {}
    lists[host] = list
  end
  list[#list + 1] = word
end

-- A host waits for a worker, if it has work, and is nobody's.
local function offer(k, host, at)
  redis.call('ZREM', k .. 'leased', host)
  if redis.call('EXISTS', k .. 'q:' .. host, k .. 'p:' .. host) > 0 then
    redis.call('ZADD', k .. 'ready', at, host)
  end
end

-- What is kept of a leased host in one word: the lease's number, how many URLs are
-- handed out, numbers given to pages and to sitemaps; and as it was told, when,
-- after how many ms it may be asked, its delay, trust and pace ('-' of what was not
-- told yet).
local function write_lease(lease)
  return table.concat(lease, ' ', 1, 9)
end

local function read_lease(word)
  local number, out, n, sitemaps, told, next_in, delay, trust, pace =
    string.match(word, '^(%d+) (%d+) (%d+) (%d+) (%S+) (%S+) (%S+) (%S+) (.*)$')
  return {number, tonumber(out), tonumber(n), tonumber(sitemaps), told, next_in,
          delay, trust, pace}
end

-- A leased host is given back, and may be asked at that time.
local function give_back(k, host, lease, at)
  local words = {'worker', '', 'n', lease[3], 'sitemaps', lease[4], 'next', at}
  for i, name in ipairs({'paced', false, 'delay', 'trust', 'pace'}) do
    if name and lease[5] ~= '-' then
      words[#words + 1] = name
      words[#words + 1] = lease[i + 4]
    end
  end
  redis.call('HSET', k .. 'h:' .. host, unpack(words))
  offer(k, host, at)
end

-- Takes all leases from a worker; its hosts rest from `from` on.
local function end_leases(k, worker, from)
  local w, l, u = k .. 'w:' .. worker, k .. 'l:' .. worker, k .. 'u:' .. worker
  local handed_out, of_hosts = redis.call('HGETALL', u), {}
  for i = 1, #handed_out, 2 do
    local host, number = string.match(handed_out[i], '^(%S*) (.*)$')
    gather(of_hosts, host, number)
    gather(of_hosts, host, handed_out[i + 1])
  end
  for host, words in pairs(of_hosts) do
    in_parts('HSET', k .. 'p:' .. host, words)
  end
  local leases = redis.call('HGETALL', l)
  local usual = redis.call('HGET', w, 'delay')
  for i = 1, #leases, 2 do
    local host, lease = leases[i], read_lease(leases[i + 1])
    -- A host that nothing was told of yet may have been asked.
    local next_at, delay
    if lease[5] == '-' then
      local kept = redis.call('HMGET', k .. 'h:' .. host, 'next', 'delay')
      next_at, delay = tonumber(kept[1] or 0), kept[2]
    else
      next_at, delay = lease[5] + lease[6], lease[7]
    end
    give_back(k, host, lease,
              math.max(next_at, from + tonumber(delay or usual or 0)))
  end
  redis.call('DEL', l, u)
  redis.call('HDEL', k .. 'rates', worker)
  redis.call('ZREM', k .. 'alive', worker)
  if redis.call('SREM', k .. 'reading', worker) == 1 then
    redis.call('HINCRBY', k .. 'meta', 'changes', 1)
  end
  redis.call('HDEL', w, 'token', 'reply')
end

-- Whether this server would drop keys for want of memory: its policy then.
-- Looked at again every few seconds, and by whoever is master next.
local policy, policy_seen
local function dropping_policy(now)
  if policy ~= 'noeviction' or now - policy_seen >= 5000 or now < policy_seen
  then
    policy = string.match(redis.call('INFO', 'memory'),
                          'maxmemory_policy:([%w%-]+)')
    policy_seen = now
  end
  return policy and policy ~= 'noeviction' and policy
end

-- Time with a worker.
local function hear(k, now, lease)
  local meta = k .. 'meta'
  local heard = tonumber(redis.call('HGET', meta, 'heard') or now)
  redis.call('HINCRBY', meta, 'worked',
             math.max(0, math.min(now - heard, lease)))
  redis.call('HSET', meta, 'heard', now)
end

local function end_old_leases(k, now)
  local old = redis.call('ZRANGEBYSCORE', k .. 'alive', '-inf', now,
                         'WITHSCORES', 'LIMIT', 0, 10)
  for i = 1, #old, 2 do end_leases(k, old[i], tonumber(old[i + 1])) end
end

-- join(worker, lease, seed, version, settings, outputs, delay, shards, begun,
-- stay, max_pages, reads, place): a worker begins, or begins anew; here if it stays, else its leases of
-- before end. `shards`: 0 for as many as there are. Of a shard behind the first
-- `begun` is that one's, with a '+' before it if this one must be there.
local function join(keys, args)
  local k = keys[1]
  local worker, lease, seed, version = args[1], args[2], args[3], args[4]
  local meta = k .. 'meta'
  local kind = redis.call('TYPE', meta).ok
  if kind ~= 'none' and kind ~= 'hash' then return {'foreign'} end
  local now = now_ms()
  local begun, stays = args[9], args[10] == '1'
  local must_be = string.sub(begun, 1, 1) == '+'
  if must_be then begun = string.sub(begun, 2) end
  local has = redis.call('HMGET', meta, 'crawl', 'settings', 'seed', 'begun',
                         'shards', 'whole', 'max_pages')
  if kind == 'none' then
    if must_be then return {'gone'} end
    has = {version, args[5], seed, begun ~= '' and begun or tostring(now),
           args[8] ~= '0' and args[8] or '1', false, args[11]}
    redis.call('HSET', meta, 'crawl', version, 'settings', args[5], 'seed', seed,
               'begun', has[4], 'shards', has[5], 'max_pages', args[11],
               'allowed', begun == '' and args[11] or 0)
  end
  if not has[1] then return {'foreign'} end
  if has[1] ~= version then return {'version', has[1]} end
  if begun ~= '' and begun ~= has[4] then return {'gone'} end
  if has[2] ~= args[5] then return {'settings', has[2]} end
  if args[8] ~= '0' and args[8] ~= has[5] then return {'shards', has[5]} end
  end_old_leases(k, now)
  local w = k .. 'w:' .. worker
  local before = redis.call('HGET', w, 'outputs')
  if before and before ~= args[6] then return {'outputs', before} end
  -- Whoever had its outputs before is gone, since their file is locked by the
  -- caller: if it is the same file.
  local had = redis.call('HMGET', w, 'token', 'place', 'seen')
  if had[1] then
    if had[2] and had[2] ~= args[13] then
      local ends = tonumber(redis.call('ZSCORE', k .. 'alive', worker) or now)
      return {'busy', had[1] .. ' ' .. (had[3] or ''), ends - now}
    end
    end_leases(k, worker, now)
  end
  redis.call('HDEL', w, 'left')
  -- The limit may be raised. What is more is the first shard's.
  local most, given = tonumber(has[7] or 0), tonumber(args[11])
  if most > 0 and (given == 0 or given > most) then
    redis.call('HSET', meta, 'max_pages', given)
    if given > 0 and not string.find(k, '/', 1, true) then
      redis.call('HINCRBY', meta, 'allowed', given - most)
    end
    redis.call('HINCRBY', meta, 'changes', 1)
    most = given
  end
  local positions = redis.call('HGET', w, 'positions')
  local answer = {'ok', '', has[3], has[4], positions or '',
                  positions and '1' or '0', has[5], has[6] or '',
                  tostring(most)}
  if not stays then return answer end
  local token = redis.call('HINCRBY', meta, 'token', 1)
  redis.call('HSET', w, 'token', token, 'seq', 0, 'outputs', args[6],
             'delay', args[7], 'place', args[13])
  redis.call('SADD', k .. 'workers', worker)
  if args[12] == '1' then redis.call('SADD', k .. 'reading', worker) end
  -- Time without any worker is none of the crawl's.
  if redis.call('ZCARD', k .. 'alive') == 0 then
    redis.call('HDEL', meta, 'heard')
  end
  redis.call('ZADD', k .. 'alive', now + tonumber(lease), worker)
  redis.call('DEL', k .. 'seat')
  answer[2] = tostring(token)
  return answer
end

-- URLs wait at their hosts: host -> entries. A host where others wait is leased,
-- or waits for a worker.
local function queue(k, waiting, now)
  for host, entries in pairs(waiting) do
    local key = k .. 'q:' .. host
    local length = in_parts('RPUSH', key, entries)
    if length == #entries or #entries > 1000 then
      local h = redis.call('HMGET', k .. 'h:' .. host, 'worker', 'next')
      if not h[1] or h[1] == '' then
        redis.call('ZADD', k .. 'ready', 'NX', tonumber(h[2] or now), host)
      end
    end
  end
end

local function add_seed(k, hash, url)
  if redis.call('SADD', k .. 'seeded', hash) == 1 then
    redis.call('RPUSH', k .. 'seeds', url)
  end
end

-- URLs that nobody knew are to wait at their hosts: how many that are. Of each host
-- it, a chunk of its URLs or '', how many there are, and of each bucket, hash and
-- URL. Where most are known the chunk is more than the others by themselves.
local function find_all(k, waiting, words)
  local at, sum, known = 1, 0, k .. 'k:'
  while words[at] do
    local host, chunk, all = words[at], words[at + 1], words[at + 2]
    at = at + 3
    local signs, fresh, size = {}, {}, 0
    for i = 1, all do
      signs[i] = '0'
      if redis.call('SADD', known .. words[at], words[at + 1]) == 1 then
        signs[i] = '1'
        fresh[#fresh + 1] = words[at + 2]
        size = size + #words[at + 2]
      end
      at = at + 3
    end
    sum = sum + #fresh
    if chunk == '' or #chunk + all >= size then
      for _, url in ipairs(fresh) do gather(waiting, host, url) end
    elseif #fresh == all then
      gather(waiting, host, 'Z' .. all .. ':' .. chunk)
    else
      gather(waiting, host, 'z' .. table.concat(signs) .. ':' .. chunk)
    end
  end
  return sum
end

-- The URL of the first page with this body, '' if that is this page.
local function first_with_body(k, digest, url)
  local b = k .. 'b:' .. string.sub(digest, 1, 4)
  local rest = string.sub(digest, 5)
  if redis.call('HSETNX', b, rest, url) == 1 then return '' end
  local first = redis.call('HGET', b, rest)
  return first ~= url and first or ''
end

-- Writes messages to other shards: shard -> messages.
local function send(k, mail, now)
  for shard, messages in pairs(mail) do
    local key = k .. 'o:' .. shard
    if redis.call('EXISTS', key) == 0 then
      redis.call('HSET', k .. 'meta', 'since:' .. shard, now)
    end
    in_parts('RPUSH', key, messages)
  end
end

-- The messages that this worker is to take to other shards: once there are some,
-- and nobody else has had them for less than a lease. For each shard its number,
-- that of the last message, and they. `only`: for the last of `shards` alone.
local function outbox(k, worker, shards, here, now, lease, soon, only)
  local meta = k .. 'meta'
  local all = {}
  for shard = only or 0, shards - 1 do
    local length = shard ~= here and redis.call('LLEN', k .. 'o:' .. shard) or 0
    if length > 0 then
      local has = redis.call('HMGET', meta, 'cut:' .. shard, 'since:' .. shard,
                             'lent:' .. shard)
      local lent_until, to = string.match(has[3] or '', '^(%d+) (.*)$')
      local is_free = not lent_until or to == worker or tonumber(lent_until) <= now
      if is_free and (soon or length >= 16 or now - tonumber(has[2] or 0) >= 1500)
      then
        redis.call('HSET', meta, 'lent:' .. shard, (now + lease) .. ' ' .. worker)
        local messages = redis.call('LRANGE', k .. 'o:' .. shard, 0, 127)
        all[#all + 1] = {shard, tonumber(has[1] or 0) + #messages, messages}
      end
    end
  end
  return all
end

-- How many pages more may be handed out; a number if there is a limit. `totals`:
-- what is counted and not written.
local function spare(k, totals, max_pages, shards)
  if max_pages == 0 then return end
  local used = redis.call('HMGET', k .. 'meta', 'records', 'out', 'allowed')
  return (shards > 1 and tonumber(used[3] or 0) or max_pages) -
         tonumber(used[1] or 0) - (totals.records or 0) -
         tonumber(used[2] or 0) - (totals.out or 0)
end

-- Messages up to that number are where they belong: how many that were.
local function cut_outbox(k, shard, upto, now)
  local meta = k .. 'meta'
  local cut = tonumber(redis.call('HGET', meta, 'cut:' .. shard) or 0)
  local by = math.min(upto - cut, redis.call('LLEN', k .. 'o:' .. shard))
  if by <= 0 then return 0 end
  redis.call('LTRIM', k .. 'o:' .. shard, by, -1)
  redis.call('HSET', meta, 'cut:' .. shard, cut + by, 'since:' .. shard, now)
  redis.call('HDEL', meta, 'lent:' .. shard)
  return by
end
