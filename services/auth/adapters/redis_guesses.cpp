#include "services/auth/adapters/redis_guesses.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/jose/digest.hpp"

namespace loquat::auth {
namespace {

// An attempt that nobody ended: its instance died, or whoever asked went away.  A call has no
// longer.
constexpr std::chrono::seconds attempt_max{10};
// So long an address stays one from which the owner signed in.
constexpr std::chrono::days known_for{30};

// KEYS: pair, name and address, each with its failures and the time of the last; the attempts of
// the pair that run; when the owner signed in from there last; when the name was forgotten last;
// the instances.  ARGV: this attempt, this instance, how far the clock is ahead; the rules as
// args_of gives them.  Times are microseconds, and texts where they are kept: Lua would shorten
// them.  One that is later than now is not believed.
constexpr std::string_view head = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] + ARGV[3] * 1000
local function text(number) return string.format('%.0f', number) end
local function get(key) return tonumber(redis.call('GET', key) or '0') end
local forgotten = get(KEYS[6])
local function failures_of(key, since)
    local kept = redis.call('HMGET', key, 'failures', 'at')
    local at = math.min(tonumber(kept[2] or '0'), now)
    if at <= since then return 0, at end
    return tonumber(kept[1] or '0'), at
end
local function count(key, since)
    local failures = failures_of(key, since)
    redis.call('HSET', key, 'failures', failures + 1, 'at', text(now))
    redis.call('PEXPIRE', key, ARGV[4])
end
)lua";

// Gives whether it is admitted, how long it has to wait, and how many instances there are.
constexpr std::string_view admit_body = R"lua(
local function wait_of(key, since, free, delay_max)
    redis.call('PEXPIRE', key, ARGV[4])
    local failures, at = failures_of(key, since)
    if failures < free then return 0, failures end
    local delay = math.min(delay_max, 2 ^ math.min(failures - free, 30))
    return at + delay * 1000000 - now, failures
end
local life = tonumber(ARGV[6])
redis.call('ZADD', KEYS[7], text(now), ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', text(now - life * 1000))
redis.call('PEXPIRE', KEYS[7], life)
local instances = redis.call('ZCARD', KEYS[7])

local free = tonumber(ARGV[8])
local wait, failures = wait_of(KEYS[1], forgotten, free, tonumber(ARGV[11]))
wait = math.max(wait, (wait_of(KEYS[3], 0, tonumber(ARGV[10]), tonumber(ARGV[11]))))
local of_name = wait_of(KEYS[2], forgotten, tonumber(ARGV[9]), tonumber(ARGV[12]))
if get(KEYS[5]) <= forgotten then wait = math.max(wait, of_name) end

redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', text(now))
local at_once = failures < free and tonumber(ARGV[7]) or 1
if wait > 0 or redis.call('ZCARD', KEYS[4]) >= at_once then
    return {0, text(math.max(wait, 0)), instances}
end
redis.call('ZADD', KEYS[4], text(now + ARGV[5] * 1000), ARGV[1])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
return {1, '0', instances}
)lua";

constexpr std::string_view fail_body = R"lua(
redis.call('ZREM', KEYS[4], ARGV[1])
count(KEYS[1], forgotten)
count(KEYS[2], forgotten)
count(KEYS[3], 0)
return 1
)lua";

constexpr std::string_view succeed_body = R"lua(
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('SET', KEYS[5], text(now), 'PX', ARGV[13])
return 1
)lua";

constexpr std::string_view forget_body = R"lua(
redis.call('SET', KEYS[6], text(now), 'PX', ARGV[13])
return 1
)lua";

const store::RedisScript& script_of(std::string_view body) {
    const auto whole = [](std::string_view part) { return std::string{head}.append(part); };
    static const std::string texts[] = {whole(admit_body), whole(fail_body), whole(succeed_body),
                                        whole(forget_body)};
    static const store::RedisScript scripts[] = {{texts[0]}, {texts[1]}, {texts[2]}, {texts[3]}};
    const auto is_it = [body](const store::RedisScript& one) { return one.text.ends_with(body); };
    return *std::ranges::find_if(scripts, is_it);
}

// What was typed as a name may be a password: neither is kept as it is.
std::string digest_of(std::string_view login, std::string_view network) {
    const std::string text = std::string{login}.append(1, '\n').append(network);
    return to_hex(net::jose::sha256(text).substr(0, 16));
}

std::vector<std::string> keys_of(std::string_view login, std::string_view address) {
    const std::string network = to_network(address);
    const std::string pair = digest_of(login, network);
    const std::string name = digest_of(login, {});
    return {
        "guess.pair." + pair,    "guess.name." + name,  "guess.address." + digest_of({}, network),
        "guess.running." + pair, "guess.known." + pair, "guess.forgotten." + name,
        "guess.instances"};
}

std::string milliseconds_of(std::chrono::milliseconds time) { return std::to_string(time.count()); }

}  // namespace

RedisGuesses::RedisGuesses(store::RedisClient& redis, Options options, const Clock& clock)
    : redis_(redis),
      options_(std::move(options)),
      clock_(clock),
      instance_(Uuid::make().to_string()),
      here_(options_.rules, clock) {}

Task<Guess> RedisGuesses::admit(std::string login, std::string address) {
    std::optional<Answer> answer;
    std::string name = Uuid::make().to_string();
    if (is_asked()) {
        std::vector<std::string> keys = keys_of(login, address);
        answer = co_await ask(std::move(keys), name);
    }
    if (!answer) {
        co_return Guess{here_.admit(login, address, instances_), login, address, {}};
    }
    if (!answer->is_admitted) {
        refuse_guess(answer->wait);
    }
    co_return Guess{here_.begin(login, address), login, address, std::move(name)};
}

Task<void> RedisGuesses::fail(Guess guess) {
    guess.here.fail();
    std::vector<std::string> keys = keys_of(guess.login, guess.address);
    co_await tell(script_of(fail_body), std::move(keys), std::move(guess.shared));
}

Task<void> RedisGuesses::succeed(Guess guess) {
    guess.here.succeed();
    std::vector<std::string> keys = keys_of(guess.login, guess.address);
    co_await tell(script_of(succeed_body), std::move(keys), std::move(guess.shared));
}

Task<void> RedisGuesses::forget(std::string login) {
    here_.forget(login);
    std::vector<std::string> keys = keys_of(login, {});
    co_await tell(script_of(forget_body), std::move(keys), {});
}

Task<std::optional<RedisGuesses::Answer>> RedisGuesses::ask(std::vector<std::string> keys,
                                                            std::string name) {
    std::optional<Answer> answer;
    try {
        const store::RedisReply said =
            co_await run(script_of(admit_body), std::move(keys), std::move(name));
        if (said.items.size() != 3) {
            throw Failure{Kind::internal, "store.internal",
                          "The store has answered something else."};
        }
        answer = Answer{said.items[0].integer == 1,
                        std::chrono::microseconds{parse_number(said.items[1].text).value_or(0)}};
        instances_ = static_cast<std::uint32_t>(std::max<std::int64_t>(1, said.items[2].integer));
    } catch (const Failure& failure) {
        note_away(failure);
    }
    co_return answer;
}

Task<void> RedisGuesses::tell(const store::RedisScript& script, std::vector<std::string> keys,
                              std::string name) {
    if (!is_asked()) {
        co_return;
    }
    try {
        co_await run(script, std::move(keys), std::move(name));
    } catch (const Failure& failure) {
        note_away(failure);
    }
}

Task<store::RedisReply> RedisGuesses::run(const store::RedisScript& script,
                                          std::vector<std::string> keys, std::string name) {
    const BackOffRules& rules = options_.rules;
    const auto ahead = options_.ahead ? options_.ahead() : std::chrono::milliseconds{0};
    std::vector<std::string> args{std::move(name),
                                  instance_,
                                  milliseconds_of(ahead),
                                  milliseconds_of(rules.forget_after),
                                  milliseconds_of(attempt_max),
                                  milliseconds_of(options_.instance_gone),
                                  std::to_string(rules.at_once_max),
                                  std::to_string(rules.free_per_pair),
                                  std::to_string(rules.free_per_login),
                                  std::to_string(rules.free_per_address),
                                  std::to_string(rules.delay_max.count()),
                                  std::to_string(rules.login_delay_max.count()),
                                  milliseconds_of(known_for)};
    const Steady deadline = std::chrono::steady_clock::now() + options_.answer_max;
    return redis_.run(script, std::move(keys), std::move(args), deadline);
}

bool RedisGuesses::is_asked() const {
    return options_.rules.is_enabled && redis_.is_up() && clock_.steady() >= away_until_;
}

void RedisGuesses::note_away(const Failure& failure) {
    const Steady now = clock_.steady();
    if (away_until_ < now) {
        log_warn({.service = "auth"}, "guesses are counted here for a while",
                 {{"code", failure.code}});
    }
    away_until_ = now + options_.pause;
}

}  // namespace loquat::auth
