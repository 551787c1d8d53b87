#include "services/chat/generations/journal_writer.hpp"

#include <algorithm>

#include "aio/yield.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::chat {
namespace {

constexpr int tries_max = 3;
constexpr std::chrono::milliseconds retry_pause{20};
// Rows are removed when they take this much, or when none is needed.
constexpr std::uint64_t trim_bytes = 1024 * 1024;
}  // namespace

void JournalWriter::note(const LivePtr& live, GenerationEvent event) {
    if (live->journal_error) {
        return;
    }
    if (event.kind == EventKind::reset && !drop_unwritten(*live)) {
        return;
    }
    const bool goes_on = event.kind == EventKind::delta && !live->pending.empty() &&
                         live->pending.back().kind == EventKind::delta;
    if (goes_on) {
        live->pending.back().delta += event.delta;
    } else {
        live->pending.push_back(std::move(event));
    }
    if (!std::exchange(live->is_noted, true)) {
        noted_.push_back(live);
    }
    if (!std::exchange(is_writing_, true)) {
        parts_.scope.start(write_all());
    }
}

// What nobody has been shown needs no taking back.  False when that was all.
bool JournalWriter::drop_unwritten(Live& live) {
    std::erase_if(live.pending,
                  [](const GenerationEvent& one) { return one.kind == EventKind::delta; });
    return live.is_being_written || !live.record.text.empty();
}

Task<void> JournalWriter::flush(LivePtr live) {
    while (live->is_noted || live->is_being_written) {
        co_await live->written.wait();
    }
}

Task<void> JournalWriter::write_all() {
    co_await aio::yield();
    while (!noted_.empty()) {
        auto lives = std::exchange(noted_, {});
        co_await write_batch(std::move(lives));
        if (last_row_ - carried_ >= parts_.kept_bytes_max / 8) {
            carried_ = last_row_;
            co_await carry_old();
        }
    }
    is_writing_ = false;
}

Task<void> JournalWriter::write_batch(std::vector<LivePtr> lives) {
    auto written = std::make_shared<JournalParts>();
    JournalParts& parts = *written;
    parts.reserve(lives.size());
    for (const LivePtr& live : lives) {
        const std::int64_t input = live->record.context ? live->record.context->tokens : 0;
        parts.push_back({live->record.id, live->told + 1, input, std::exchange(live->pending, {})});
        live->is_noted = false;
        live->is_being_written = true;
    }
    std::exception_ptr error;
    const Steady began = std::chrono::steady_clock::now();
    try {
        const std::uint64_t row = co_await append(written);
        parts_.metrics.flush.observe(std::chrono::steady_clock::now() - began);
        tell(lives, parts, row);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        give_up(lives, error);
    }
}

// The same row twice does no harm: events have numbers.
Task<std::uint64_t> JournalWriter::append(JournalPartsPtr parts) {
    for (int tries = 1;; ++tries) {
        std::exception_ptr error;
        try {
            co_return co_await parts_.journal.append(parts);
        } catch (const Failure&) {
            error = std::current_exception();
        }
        parts_.metrics.journal_failures.add();
        if (tries == tries_max) {
            std::rethrow_exception(error);
        }
        co_await aio::Loop::current().sleep_for(retry_pause);
    }
}

void JournalWriter::tell(std::vector<LivePtr>& lives, const JournalParts& parts,
                         std::uint64_t row) {
    last_row_ = row;
    for (std::size_t i = 0; i < lives.size(); ++i) {
        Live& live = *lives[i];
        if (live.first_row == 0) {
            begin_at(lives[i], row);
        }
        for (const GenerationEvent& event : parts[i].events) {
            parts_.publisher.tell(live, event);
        }
        live.is_being_written = false;
        live.written.set();
    }
}

void JournalWriter::give_up(std::vector<LivePtr>& lives, std::exception_ptr error) {
    const std::string what = aio::describe(error);
    log_error({.service = "chat"}, "events of answers could not be written down",
              {{"error", what}, {"generations", lives.size()}});
    for (const LivePtr& live : lives) {
        live->journal_error = error;
        live->pending.clear();
        live->is_being_written = false;
        parts_.on_failed(live);
        live->written.set();
    }
}

void JournalWriter::begin_at(const LivePtr& live, std::uint64_t row) {
    by_first_row_.erase({live->first_row, live->record.id});
    live->first_row = row;
    by_first_row_.emplace(std::pair{row, live->record.id}, live);
}

std::uint64_t JournalWriter::first_needed() const {
    return by_first_row_.empty() ? last_row_ + 1 : by_first_row_.begin()->first.first;
}

void JournalWriter::forget(const Live& live) {
    by_first_row_.erase({live.first_row, live.record.id});
    const std::uint64_t needed = first_needed();
    const bool is_worth_it = needed >= trimmed_ + trim_bytes || by_first_row_.empty();
    if (is_worth_it && needed > trimmed_ && !std::exchange(is_trimming_, true)) {
        parts_.scope.start(trim());
    }
}

// Those in the older half of what is kept, when it is too much.
std::vector<LivePtr> JournalWriter::list_old() const {
    std::uint64_t text_bytes = 0;
    for (const auto& [at, live] : by_first_row_) {
        text_bytes += live->record.text.size();
    }
    const std::uint64_t bound = std::max(parts_.kept_bytes_max, 4 * text_bytes);
    std::vector<LivePtr> old;
    if (last_row_ - first_needed() < bound || by_first_row_.empty()) {
        return old;
    }
    for (const auto& [at, live] : by_first_row_) {
        if (last_row_ - at.first < bound / 2) {
            break;
        }
        old.push_back(live);
    }
    return old;
}

// Nothing of them is on its way into the journal: batches are written by the same task.
Task<void> JournalWriter::carry_old() {
    for (const LivePtr& live : list_old()) {
        auto whole = std::make_shared<JournalParts>();
        const std::int64_t input = live->record.context ? live->record.context->tokens : 0;
        whole->push_back({live->record.id, 1, input, told_events(live->record)});
        std::exception_ptr error;
        try {
            const std::uint64_t row = co_await append(whole);
            last_row_ = row;
            if (by_first_row_.contains({live->first_row, live->record.id})) {
                begin_at(live, row);
            }
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            co_return;
        }
    }
}

Task<void> JournalWriter::trim() {
    const std::uint64_t needed = first_needed();
    std::exception_ptr error;
    try {
        co_await parts_.journal.trim(needed);
        trimmed_ = needed;
    } catch (const Failure&) {
        error = std::current_exception();
    }
    is_trimming_ = false;
    if (error) {
        const std::string what = aio::describe(error);
        log_warn({.service = "chat"}, "the journal could not be trimmed", {{"error", what}});
    }
}

}  // namespace loquat::chat
