#include "runtime/calls/neighbour_wait.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::runtime {
namespace {

using std::chrono::seconds;

constexpr seconds told_every{5};

// Also what those say who have asked in vain so often that they leave it alone for a while.
bool is_not_there_yet(const Failure& failure) {
    constexpr std::array<std::string_view, 6> passing{
        "upstream.unavailable",  "upstream.timeout", "upstream.closed",
        "upstream.circuit_open", "upstream.busy",    "server.restarting"};
    return std::ranges::find(passing, failure.code) != passing.end();
}

std::string place_of(const Neighbour& neighbour) {
    return neighbour.url.empty() ? "any address that a registry told" : neighbour.url;
}

Failure given_up(const Neighbour& neighbour, seconds waited, const Failure& last) {
    const bool is_found = neighbour.url.empty();
    return {Kind::unavailable, "upstream.not_there",
            neighbour.service + " did not answer at " + place_of(neighbour) + " within " +
                std::to_string(waited.count()) + " s. Start it (loquat serve " + neighbour.service +
                "), or correct " + (is_found ? "platform.registry." : "platform.urls."),
            last.message + (last.detail.empty() ? "" : " (" + last.detail + ")")};
}

}  // namespace

bool is_told_to_stop() {
    sigset_t pending;
    sigemptyset(&pending);
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1);
}

Task<void> wait_for_neighbour(aio::Loop& loop, Neighbour neighbour,
                              std::function<Task<void>()> ask) {
    const Steady begun = std::chrono::steady_clock::now();
    Steady tell_at = begun;
    while (true) {
        std::optional<Failure> failure;
        try {
            co_await ask();
        } catch (const Failure& thrown) {
            failure = thrown;
        }
        if (!failure) {
            co_return;
        }
        if (!is_not_there_yet(*failure)) {
            throw std::move(*failure);
        }
        const Steady now = std::chrono::steady_clock::now();
        const auto waited = std::chrono::duration_cast<seconds>(now - begun);
        if (now + neighbour.pause - begun > neighbour.limit || is_told_to_stop()) {
            throw given_up(neighbour, waited, *failure);
        }
        if (now >= tell_at) {
            log_info({.service = "platform"}, "waiting for a service of another process",
                     {{"for", neighbour.service},
                      {"at", place_of(neighbour)},
                      {"seconds", waited.count()},
                      {"at_most", neighbour.limit.count()}});
            tell_at = now + told_every;
        }
        co_await loop.sleep_for(neighbour.pause);
    }
}

}  // namespace loquat::runtime
