#include "services/chat/adapters/segment_files.hpp"

#include <algorithm>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/folder/numbered_files.hpp"

namespace loquat::chat {
namespace {

namespace fs = std::filesystem;

// Beside the records a row's number counts what frames them.
std::uint64_t bytes_of(const std::string& record) { return record.size() + store::frame_overhead; }

}  // namespace

SegmentFiles::Open::Open(const fs::path& path) : file(path, [](std::string_view) {}) {}

SegmentFiles::SegmentFiles(FileJournalOptions options) : options_(std::move(options)) {
    find_left();
}

SegmentFiles::~SegmentFiles() {
    try {
        for (const Segment& segment : segments_) {
            store::File{path_of(segment.number), store::FileMode::write}.sync();
        }
        store::sync_folder(options_.folder);
    } catch (const Failure& failure) {
        log_warn({.service = "chat"}, "the journal could not be forced to the disk",
                 {{"error", failure.what()}});
    }
}

fs::path SegmentFiles::path_of(std::uint64_t number) const {
    return options_.folder / (std::to_string(number) + std::string{store::numbered_suffix});
}

void SegmentFiles::find_left() {
    const store::FilesStamp& stamp = options_.stamp;
    const store::NumberedFiles left = store::examine_numbered(options_.folder, stamp);
    if (!left.wrong.empty()) {
        throw left.wrong.front();
    }
    store::make_folder(options_.folder);
    for (const fs::path& path : left.forgotten) {
        store::remove_file(path);
    }
    const bool is_known = stamp.end->value() > 0;
    std::uint64_t expected = left.files.empty() ? 0 : left.files.front().number;
    for (const store::NumberedFile& file : left.files) {
        if (file.number != expected) {
            log_error({.service = "chat"}, "a part of the journal is missing",
                      {{"file", path_of(expected).string()}});
        }
        expected = file.number + 1;
        const std::uint64_t begin = last_row_;
        last_row_ += fs::file_size(path_of(file.number));
        last_bytes_ = file.bytes;
        segments_.push_back({file.number, begin, last_row_});
        if (!is_known && file.is_unnamed) {
            stamp.unnamed->raise(file.number);
        }
    }
    if (!is_known && !segments_.empty()) {
        stamp.end->raise(store::to_mark({.number = expected - 1, .bytes = last_bytes_}));
    }
    stamp.first->raise(segments_.empty() ? next_number() : segments_.front().number);
}

// Numbers are never given twice, so that an older file is not taken for one that is needed.
std::uint64_t SegmentFiles::next_number() const {
    const std::uint64_t known = store::to_files_end(options_.stamp.end->value()).number;
    return std::max(known, segments_.empty() ? 0 : segments_.back().number) + 1;
}

void SegmentFiles::begin_segment() {
    const std::uint64_t number = next_number();
    const std::uint64_t before = segments_.empty() ? 0 : last_bytes_;
    open_.emplace(path_of(number));
    open_->head = store::encode_head(
        {.folder = options_.stamp.folder, .number = number, .before_bytes = before});
    segments_.push_back({number, last_row_, last_row_});
}

// Its encoder takes for known what was not written.  One without a row is not kept: the next one
// gets its number.
void SegmentFiles::give_up_segment() {
    const bool has_rows = open_->head.empty();
    open_.reset();
    if (!has_rows) {
        const fs::path path = path_of(segments_.back().number);
        segments_.pop_back();
        store::remove_file(path);
    }
}

std::uint64_t SegmentFiles::append(const JournalParts& parts) {
    if (open_ && open_->file.size() >= options_.segment_bytes) {
        open_.reset();
    }
    if (!open_) {
        begin_segment();
    }
    const std::vector<std::string> records = open_->encoder.encode(parts);
    std::vector<std::string_view> views;
    if (!open_->head.empty()) {
        views.emplace_back(open_->head);
    }
    views.insert(views.end(), records.begin(), records.end());
    try {
        open_->file.append(views);
    } catch (const Failure&) {
        give_up_segment();
        throw;
    }
    open_->head.clear();
    for (const std::string& record : records) {
        last_row_ += bytes_of(record);
    }
    last_bytes_ = open_->file.size();
    segments_.back().end = last_row_;
    // Before anybody is told.
    options_.stamp.end->raise(
        store::to_mark({.number = segments_.back().number, .bytes = last_bytes_}));
    return last_row_;
}

void SegmentFiles::trim(std::uint64_t before) {
    forgotten_ = std::max(forgotten_, before);
    const auto kept =
        std::ranges::find_if(segments_, [&](const Segment& one) { return one.end >= before; });
    if (kept == segments_.begin()) {
        return;
    }
    if (kept == segments_.end()) {
        open_.reset();
    }
    // Before they are gone: what is missing and needed stops a start.
    options_.stamp.first->raise(kept == segments_.end() ? next_number() : kept->number);
    while (!segments_.empty() && segments_.front().end < before) {
        store::remove_file(path_of(segments_.front().number));
        segments_.pop_front();
    }
}

std::deque<std::string> SegmentFiles::records_of(std::uint64_t segment) const {
    std::deque<std::string> records;
    try {
        const store::AppendFile file{path_of(segment), [&](std::string_view record) {
                                         if (!store::is_head(record)) {
                                             records.emplace_back(record);
                                         }
                                     }};
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
