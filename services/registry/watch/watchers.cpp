#include "services/registry/watch/watchers.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/random_text.hpp"
#include "base/text.hpp"
#include "net/http/sse.hpp"
#include "services/registry/watch/view.hpp"
#include "wire/codec.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t instances_each_event = 100;
constexpr std::size_t changes_each_piece = 256;
constexpr std::size_t told_max = 4'096;

std::string make_epoch() {
    std::string epoch = random_text(9);
    std::ranges::replace(epoch, '-', 'a');  // which parts it from the version
    return epoch;
}

template <class Event>
std::string event_of(const Event& event, std::string_view id = {}) {
    return net::http::to_sse({.event = Event::event_type, .data = wire::encode(event), .id = id});
}

}  // namespace

std::optional<WatchPlace> read_place(std::string_view text) {
    const std::size_t dash = text.find('-');
    WatchPlace place;
    if (dash != std::string_view::npos) {
        place.epoch = text.substr(0, dash);
        text.remove_prefix(dash + 1);
    }
    const auto version = parse_number(text);
    if (!version) {
        return std::nullopt;
    }
    place.version = *version;
    return place;
}

// One watcher.
class Watchers::Stream final : public net::http::BodySource {
  public:
    Stream(Watchers& owner, std::optional<WatchPlace> from, std::vector<Held> holders)
        : owner_(owner), lives_(owner.lives_), holders_(std::move(holders)) {
        const bool may_go_on = from && from->version > 0 &&
                               (from->epoch.empty() || from->epoch == owner.epoch_) &&
                               owner.book_.changes_since(from->version).has_value();
        if (may_go_on) {
            cursor_ = from->version;
            state_ = State::live;
        }
        owner_.streams_.insert(this);
    }

    ~Stream() override {
        if (*lives_) {
            owner_.streams_.erase(this);
            let_go();
        }
    }

    Task<std::optional<std::string>> next() override {
        while (!is_over_ && !owner_.is_closed_) {
            std::string piece = read();
            if (!piece.empty()) {
                co_return piece;
            }
            const Steady due = std::chrono::steady_clock::now() + owner_.rules_.beat;
            const bool is_woken = co_await woken_.wait_until(due);
            if (!is_woken) {
                std::string beat;
                net::http::append_sse_comment(beat, "");
                co_return beat;
            }
        }
        co_return std::nullopt;
    }

    void on_client_gone() override {
        is_over_ = true;
        if (*lives_) {
            let_go();
        }
        woken_.set();
    }

    void wake() { woken_.set(); }

  private:
    enum class State : std::uint8_t { reset, snapshot, live };

    std::string read() {
        switch (state_) {
            case State::reset:
                state_ = State::snapshot;
                after_ = {};
                cursor_ = owner_.book_.version();
                return event_of(contracts::RegistryReset{.epoch = owner_.epoch_,
                                                         .instances = owner_.book_.size()});
            case State::snapshot:
                return read_snapshot();
            case State::live:
                break;
        }
        std::string changes = read_changes();
        return changes.empty() && !is_current_ ? current() : changes;
    }

    // From where the last piece ended: what comes or goes meanwhile is told as a change after it.
    std::string read_snapshot() {
        contracts::RegistryInstances some;
        const auto& apps = owner_.book_.apps();
        for (auto app = apps.lower_bound(after_.first);
             app != apps.end() && some.items.size() < instances_each_event; ++app) {
            auto entry = app->first == after_.first ? app->second.upper_bound(after_.second)
                                                    : app->second.begin();
            for (; entry != app->second.end() && some.items.size() < instances_each_event;
                 ++entry) {
                some.items.push_back(view_of(entry->second));
                after_ = {app->first, entry->first};
            }
        }
        if (some.items.empty()) {
            state_ = State::live;
            return current();
        }
        return event_of(some);
    }

    std::string current() {
        is_current_ = true;
        return event_of(contracts::RegistryCurrent{.epoch = owner_.epoch_, .version = cursor_},
                        owner_.epoch_ + "-" + std::to_string(cursor_));
    }

    std::string read_changes() {
        if (cursor_ == owner_.book_.version()) {
            return {};
        }
        auto changes = owner_.book_.changes_since(cursor_);
        if (!changes) {
            state_ = State::reset;
            is_current_ = false;
            return read();
        }
        std::string piece;
        const std::size_t size = std::min(changes->size(), changes_each_piece);
        for (std::size_t i = 0; i < size; ++i) {
            piece += *owner_.text_of((*changes)[i]);
            cursor_ = (*changes)[i].version;
        }
        return piece;
    }

    void let_go() {
        for (const Held& one : std::exchange(holders_, {})) {
            owner_.book_.let_go(one.app, one.id, {owner_.clock_.now(), owner_.clock_.steady()});
        }
    }

    Watchers& owner_;
    std::shared_ptr<bool> lives_;
    std::vector<Held> holders_;
    State state_ = State::reset;
    std::uint64_t cursor_ = 0;
    std::pair<std::string, std::string> after_;  // of the snapshot
    aio::Signal woken_;
    bool is_current_ = false;  // and was told so
    bool is_over_ = false;
};

Watchers::Watchers(aio::Loop& loop, InstanceBook& book, const Clock& clock, Rules rules)
    : loop_(loop), book_(book), clock_(clock), rules_(rules), epoch_(make_epoch()) {}

Watchers::~Watchers() { *lives_ = false; }

std::unique_ptr<net::http::BodySource> Watchers::watch(std::optional<WatchPlace> from,
                                                       std::vector<Held> holders) {
    if (streams_.size() >= rules_.watchers_max || is_closed_) {
        throw Failure{Kind::unavailable, "registry.too_many_watchers",
                      "The registry has as many watchers as it may."};
    }
    for (const Held& one : holders) {
        if (book_.find_entry(one.app, one.id) == nullptr) {
            throw Failure{Kind::not_found, "registry.unknown_instance",
                          "There is no such instance: register it first."};
        }
    }
    for (const Held& one : holders) {
        book_.hold(one.app, one.id, {clock_.now(), clock_.steady()});
    }
    return std::make_unique<Stream>(*this, std::move(from), std::move(holders));
}

void Watchers::notice() {
    if (noticed_ == book_.version() || is_waking_) {
        return;
    }
    is_waking_ = true;
    loop_.defer([this, lives = lives_] {
        if (!*lives) {
            return;
        }
        is_waking_ = false;
        noticed_ = book_.version();
        for (Stream* stream : streams_) {
            stream->wake();
        }
    });
}

void Watchers::close() {
    is_closed_ = true;
    for (Stream* stream : streams_) {
        stream->wake();
    }
}

std::shared_ptr<const std::string> Watchers::text_of(const InstanceBook::Change& change) {
    const auto known = std::ranges::lower_bound(told_, change.version, {}, &Told::version);
    if (known != told_.end() && known->version == change.version) {
        return known->text;
    }
    auto text = std::make_shared<const std::string>(
        event_of(view_of(change, epoch_), epoch_ + "-" + std::to_string(change.version)));
    told_.insert(known, {change.version, text});
    if (told_.size() > told_max) {
        told_.pop_front();
    }
    return text;
}

}  // namespace loquat::registry
