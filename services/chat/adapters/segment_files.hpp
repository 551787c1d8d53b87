#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/chat/adapters/file_journal.hpp"
#include "services/chat/adapters/journal_form.hpp"
#include "store/file/append_file.hpp"

namespace loquat::chat {

// The segments of the journal, on one thread.  Fails as open_file_journal says.
class SegmentFiles {
  public:
    explicit SegmentFiles(FileJournalOptions options);
    // Forces what is left: a clean end says that it is there.
    ~SegmentFiles();
    SegmentFiles(const SegmentFiles&) = delete;
    SegmentFiles& operator=(const SegmentFiles&) = delete;

    std::uint64_t append(const JournalParts& parts);
    void trim(std::uint64_t before);
    std::vector<JournalRow> read(std::uint64_t after);

  private:
    struct Segment {
        std::uint64_t number = 0;
        std::uint64_t begin = 0;  // its first row's number is larger
        std::uint64_t end = 0;    // of its last row
    };
    // The one that is written.
    struct Open {
        explicit Open(const std::filesystem::path& path);
        store::AppendFile file;
        JournalEncoder encoder;
        std::string head;  // until it is written, together with the first row
    };
    // Where a reader is.
    struct Cursor {
        std::uint64_t segment = 0;
        std::uint64_t end = 0;    // of the segment when it was read
        std::uint64_t after = 0;  // the number of the last row that was read
        std::deque<std::string> records;
        JournalDecoder decoder;
    };

    std::filesystem::path path_of(std::uint64_t number) const;
    void find_left();
    std::uint64_t next_number() const;
    void begin_segment();
    void give_up_segment();
    // Of the first segment with a later row; none at the end.
    std::unique_ptr<Cursor> make_cursor(std::uint64_t after) const;
    std::unique_ptr<Cursor> make_next_cursor() const;
    std::deque<std::string> records_of(std::uint64_t segment) const;

    FileJournalOptions options_;
    std::deque<Segment> segments_;
    std::optional<Open> open_;
    std::unique_ptr<Cursor> cursor_;
    std::uint64_t last_row_ = 0;
    std::uint64_t last_bytes_ = 0;  // of the last segment's file
    std::uint64_t forgotten_ = 0;   // rows below are
};

}  // namespace loquat::chat
