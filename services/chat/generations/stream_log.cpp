#include "services/chat/generations/stream_log.hpp"

#include <algorithm>

#include "aio/loop.hpp"
#include "base/check.hpp"
#include "base/failure.hpp"

namespace loquat::chat {

void wake(const StreamWaiterPtr& waiter) {
    if (aio::Loop* home = waiter->home) {
        home->post([waiter] { waiter->arrived.set(); });
    }
}

void StreamLog::append(std::string_view event_text) {
    const std::lock_guard lock{mutex_};
    if (is_withdrawn_) {
        return;
    }
    text_.append(event_text);
    ends_.push_back(static_cast<std::uint32_t>(text_.size()));
    wake_all();
}

void StreamLog::rewrite(const std::vector<std::string>& event_texts) {
    const std::lock_guard lock{mutex_};
    if (is_withdrawn_) {
        return;
    }
    LOQUAT_CHECK(event_texts.size() == ends_.size(), "events have numbers that stay");
    std::string text;
    std::vector<std::uint32_t> ends;
    ends.reserve(event_texts.size());
    for (const std::string& one : event_texts) {
        text += one;
        ends.push_back(static_cast<std::uint32_t>(text.size()));
    }
    text_ = std::move(text);
    ends_ = std::move(ends);
}

void StreamLog::close() {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
    wake_all();
}

void StreamLog::withdraw() {
    const std::lock_guard lock{mutex_};
    is_withdrawn_ = true;
    is_closed_ = true;
    text_ = {};
    ends_ = {};
    wake_all();
}

bool StreamLog::is_withdrawn() const {
    const std::lock_guard lock{mutex_};
    return is_withdrawn_;
}

// Under the lock: a reader cannot leave its loop in between.
void StreamLog::wake_all() {
    for (const StreamWaiterPtr& waiter : waiting_) {
        wake(waiter);
    }
    waiting_.clear();
}

std::int64_t StreamLog::last_event() const {
    const std::lock_guard lock{mutex_};
    return static_cast<std::int64_t>(ends_.size());
}

bool StreamLog::ends_with(std::int64_t event) const {
    const std::lock_guard lock{mutex_};
    return is_closed_ && event > 0 && static_cast<std::size_t>(event) == ends_.size();
}

std::size_t StreamLog::bytes() const {
    const std::lock_guard lock{mutex_};
    return text_.capacity() + ends_.capacity() * sizeof(std::uint32_t);
}

StreamLog::Slice StreamLog::read(std::int64_t after) const {
    const std::lock_guard lock{mutex_};
    const auto index = static_cast<std::size_t>(after);
    if (index >= ends_.size()) {
        return {{}, after, is_closed_};
    }
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    const auto first = ends_.begin() + after;
    const auto limit = static_cast<std::uint32_t>(begin + slice_bytes_max);
    const auto end = std::max(std::upper_bound(first, ends_.end(), limit), first + 1);
    return {text_.substr(begin, *(end - 1) - begin), end - ends_.begin(), false};
}

bool StreamLog::join(std::int64_t after, const StreamWaiterPtr& waiter) {
    const std::lock_guard lock{mutex_};
    if (is_closed_ || static_cast<std::size_t>(after) < ends_.size()) {
        return false;
    }
    waiting_.push_back(waiter);
    return true;
}

void StreamLog::leave(const StreamWaiterPtr& waiter) {
    const std::lock_guard lock{mutex_};
    std::erase(waiting_, waiter);
}

class StreamFeed final : public contracts::Feed<contracts::EventText> {
  public:
    StreamFeed(StreamLogPtr log, std::int64_t after, StreamReader reader)
        : log_(std::move(log)),
          after_(after),
          waiter_(std::move(reader.waiter)),
          right_(std::move(reader.right)) {}
    ~StreamFeed() override {
        right_.reset();
        log_->leave(waiter_);
    }

    Task<std::vector<contracts::EventText>> next(Steady deadline) override {
        waiter_->home = &aio::Loop::current();
        for (;;) {
            StreamLog::Slice slice = log_->read(after_);
            // After the reading: what is given was the reader's to have at that moment.
            if (is_gone_ || !right_->holds()) {
                co_return std::vector<contracts::EventText>{};
            }
            after_ = slice.last;
            if (!slice.text.empty() || slice.is_end) {
                std::vector<contracts::EventText> pieces;
                if (!slice.text.empty()) {
                    pieces.push_back({std::move(slice.text)});
                }
                co_return pieces;
            }
            if (!log_->join(after_, waiter_)) {
                continue;
            }
            const bool in_time = co_await wait(deadline);
            if (!in_time) {
                throw Failure{Kind::timed_out, "upstream.timeout", "Nothing came in time."};
            }
        }
    }

    void cancel() override {
        is_gone_ = true;
        waiter_->arrived.set();
    }

  private:
    Task<bool> wait(Steady deadline) {
        const Joined joined{*log_, waiter_};
        const bool in_time = co_await waiter_->arrived.wait_until(deadline);
        co_return in_time;
    }

    struct Joined {
        StreamLog& log;
        const StreamWaiterPtr& waiter;
        ~Joined() { log.leave(waiter); }
    };

    StreamLogPtr log_;
    std::int64_t after_;
    bool is_gone_ = false;
    StreamWaiterPtr waiter_;
    runtime::StandingRightPtr right_;
};

contracts::FeedPtr<contracts::EventText> make_stream_feed(StreamLogPtr log, std::int64_t after,
                                                          StreamReader reader) {
    return std::make_unique<StreamFeed>(std::move(log), after, std::move(reader));
}

}  // namespace loquat::chat
