#include "services/gateway/limits/redis_limits.hpp"

#include <algorithm>
#include <cmath>

#include "base/ids.hpp"
#include "base/log.hpp"

namespace loquat::gateway {
namespace {

// One number per caller, in microseconds of the server's clock: when the caller will have used
// nothing again (services/gateway/domain/gcra.hpp).  A stored one is never believed beyond a whole
// burst from now: after a clock that went back nobody is locked out for longer.  Times as texts:
// Lua would shorten them.  KEYS: the caller, the edges.  ARGV: interval and burst of the rate; this
// edge; how long an edge lives.  Gives whether it is let through, what was used before
// (microseconds) and how many edges there are.
constexpr store::RedisScript count_one{R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local room = interval * tonumber(ARGV[2])
local stored = tonumber(redis.call('GET', KEYS[1]) or '0') - now
local used = math.max(0, math.min(stored, room))
local allowed = used + interval <= room + 0.5 and 1 or 0
local after = used + allowed * interval
if allowed == 1 or stored > room then
    redis.call('SET', KEYS[1], string.format('%.0f', now + after), 'PX', math.ceil(after / 1000) + 1)
end
local life = tonumber(ARGV[4]) * 1000
local seen = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[3]) or '0')
if seen + life / 4 < now or seen > now then
    redis.call('ZADD', KEYS[2], now, ARGV[3])
    redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - life)
    redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
return {allowed, string.format('%.0f', used), redis.call('ZCARD', KEYS[2])}
)lua"};

constexpr const char* edges_key = "limits.edges";

// What is limited and who, as the same text in every process; ids and addresses are any bytes.
std::string name_of(const LimitKey& key) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name = "limit." + std::to_string(key.what) + ".";
    for (const char one : key.who) {
        const auto byte = static_cast<unsigned char>(one);
        name += digits[byte >> 4U];
        name += digits[byte & 15U];
    }
    return name;
}

std::string microseconds_of(std::chrono::nanoseconds time) {
    return std::to_string(static_cast<double>(time.count()) / 1'000);
}

}  // namespace

RedisLimits::RedisLimits(store::RedisClient& redis, RedisLimitsOptions options)
    : redis_(redis), options_(options), edge_(Uuid::make().to_string()), here_(options.keys_max) {}

std::optional<Verdict> RedisLimits::take(const LimitKey& key, const Rate& rate, Steady now) {
    if (!rate.is_limited()) {
        return Verdict{};
    }
    const bool is_away = now.time_since_epoch().count() < away_until_.load();
    if (is_away || !redis_.is_up()) {
        return decide_here(key, rate, now);
    }
    return find_refusal(name_of(key), now);
}

Task<Verdict> RedisLimits::ask(LimitCount count) {
    std::optional<Verdict> verdict;
    std::string why;
    try {
        verdict = co_await ask_redis(count);
    } catch (const Failure& failure) {
        why = failure.code;
    }
    if (verdict) {
        co_return *verdict;
    }
    const Steady until = count.now + options_.pause;
    if (away_until_.exchange(until.time_since_epoch().count()) <
        count.now.time_since_epoch().count()) {
        log_warn({.service = "gateway"}, "limits are counted here for a while", {{"code", why}});
    }
    co_return decide_here(count.key(), count.rate, count.now);
}

Task<Verdict> RedisLimits::ask_redis(const LimitCount& count) {
    const std::string key = name_of(count.key());
    std::vector<std::string> keys{key, edges_key};
    std::vector<std::string> args{microseconds_of(count.rate.interval()),
                                  std::to_string(count.rate.burst), edge_,
                                  std::to_string(options_.edge_gone.count())};
    const Steady deadline = std::chrono::steady_clock::now() + options_.answer_max;
    const store::RedisReply said =
        co_await redis_.run(count_one, std::move(keys), std::move(args), deadline);
    if (said.items.size() != 3) {
        throw Failure{Kind::internal, "store.internal", "The store has answered something else."};
    }
    edges_.store(std::max(1, static_cast<int>(said.items[2].integer)), std::memory_order_relaxed);
    // The same arithmetic as in one process, seen from the server's now.
    std::int64_t used_ns = std::stoll(said.items[1].text) * 1'000;
    const bool is_allowed = said.items[0].integer == 1;
    const std::int64_t interval = count.rate.interval().count();
    if (is_allowed) {
        used_ns = std::min(used_ns, interval * (count.rate.burst - 1));
    }
    Verdict verdict = check_rate(count.rate, 0, used_ns);
    verdict.is_allowed = is_allowed;
    if (!is_allowed) {
        verdict.remaining = 0;
        verdict.retry_after = std::max(verdict.retry_after, std::chrono::seconds{1});
        const std::int64_t room = interval * count.rate.burst;
        const std::chrono::nanoseconds wait{std::max<std::int64_t>(0, used_ns + interval - room)};
        keep_refusal(key, {count.now + wait, verdict}, count.now);
    }
    co_return verdict;
}

Verdict RedisLimits::decide_here(const LimitKey& key, Rate rate, Steady now) {
    const int edges = edges_.load(std::memory_order_relaxed);
    const Rate share{std::max(1, rate.per_minute / edges), std::max(1, rate.burst / edges)};
    return here_.decide(key, share, now);
}

std::optional<Verdict> RedisLimits::find_refusal(const std::string& key, Steady now) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    const auto found = shard.refusals.find(key);
    if (found == shard.refusals.end()) {
        return std::nullopt;
    }
    if (found->second.until <= now) {
        shard.refusals.erase(found);
        return std::nullopt;
    }
    const auto left = std::chrono::ceil<std::chrono::seconds>(found->second.until - now);
    Verdict verdict = found->second.verdict;
    verdict.reset -= std::min(verdict.reset, verdict.retry_after - left);
    verdict.retry_after = left;
    return verdict;
}

void RedisLimits::keep_refusal(const std::string& key, Refusal refusal, Steady now) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock{shard.mutex};
    if (shard.refusals.size() >= refusals_max) {
        std::erase_if(shard.refusals, [now](const auto& one) { return one.second.until <= now; });
    }
    if (shard.refusals.size() < refusals_max) {
        shard.refusals.insert_or_assign(key, refusal);
    }
}

}  // namespace loquat::gateway
