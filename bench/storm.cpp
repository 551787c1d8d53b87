#include "bench/storm.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "bench/samples.hpp"
#include "bench/stomp_connection.hpp"

namespace loquat::bench {
namespace {

// Nothing takes longer, or the run has failed.
constexpr std::chrono::seconds patience{60};

Steady now() { return std::chrono::steady_clock::now(); }

std::chrono::milliseconds milliseconds_of(double seconds) {
    return std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)};
}

// The header `seq` of a message; 0 where there is none.
std::int64_t seq_of(std::string_view frame) {
    constexpr std::string_view name = "\nseq:";
    const std::size_t at = frame.find(name);
    if (at == std::string_view::npos) {
        return 0;
    }
    const std::string_view rest = frame.substr(at + name.size());
    return parse_number(rest.substr(0, rest.find('\n'))).value_or(0);
}

// What one of a room has seen of its messages.
class Seen {
  public:
    void note(std::int64_t seq) {
        gaps_ += seq > last_ + 1 ? 1 : 0;
        repeated_ += seq <= last_ ? 1 : 0;
        last_ = std::max(last_, seq);
    }
    std::int64_t last() const { return last_; }
    std::uint64_t gaps() const { return gaps_; }
    std::uint64_t repeated() const { return repeated_; }

  private:
    std::int64_t last_ = 0;
    std::uint64_t gaps_ = 0;
    std::uint64_t repeated_ = 0;
};

class Guest final : public RoomListener {
  public:
    Guest(aio::Loop& loop, StompLogin login) : loop_(loop), login_(std::move(login)) { renew(); }

    void on_message(std::string_view raw) override { seen_.note(seq_of(raw)); }
    void on_event(std::string_view raw) override {
        resyncs_ += raw.find("\"type\":\"resync\"") != std::string_view::npos ? 1 : 0;
    }
    void cut() { connection_->leave(); }
    // Tries until it is there, with what it has missed.
    Task<void> come(Steady deadline) {
        for (;;) {
            renew();
            bool has_failed = false;
            try {
                co_await connection_->open(deadline);
                co_await connection_->subscribe(deadline);
            } catch (const Failure&) {
                has_failed = true;
            }
            if (!has_failed) {
                co_return;
            }
            ++tries_;
            if (now() > deadline) {
                throw Failure{Kind::timed_out, "bench.not_back", connection_->why_closed()};
            }
            co_await loop_.sleep_for(std::chrono::milliseconds{50});
        }
    }

    const Seen& seen() const { return seen_; }
    std::uint64_t resyncs() const { return resyncs_; }
    std::uint64_t tries() const { return tries_; }

  private:
    void renew() {
        login_.last_seq = seen_.last();
        connection_ = std::make_unique<StompConnection>(loop_, login_);
        connection_->listen(*this);
    }

    aio::Loop& loop_;
    StompLogin login_;
    std::unique_ptr<StompConnection> connection_;
    Seen seen_;
    std::uint64_t resyncs_ = 0;
    std::uint64_t tries_ = 0;  // that failed
};

// Sends, and measures how long it takes until its own message is back.
class Other final : public RoomListener {
  public:
    Other(StompConnection& connection, std::size_t index)
        : connection_(connection), mark_("o" + std::to_string(index) + " ") {
        connection.listen(*this);
    }

    void on_message(std::string_view raw) override {
        head_ = std::max(head_, seq_of(raw));
        const std::string_view text = connection_.text_of(raw).substr(0, 60);
        if (!text.starts_with(mark_)) {
            return;
        }
        const std::string_view number = text.substr(mark_.size());
        if (const auto sent = parse_number(number.substr(0, number.find(' ')))) {
            latency_->add(now().time_since_epoch() - std::chrono::nanoseconds{*sent});
            ++heard_;
        }
    }
    void send(Samples& latency) {
        latency_ = &latency;
        ++sent_;
        connection_.send(mark_ + std::to_string(now().time_since_epoch().count()) + " hello");
    }
    std::int64_t head() const { return head_; }
    bool is_waiting() const { return heard_ < sent_; }

  private:
    StompConnection& connection_;
    std::string mark_;
    Samples* latency_ = nullptr;
    std::int64_t head_ = 0;
    std::uint64_t sent_ = 0;
    std::uint64_t heard_ = 0;
};

StompLogin login_of(const StormOptions& options, std::size_t index) {
    return {.target = options.target,
            .token = options.tokens[index % options.tokens.size()],
            .chat_id = options.chats[index % options.chats.size()],
            .destination = {},
            .last_seq = 0};
}

// The others, on a thread of their own: what they wait for is the server, and not the guests who
// come back.
class Talk {
  public:
    explicit Talk(const StormOptions& options) : options_(options), thread_([this] { serve(); }) {
        ready_.get_future().get();
    }

    ~Talk() { is_talking_ = false; }
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;

    void begin_storm() { during_ = &stormy_; }
    // Until everybody has heard what was sent, or for long enough.
    void end() {
        is_talking_ = false;
        thread_.join();
    }

    // After the end.
    const Samples& calm() const { return calm_; }
    const Samples& stormy() const { return stormy_; }
    std::uint64_t closed() const { return closed_; }
    std::int64_t head_of(std::size_t room) const {
        std::int64_t head = 0;
        for (std::size_t i = room; i < others_.size(); i += options_.chats.size()) {
            head = std::max(head, others_[i]->head());
        }
        return head;
    }

  private:
    void serve() {
        aio::Loop loop{"talk"};
        loop.spawn(run(loop));
        loop.run();
        crowd_.clear();
    }
    Task<void> run(aio::Loop& loop) {
        bool is_open = false;
        try {
            for (std::size_t index = 0; index < options_.others; ++index) {
                auto made = std::make_unique<StompConnection>(loop, login_of(options_, index));
                others_.push_back(std::make_unique<Other>(*made, index));
                crowd_.push_back(std::move(made));
            }
            co_await open_all(loop, crowd_, crowd_.size());
            is_open = true;
            ready_.set_value();
            co_await keep_talking(loop);
            co_await settle(loop);
            closed_ = count_closed(crowd_);
        } catch (...) {
            if (!is_open) {
                ready_.set_exception(std::current_exception());
            }
        }
        loop.stop();
    }
    Task<void> keep_talking(aio::Loop& loop) {
        const auto apart = std::chrono::duration_cast<std::chrono::nanoseconds>(
            std::chrono::duration<double>(1 / options_.messages_per_second));
        Steady next = now();
        std::size_t turn = 0;
        while (is_talking_) {
            for (; next <= now(); next += apart) {
                others_[turn++ % others_.size()]->send(*during_);
            }
            co_await loop.sleep_for(std::chrono::milliseconds{2});
        }
    }
    Task<void> settle(aio::Loop& loop) {
        const Steady end = now() + patience;
        const auto is_waiting = [](const auto& other) { return other->is_waiting(); };
        while (now() < end && std::ranges::any_of(others_, is_waiting)) {
            co_await loop.sleep_for(std::chrono::milliseconds{20});
        }
    }

    const StormOptions& options_;
    Crowd crowd_;
    std::vector<std::unique_ptr<Other>> others_;
    Samples calm_;
    Samples stormy_;
    std::atomic<Samples*> during_ = &calm_;
    std::atomic<bool> is_talking_ = true;
    std::uint64_t closed_ = 0;
    std::promise<void> ready_;
    std::jthread thread_;  // uses the rest
};

class Storm {
  public:
    Storm(aio::Loop& loop, StormOptions options) : loop_(loop), options_(std::move(options)) {}

    Task<wire::Value> run() {
        for (std::size_t index = 0; index < options_.guests; ++index) {
            guests_.push_back(std::make_unique<Guest>(loop_, login_of(options_, index)));
        }
        co_await come_all();
        coming_.clear();
        Talk talk{options_};
        co_await loop_.sleep_for(milliseconds_of(options_.calm_seconds));
        talk.begin_storm();
        cut_ = now();
        for (const auto& guest : guests_) {
            guest->cut();
        }
        co_await loop_.sleep_for(milliseconds_of(options_.away_seconds));
        co_await come_all();
        const std::chrono::duration<double> took = now() - cut_;
        talk.end();
        co_await settle(talk);
        co_return result(talk, took.count());
    }

  private:
    Task<void> come_some() {
        while (next_ < guests_.size()) {
            Guest& guest = *guests_[next_++];
            co_await guest.come(now() + patience);
            coming_.add(now() - cut_);
        }
    }
    Task<void> come_all() {
        next_ = 0;
        aio::Scope scope{loop_, "coming"};
        for (std::size_t i = 0; i < std::min(options_.at_once, guests_.size()); ++i) {
            scope.start(come_some());
        }
        const Steady end = now() + patience;
        while (scope.size() > 0 && now() < end) {
            co_await loop_.sleep_for(std::chrono::milliseconds{2});
        }
        co_await scope.close();
    }

    std::uint64_t whole(const Talk& talk) const {
        std::uint64_t count = 0;
        for (std::size_t i = 0; i < guests_.size(); ++i) {
            const Seen& seen = guests_[i]->seen();
            const std::int64_t head = talk.head_of(i % options_.chats.size());
            count += seen.gaps() == 0 && seen.last() == head ? 1 : 0;
        }
        return count;
    }
    // Until everybody has heard everything, or for long enough.
    Task<void> settle(const Talk& talk) {
        const Steady end = now() + patience;
        while (now() < end && whole(talk) < guests_.size()) {
            co_await loop_.sleep_for(std::chrono::milliseconds{100});
        }
    }

    wire::Value result(const Talk& talk, double back_seconds) const {
        std::uint64_t resyncs = 0;
        std::uint64_t repeated = 0;
        std::uint64_t tries = 0;
        for (const auto& guest : guests_) {
            resyncs += guest->resyncs();
            repeated += guest->seen().repeated();
            tries += guest->tries();
        }
        return wire::Object{{"guests", static_cast<std::uint64_t>(guests_.size())},
                            {"whole", whole(talk)},
                            {"resyncs", resyncs},
                            {"repeated", repeated},
                            {"failed_tries", tries},
                            {"back_seconds", back_seconds},
                            {"back", coming_.to_value()},
                            {"others_calm", talk.calm().to_value()},
                            {"others_storm", talk.stormy().to_value()},
                            {"closed", talk.closed()}};
    }

    aio::Loop& loop_;
    StormOptions options_;
    std::vector<std::unique_ptr<Guest>> guests_;
    std::size_t next_ = 0;
    Steady cut_{};
    Samples coming_;  // since the cut
};

}  // namespace

Task<wire::Value> measure_storm(aio::Loop& loop, StormOptions options) {
    Storm storm{loop, std::move(options)};
    co_return co_await storm.run();
}

}  // namespace loquat::bench
