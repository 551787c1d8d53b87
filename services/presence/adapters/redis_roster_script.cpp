#include "services/presence/adapters/redis_roster_script.hpp"

namespace loquat::presence {
namespace {

// ARGV: how much later it is, lease, grace (milliseconds), how many are remembered.
constexpr const char* rules = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
local lease, grace, remembered = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])

local function text(number) return string.format('%.0f', number) end

local function person_of(user)
    local kept = redis.call('HGET', 'presence.people', user)
    if not kept then return 'offline', 'offline', '0', false end
    local state, told, seen = string.match(kept, '^(%a+) (%a+) (%d+)$')
    return state, told, seen, true
end

local function keep(user, state, told, seen)
    redis.call('HSET', 'presence.people', user, state .. ' ' .. told .. ' ' .. seen)
end

local function settle(user)
    local connections, away, watching = 0, 0, false
    for _, seat in ipairs(redis.call('HVALS', 'presence.seats.' .. user)) do
        local c, a, w = string.match(seat, '^(%d+) (%d+) (%d)$')
        connections, away = connections + c, away + a
        watching = watching or w == '1'
    end
    local moved
    if watching then
        moved = redis.call('SADD', 'presence.watchers', user)
    else
        moved = redis.call('SREM', 'presence.watchers', user)
    end
    if moved == 1 then redis.call('SADD', 'presence.watching', user) end
    local state, told, seen = person_of(user)
    if connections > 0 then
        redis.call('ZREM', 'presence.leaving', user)
        redis.call('ZREM', 'presence.offline', user)
        keep(user, away == connections and 'away' or 'online', told, text(now))
        redis.call('SADD', 'presence.changed', user)
    elseif state ~= 'offline' and not redis.call('ZSCORE', 'presence.leaving', user) then
        keep(user, state, told, text(now))
        redis.call('ZADD', 'presence.leaving', text(now + grace), user)
    end
end

local function empty(node)
    local users = redis.call('HKEYS', 'presence.node.' .. node)
    redis.call('DEL', 'presence.node.' .. node)
    for _, user in ipairs(users) do
        redis.call('HDEL', 'presence.seats.' .. user, node)
        settle(user)
    end
end
)lua";

// ARGV besides: node, 1 when it tells everything, then person, connections, away, watching of each.
constexpr const char* report = R"lua(
local node, is_whole = ARGV[5], ARGV[6] == '1'
local until_ = redis.call('ZSCORE', 'presence.nodes', node)
local is_known = until_ and tonumber(until_) > now
if not is_known and not is_whole then return 0 end
if is_whole then empty(node) end
redis.call('ZADD', 'presence.nodes', text(now + lease), node)
for i = 7, #ARGV, 4 do
    local user, connections = ARGV[i], tonumber(ARGV[i + 1])
    if connections > 0 then
        local seat = ARGV[i + 1] .. ' ' .. ARGV[i + 2] .. ' ' .. ARGV[i + 3]
        redis.call('HSET', 'presence.node.' .. node, user, seat)
        redis.call('HSET', 'presence.seats.' .. user, node, seat)
    else
        redis.call('HDEL', 'presence.node.' .. node, user)
        redis.call('HDEL', 'presence.seats.' .. user, node)
    end
    settle(user)
end
return 1
)lua";

// ARGV besides: the instance.  Gives 1 when it is a new teller, who listens from now on (to a new
// one all who listen), who no longer does, the changes (person, state, seen), and how many people
// are remembered; false when another one is the teller.
constexpr const char* turn = R"lua(
local teller = redis.call('GET', 'presence.teller')
if teller and teller ~= ARGV[5] then return false end
redis.call('SET', 'presence.teller', ARGV[5], 'PX', 3000)

for _, node in ipairs(redis.call('ZRANGEBYSCORE', 'presence.nodes', '-inf', text(now))) do
    empty(node)
    redis.call('ZREM', 'presence.nodes', node)
end
for _, user in ipairs(redis.call('ZRANGEBYSCORE', 'presence.leaving', '-inf', text(now))) do
    local _, told, seen = person_of(user)
    redis.call('ZREM', 'presence.leaving', user)
    keep(user, 'offline', told, seen)
    redis.call('SADD', 'presence.changed', user)
    redis.call('ZADD', 'presence.offline', seen, user)
end

local began, ended, changes = {}, {}, {}
local watching = redis.call('SMEMBERS', 'presence.watching')
redis.call('DEL', 'presence.watching')
if teller then
    for _, user in ipairs(watching) do
        local is_there = redis.call('SISMEMBER', 'presence.watchers', user) == 1
        table.insert(is_there and began or ended, user)
    end
else
    began = redis.call('SMEMBERS', 'presence.watchers')
end

local changed = redis.call('SMEMBERS', 'presence.changed')
redis.call('DEL', 'presence.changed')
for _, user in ipairs(changed) do
    local state, told, seen, is_known = person_of(user)
    if is_known and state ~= told then
        keep(user, state, state, seen)
        table.insert(changes, user)
        table.insert(changes, state)
        table.insert(changes, seen)
    end
end

local too_many = redis.call('ZCARD', 'presence.offline') - remembered
if too_many > 0 then
    for _, user in ipairs(redis.call('ZRANGE', 'presence.offline', 0, too_many - 1)) do
        redis.call('ZREM', 'presence.offline', user)
        redis.call('HDEL', 'presence.people', user)
    end
end
return {teller and 0 or 1, began, ended, changes, redis.call('HLEN', 'presence.people')}
)lua";

}  // namespace

std::string report_script() { return std::string{rules} + report; }
std::string turn_script() { return std::string{rules} + turn; }

}  // namespace loquat::presence
