#include "store/redis/redis_leases.hpp"

#include "base/text.hpp"

namespace loquat::store {
namespace {

// KEYS: the lease, the last fence.  ARGV: holder, milliseconds.  Gives the value that is kept.
constexpr RedisScript acquire_one{R"lua(
local held = redis.call('GET', KEYS[1])
if held then
    if string.sub(held, string.find(held, ' ', 1, true) + 1) == ARGV[1] then
        redis.call('PEXPIRE', KEYS[1], ARGV[2])
    end
    return held
end
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local fence = string.format('%.0f', math.max(last + 1, time[1] * 1000000 + time[2]))
redis.call('SET', KEYS[2], fence)
redis.call('SET', KEYS[1], fence .. ' ' .. ARGV[1], 'PX', ARGV[2])
return fence .. ' ' .. ARGV[1]
)lua"};

// KEYS: the lease.  ARGV: its value, milliseconds; none: it is given back.
constexpr RedisScript change_one{R"lua(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    return 0
end
if ARGV[2] then
    return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('DEL', KEYS[1])
)lua"};

constexpr const char* fence_key = "lease.fence";

std::string value_of(const Lease& lease) {
    return std::to_string(lease.fence) + " " + lease.holder;
}

std::optional<Lease> read_lease(std::string name, std::string_view value) {
    const std::size_t space = value.find(' ');
    const auto fence = parse_number(value.substr(0, space));
    if (space == std::string_view::npos || !fence) {
        throw Failure{Kind::internal, "store.internal", "The store has something else there.",
                      std::move(name)};
    }
    return Lease{std::move(name), std::string{value.substr(space + 1)},
                 static_cast<std::int64_t>(*fence)};
}

}  // namespace

Task<std::optional<Lease>> RedisLeases::acquire(std::string name, std::string holder,
                                                std::chrono::milliseconds time) {
    std::vector<std::string> keys{name, fence_key};
    std::vector<std::string> args{holder, std::to_string(time.count())};
    const RedisReply said =
        co_await redis_.run(acquire_one, std::move(keys), std::move(args), deadline());
    std::optional<Lease> lease = read_lease(std::move(name), said.text);
    if (lease->holder != holder) {
        lease.reset();
    }
    co_return lease;
}

Task<bool> RedisLeases::renew(Lease lease, std::chrono::milliseconds time) {
    std::vector<std::string> keys{lease.name};
    std::vector<std::string> args{value_of(lease), std::to_string(time.count())};
    const RedisReply said =
        co_await redis_.run(change_one, std::move(keys), std::move(args), deadline());
    co_return said.integer == 1;
}

Task<bool> RedisLeases::release(Lease lease) {
    std::vector<std::string> keys{lease.name};
    std::vector<std::string> args{value_of(lease)};
    const RedisReply said =
        co_await redis_.run(change_one, std::move(keys), std::move(args), deadline());
    co_return said.integer == 1;
}

Task<std::optional<Lease>> RedisLeases::find(std::string name) {
    std::vector<std::string> args{"GET", name};
    const RedisReply said = co_await redis_.call(std::move(args), deadline());
    if (said.type == RedisReply::Type::nil) {
        co_return std::nullopt;
    }
    co_return read_lease(std::move(name), said.text);
}

}  // namespace loquat::store
