#include "services/registry/peers/catch_up.hpp"

#include "aio/backoff.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"
#include "services/registry/peers/tasks.hpp"

namespace loquat::registry {
namespace {

enum class Heard { everything, has_nothing, ask_again };

struct Outcome {
    Heard heard = Heard::ask_again;
    std::size_t instances = 0;
};

Task<Outcome> ask(PeerPort& peer, InstanceBook& book, const Clock& clock, Steady deadline) {
    try {
        const PeerAnswer answer = co_await peer.fetch_all(deadline);
        if (answer.status != 200) {
            co_return Outcome{answer.is_starting ? Heard::has_nothing : Heard::ask_again};
        }
        std::vector<Instance> all = read_all(answer.body, clock.now());
        const std::size_t count = all.size();
        for (Instance& instance : all) {
            book.add(std::move(instance), Origin::peer, {clock.now(), clock.steady()});
        }
        co_return Outcome{Heard::everything, count};
    } catch (const Failure& failure) {
        log_info({.service = "registry"}, "a peer does not say what it knows",
                 {{"peer", peer.name()},
                  {"problem", failure.detail.empty() ? failure.message : failure.detail}});
        const bool is_absent = failure.code == "upstream.unavailable";
        co_return Outcome{is_absent ? Heard::has_nothing : Heard::ask_again};
    }
}

}  // namespace

Task<std::size_t> catch_up(aio::Loop& loop, std::span<PeerPort* const> peers, InstanceBook& book,
                           const Clock& clock, Steady deadline) {
    aio::Backoff backoff{std::chrono::milliseconds{50}, std::chrono::milliseconds{1'000}};
    while (std::chrono::steady_clock::now() < deadline) {
        bool must_ask_again = false;
        for (PeerPort* peer : peers) {
            const Outcome outcome = co_await ask(*peer, book, clock, deadline);
            if (outcome.heard == Heard::everything) {
                co_return outcome.instances;
            }
            must_ask_again = must_ask_again || outcome.heard == Heard::ask_again;
        }
        if (!must_ask_again) {
            break;
        }
        co_await loop.sleep_for(backoff.next());
    }
    co_return 0;
}

}  // namespace loquat::registry
