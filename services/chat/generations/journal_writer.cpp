#include "services/chat/generations/journal_writer.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "services/chat/turns.hpp"

namespace loquat::chat {
namespace {

constexpr int tries_max = 3;
constexpr std::chrono::milliseconds retry_pause{20};
// Rows are removed when this many can be, or when none is needed.
constexpr std::uint64_t trim_rows = 256;

}  // namespace

void JournalWriter::note(const LivePtr& live, GenerationEvent event) {
    if (live->journal_error) {
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

Task<void> JournalWriter::flush(LivePtr live) {
    while (live->is_noted || live->is_being_written) {
        co_await live->written.wait();
    }
}

Task<void> JournalWriter::write_all() {
    co_await yield();
    while (!noted_.empty()) {
        auto lives = std::exchange(noted_, {});
        co_await write_batch(std::move(lives));
    }
    is_writing_ = false;
}

Task<void> JournalWriter::write_batch(std::vector<LivePtr> lives) {
    std::vector<JournalPart> parts;
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
        const std::uint64_t row = co_await append(encode_batch(parts));
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
Task<std::uint64_t> JournalWriter::append(std::string batch) {
    for (int tries = 1;; ++tries) {
        std::exception_ptr error;
        try {
            co_return co_await parts_.journal.append(batch);
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

void JournalWriter::tell(std::vector<LivePtr>& lives, std::vector<JournalPart>& parts,
                         std::uint64_t row) {
    last_row_ = row;
    for (std::size_t i = 0; i < lives.size(); ++i) {
        Live& live = *lives[i];
        if (live.first_row == 0) {
            live.first_row = row;
            first_rows_.insert(row);
        }
        for (const GenerationEvent& event : parts[i].events) {
            parts_.teller.tell(live, event);
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

void JournalWriter::forget(const Live& live) {
    if (live.first_row != 0) {
        first_rows_.erase(first_rows_.find(live.first_row));
    }
    const std::uint64_t needed = first_rows_.empty() ? last_row_ + 1 : *first_rows_.begin();
    const bool is_worth_it = needed >= trimmed_ + trim_rows || first_rows_.empty();
    if (is_worth_it && needed > trimmed_ && !std::exchange(is_trimming_, true)) {
        parts_.scope.start(trim());
    }
}

Task<void> JournalWriter::trim() {
    const std::uint64_t needed = first_rows_.empty() ? last_row_ + 1 : *first_rows_.begin();
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
