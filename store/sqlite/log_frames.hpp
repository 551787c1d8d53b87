#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace loquat::store {

// Checks pages that are read out of a write-ahead log.  SQLite sums each frame, over what was
// before it, but looks at the sums only when it recovers a log.  Form: sqlite.org/fileformat2.html
// 4.1.  One for each open log; one thread at a time.
class LogFrames {
  public:
    // Reads `count` bytes from a place of the log; false when they are not there.
    using ReadMore = std::function<bool(char* to, int count, std::uint64_t from)>;

    // Where `read` is the page of a frame that is not as it was written: the page's number.
    std::optional<std::uint64_t> find_bad_page(std::string_view read, std::uint64_t position,
                                               const ReadMore& read_more);

    // The frames of a transaction that is being written may be written once more, and have their
    // sums only with its end: this connection believes them then.
    void note_write(std::uint64_t position, std::size_t bytes);

  private:
    std::uint64_t page_size_ = 0;
    bool is_big_endian_ = false;
    std::uint64_t written_ = 0;
    bool was_rewritten_ = false;
};

}  // namespace loquat::store
