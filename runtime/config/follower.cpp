#include "runtime/config/follower.hpp"

#include <utility>

#include "aio/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "runtime/calls/caller_header.hpp"
#include "runtime/tls/platform_tls.hpp"

namespace loquat::runtime {
namespace {

constexpr auto vote_time_max = std::chrono::seconds{2};
// A server of Spring's may be replaced by one that tells.
constexpr auto silent_pause = std::chrono::seconds{60};
const LogContext here{.service = "platform"};

// The server sends a comment every ten seconds.
net::http::ClientConfig client_config() {
    return {.connect_time_max = std::chrono::milliseconds{1'000},
            .head_time_max = std::chrono::milliseconds{5'000},
            .body_stall_max = std::chrono::milliseconds{25'000}};
}

bool is_same(const contracts::ConfigState& a, const contracts::ConfigState& b) {
    return wire::encode(a.settings) == wire::encode(b.settings);
}

}  // namespace

ConfigFollower::ConfigFollower(aio::Loop& loop, Parts parts)
    : loop_(loop),
      parts_(std::move(parts)),
      client_(loop, parts_.tls.for_calls(client_config(), "config")),
      scope_(loop, "config-follower") {}

void ConfigFollower::start() { scope_.start(run()); }
Task<void> ConfigFollower::stop() { co_await scope_.close(); }

void ConfigFollower::note_away(const std::string& problem) {
    if (!std::exchange(is_away_, true)) {
        log_warn(here, "the config server is away, what it said last holds",
                 {{"problem", problem}});
    }
}

Task<void> ConfigFollower::run() {
    aio::Backoff backoff{std::chrono::milliseconds{100}, std::chrono::milliseconds{3'000}};
    for (std::size_t next = 0;; ++next) {
        const std::string& url = parts_.server.urls[next % parts_.server.urls.size()];
        auto address = parse_config_server(url);
        if (address) {
            std::string problem = "it ended the stream";
            id_.clear();
            try {
                co_await follow(*std::move(address));
            } catch (const Failure& failure) {
                problem = failure.message;
            }
            if (!id_.empty()) {
                backoff.reset();
            }
            note_away(hide_credentials(url) + ": " + problem);
        }
        co_await loop_.sleep_for(backoff.next());
    }
}

void ConfigFollower::add_key(net::http::ClientRequest& request) const {
    if (!parts_.key.empty()) {
        request.headers.append(std::string{internal_key_field}, parts_.key);
    }
}

Task<void> ConfigFollower::follow(ConfigServerAddress address) {
    net::http::ClientRequest request =
        request_to(address, "/api/config/follow?" + parts_.server.query() +
                                "&instance=" + percent_encode(parts_.instance));
    add_key(request);
    net::http::EventSource source{client_, std::move(request), Steady::max()};
    const int status = co_await source.open();
    if (status == 404) {
        if (!std::exchange(is_away_, true)) {
            log_info(here, "the config server tells no changes: they are read when asked for",
                     {{"address", address.shown}, {"by", "POST /actuator/refresh or SIGHUP"}});
        }
        co_await loop_.sleep_for(silent_pause);
        co_return;
    }
    if (!source.is_stream()) {
        throw Failure{Kind::unavailable, "config.server_away",
                      status == 403 ? "it has another platform.internal_key than this process, "
                                      "or wants a certificate"
                                    : describe_refusal(status, source.refusal())};
    }
    while (true) {
        const std::vector<net::http::SseItem> items = co_await source.next();
        if (items.empty()) {
            co_return;
        }
        for (const net::http::SseItem& item : items) {
            co_await take(item, address);
        }
    }
}

Task<void> ConfigFollower::take(const net::http::SseItem& item,
                                const ConfigServerAddress& address) {
    const wire::Value data = wire::parse(item.data);
    if (item.event == contracts::ConfigHello::event_type) {
        const auto hello = wire::decode<contracts::ConfigHello>(data);
        co_await take_hello(hello, address);
    } else if (item.event == contracts::ConfigProposal::event_type) {
        proposed_ = wire::decode<contracts::ConfigProposal>(data).state;
        Judgement judged = judge(*proposed_);
        contracts::ConfigVote answer{.follower = id_,
                                     .change = proposed_->change,
                                     .verdict = judged.problems.empty()
                                                    ? contracts::ConfigVerdict::accepts
                                                    : contracts::ConfigVerdict::refuses,
                                     .problems = std::move(judged.problems),
                                     .waiting = std::move(judged.waiting)};
        co_await vote(std::move(answer), address);
    } else if (item.event == contracts::ConfigApplied::event_type) {
        const auto applied = wire::decode<contracts::ConfigApplied>(data);
        if (proposed_ && proposed_->change == applied.change) {
            apply(*std::exchange(proposed_, std::nullopt));
        }
    } else if (item.event == contracts::ConfigDropped::event_type) {
        proposed_.reset();
    } else if (item.event == contracts::ConfigRefresh::event_type) {
        parts_.refresh();
    }
}

Task<void> ConfigFollower::take_hello(const contracts::ConfigHello& hello,
                                      const ConfigServerAddress& address) {
    id_ = hello.follower;
    if (std::exchange(is_away_, false)) {
        log_info(here, "the config server is there again", {{"address", address.shown}});
    }
    if (parts_.current && is_same(*parts_.current, hello.state)) {
        co_return;
    }
    Judgement judged = judge(hello.state);
    contracts::ConfigVote answer{.follower = id_,
                                 .change = hello.state.change,
                                 .verdict = judged.problems.empty()
                                                ? contracts::ConfigVerdict::applied
                                                : contracts::ConfigVerdict::refuses,
                                 .problems = judged.problems,
                                 .waiting = std::move(judged.waiting)};
    if (judged.problems.empty()) {
        apply(hello.state);
    }
    co_await vote(std::move(answer), address);
}

ConfigFollower::Judgement ConfigFollower::judge(const contracts::ConfigState& state) const {
    Judgement judged = parts_.judge(state);
    for (const std::string& problem : judged.problems) {
        log_error(here, "a change of the configuration is refused, the old one stays",
                  {{"problem", problem}});
    }
    return judged;
}

void ConfigFollower::apply(const contracts::ConfigState& state) {
    parts_.apply(state);
    parts_.current = state;
}

Task<void> ConfigFollower::vote(contracts::ConfigVote vote, const ConfigServerAddress& address) {
    net::http::ClientRequest request = request_to(address, "/api/config/votes");
    request.method = "POST";
    request.body = wire::encode(vote);
    request.replay = net::http::Replay::allowed;
    request.headers.append("Content-Type", "application/json");
    add_key(request);
    std::string problem;
    try {
        co_await client_.request(std::move(request),
                                 std::chrono::steady_clock::now() + vote_time_max);
    } catch (const Failure& failure) {
        problem = failure.message;
    }
    if (!problem.empty()) {
        log_warn(here, "the config server did not take a vote", {{"problem", problem}});
    }
}

}  // namespace loquat::runtime
