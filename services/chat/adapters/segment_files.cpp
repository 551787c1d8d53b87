#include "services/chat/adapters/segment_files.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"

namespace loquat::chat {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".journal";

// Beside the records a row's number counts what frames them.
std::uint64_t bytes_of(const std::string& record) { return record.size() + store::frame_overhead; }

}  // namespace

SegmentFiles::Open::Open(const fs::path& path) : file(path, [](std::string_view) {}) {}

SegmentFiles::SegmentFiles(FileJournalOptions options) : options_(std::move(options)) {
    store::make_folder(options_.folder);
    find_left();
}

fs::path SegmentFiles::path_of(std::uint64_t number) const {
    return options_.folder / (std::to_string(number) + std::string{suffix});
}

void SegmentFiles::find_left() {
    for (const fs::directory_entry& entry : fs::directory_iterator{options_.folder}) {
        const auto number = parse_number(entry.path().stem().string());
        if (number && entry.path().extension() == suffix) {
            segments_.push_back({*number, 0, entry.file_size()});
        }
    }
    std::ranges::sort(segments_, {}, &Segment::number);
    std::uint64_t expected = segments_.empty() ? 0 : segments_.front().number;
    for (Segment& segment : segments_) {
        if (segment.number != expected) {
            log_error({.service = "chat"}, "a part of the journal is missing",
                      {{"file", path_of(expected).string()}});
        }
        expected = segment.number + 1;
        segment.begin = last_row_;
        last_row_ += segment.end;
        segment.end = last_row_;
    }
}

void SegmentFiles::begin_segment() {
    const std::uint64_t number = segments_.empty() ? 1 : segments_.back().number + 1;
    open_.emplace(path_of(number));
    segments_.push_back({number, last_row_, last_row_});
}

std::uint64_t SegmentFiles::append(const JournalParts& parts) {
    if (open_ && open_->file.size() >= options_.segment_bytes) {
        open_.reset();
    }
    if (!open_) {
        begin_segment();
    }
    const std::vector<std::string> records = open_->encoder.encode(parts);
    const std::vector<std::string_view> views{records.begin(), records.end()};
    try {
        open_->file.append(views);
    } catch (const Failure&) {
        // Its encoder takes for known what was not written.
        open_.reset();
        throw;
    }
    for (const std::string& record : records) {
        last_row_ += bytes_of(record);
    }
    segments_.back().end = last_row_;
    return last_row_;
}

void SegmentFiles::trim(std::uint64_t before) {
    forgotten_ = std::max(forgotten_, before);
    while (!segments_.empty() && segments_.front().end < before) {
        if (segments_.size() == 1) {
            open_.reset();
        }
        store::remove_file(path_of(segments_.front().number));
        segments_.pop_front();
    }
}

std::deque<std::string> SegmentFiles::records_of(std::uint64_t segment) const {
    std::deque<std::string> records;
    try {
        const store::AppendFile file{
            path_of(segment), [&](std::string_view record) { records.emplace_back(record); }};
    } catch (const Failure& failure) {
        if (failure.code != "store.damaged") {
            throw;
        }
        log_error({.service = "chat"},
                  "the journal is damaged; answers that were being written may lack an end that "
                  "was seen",
                  {{"error", failure.what()}});
    }
    return records;
}

std::unique_ptr<SegmentFiles::Cursor> SegmentFiles::make_cursor(std::uint64_t after) const {
    const auto found =
        std::ranges::find_if(segments_, [&](const Segment& one) { return one.end > after; });
    if (found == segments_.end()) {
        return nullptr;
    }
    auto cursor = std::make_unique<Cursor>();
    cursor->segment = found->number;
    cursor->end = found->end;
    cursor->after = found->begin;
    cursor->records = records_of(found->number);
    return cursor;
}

// On in the same file when it has grown since it was read.
std::unique_ptr<SegmentFiles::Cursor> SegmentFiles::make_next_cursor() const {
    const auto found = std::ranges::lower_bound(segments_, cursor_->segment, {}, &Segment::number);
    if (found == segments_.end()) {
        return nullptr;
    }
    if (found->number == cursor_->segment && found->end == cursor_->end) {
        const auto next = found + 1;
        return next == segments_.end() ? nullptr : make_cursor(next->begin);
    }
    return make_cursor(std::max(cursor_->after, found->begin));
}

std::vector<JournalRow> SegmentFiles::read(std::uint64_t after) {
    std::vector<JournalRow> rows;
    if (!cursor_ || cursor_->after != after) {
        cursor_ = make_cursor(after);
    }
    while (cursor_ && rows.size() < GenerationJournal::read_rows_max) {
        if (cursor_->records.empty()) {
            cursor_ = make_next_cursor();
            continue;
        }
        cursor_->after += bytes_of(cursor_->records.front());
        auto parts = cursor_->decoder.decode(cursor_->records.front());
        cursor_->records.pop_front();
        if (!parts) {
            log_error({.service = "chat"}, "a row of the journal cannot be read",
                      {{"row", cursor_->after}});
        } else if (cursor_->after > after && cursor_->after >= forgotten_) {
            rows.push_back({cursor_->after, std::move(*parts)});
        }
    }
    return rows;
}

}  // namespace loquat::chat
