#include "apps/loquat/chat_answer.hpp"

#include "aio/backoff.hpp"
#include "aio/scope.hpp"
#include "base/text.hpp"

namespace loquat::app {
namespace {

using contracts::Generation;
using net::http::EventSource;
using net::http::SseItem;

constexpr std::chrono::milliseconds look_every{50};
constexpr std::chrono::seconds away_max{60};

const std::string* find_text(const wire::Value& value, std::string_view name) {
    const wire::Value* member = value.find(name);
    return member != nullptr ? member->if_string() : nullptr;
}

class Watch {
  public:
    Watch(ChatServer& server, Screen& screen, const Interrupts& interrupts, AnswerPlace place)
        : server_(server),
          screen_(screen),
          interrupts_(interrupts),
          place_(std::move(place)),
          target_("/api/generations/" + place_.id),
          scope_(server.loop(), "chat"),
          look_([this] { look(); }) {}

    Task<WatchedAnswer> run() {
        std::exception_ptr failed;
        WatchedAnswer watched;
        look();
        try {
            co_await read_to_end();
            watched.has_left = has_left_;
            if (!has_left_) {
                watched.generation = co_await server_.get<Generation>(target_);
                print_rest(watched.generation.text);
            }
        } catch (...) {
            failed = std::current_exception();
        }
        look_.stop();
        co_await scope_.close();
        screen_.print(std::exchange(held_, {}));
        screen_.end_line();
        if (failed) {
            std::rethrow_exception(failed);
        }
        co_return watched;
    }

  private:
    // Until `done`, or until the reader leaves.
    Task<void> read_to_end() {
        aio::Backoff backoff{std::chrono::milliseconds{200}, std::chrono::seconds{5}};
        Steady away_since = Steady::max();
        while (!is_done_ && !has_left_) {
            const std::int64_t before = place_.last_event_id;
            std::optional<Failure> failed;
            try {
                co_await read_once();
            } catch (const Failure& failure) {
                failed = failure;
            }
            source_.reset();
            if (is_done_ || has_left_) {
                co_return;
            }
            // A place that the server does not know: it lost the last moments; what it has is read
            // whole.
            if (failed && failed->code == "generation.no_such_event") {
                co_return;
            }
            if (failed && failed->kind != Kind::unavailable && failed->kind != Kind::timed_out) {
                throw *failed;
            }
            const Steady now = std::chrono::steady_clock::now();
            if (place_.last_event_id > before || away_since == Steady::max()) {
                screen_.note("The connection was lost; coming back ...");
                backoff.reset();
                away_since = now;
            }
            if (now > away_since + away_max) {
                throw failed.value_or(
                    Failure{Kind::unavailable, "upstream.unavailable", "The answer broke off."});
            }
            co_await server_.loop().sleep_for(backoff.next());
        }
    }

    Task<void> read_once() {
        source_ = co_await server_.open_stream(target_ + "/stream", place_.last_event_id);
        is_done_ = source_ == nullptr;  // all of it was read
        while (!is_done_ && !has_left_) {
            const std::vector<SseItem> items = co_await source_->next();
            if (items.empty()) {
                co_return;
            }
            for (const SseItem& item : items) {
                take(item);
            }
        }
    }

    void take(const SseItem& item) {
        const wire::Value data = wire::parse(item.data);
        if (const auto id = parse_number(item.id)) {
            place_.last_event_id = static_cast<std::int64_t>(*id);
        }
        const std::string* type = find_text(data, "type");
        if (type == nullptr) {
            return;
        }
        if (const std::string* delta = find_text(data, "delta");
            *type == "delta" && delta != nullptr) {
            place_.shown_bytes += delta->size();
            show(*delta);
        } else if (*type == "reset") {
            take_back();
        } else if (const std::string* words = find_text(data, "message");
                   *type == "notice" && words != nullptr) {
            screen_.note(*words);
        } else if (*type == "state") {
            tell_state(data);
        }
        is_done_ = is_done_ || *type == "done";
    }

    void tell_state(const wire::Value& data) {
        const std::string* state = find_text(data, "state");
        const wire::Value* position = data.find("queue_position");
        if (state != nullptr && *state == "queued" && position != nullptr && !position->is_null()) {
            screen_.note("Waiting for the answers before it: number " + wire::to_json(*position) +
                         " in line.");
        }
    }

    // To a file only what stays: nothing can be taken back there.
    void show(std::string_view text) {
        if (screen_.is_terminal()) {
            screen_.print(text);
        } else {
            held_ += text;
        }
    }

    void take_back() {
        if (std::exchange(place_.shown_bytes, 0) > 0 && screen_.is_terminal()) {
            screen_.note("That was the model thinking aloud. Its answer:");
        }
        held_.clear();
    }

    void print_rest(const std::string& text) {
        screen_.print(std::exchange(held_, {}));
        if (text.size() > place_.shown_bytes) {
            screen_.print(std::string_view{text}.substr(place_.shown_bytes));
        }
    }

    void look() {
        const int count = interrupts_.count();
        if (count > 0 && !std::exchange(is_canceled_, true)) {
            screen_.note("Canceling; Ctrl-C again to leave.");
            scope_.start(cancel());
        }
        if (count > 1 && !std::exchange(has_left_, true) && source_) {
            source_->cancel();
        }
        look_.start(server_.loop(), look_every);
    }

    Task<void> cancel() {
        std::optional<Failure> failed;
        try {
            co_await server_.call("POST", target_ + "/cancel", "{}");
        } catch (const Failure& failure) {
            failed = failure;
        }
        if (failed) {
            screen_.note("It could not be canceled: " + failed->message);
        }
    }

    ChatServer& server_;
    Screen& screen_;
    const Interrupts& interrupts_;
    AnswerPlace place_;
    std::string target_;
    aio::Scope scope_;
    aio::Timer look_;
    std::string held_;  // until the answer has ended
    std::unique_ptr<EventSource> source_;
    bool is_done_ = false;
    bool is_canceled_ = false;
    bool has_left_ = false;
};

}  // namespace

Task<WatchedAnswer> watch_answer(ChatServer& server, Screen& screen, const Interrupts& interrupts,
                                 AnswerPlace place) {
    const auto watch = std::make_unique<Watch>(server, screen, interrupts, std::move(place));
    co_return co_await watch->run();
}

}  // namespace loquat::app
