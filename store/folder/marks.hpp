#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "store/file/file_calls.hpp"

namespace loquat::store {

// How the process that last used a folder came to its end.
enum class LastEnd {
    clean,    // it closed everything
    process,  // it died, the system went on: what was written before is there
    machine,  // the system may have ended too: only what was forced is there
};

// One number that only grows.  `raise` before what it counts is acknowledged.
class Mark {
  public:
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }
    // Written to the file at once, not forced: it survives the process, and after a loss of power
    // it may be older.  A number that is not greater changes nothing.  What cannot be written is
    // tried again with the next number and at the end.  Any thread.
    void raise(std::uint64_t value) noexcept;

  private:
    friend class Marks;
    struct Place {
        FileCalls* calls = nullptr;
        int file = -1;
        std::size_t number = 0;
    };
    Mark(Place place, std::string name) : place_(place), name_(std::move(name)) {}
    void write() noexcept;

    Place place_;
    std::string name_;
    std::mutex mutex_;
    std::uint64_t count_ = 0;  // writes; even ones and odd ones have a slot each
    std::array<std::optional<std::uint64_t>, 2> slots_{};  // what is known to be in them
    std::atomic<bool> is_behind_ = false;                  // the last number is in neither
    std::atomic<std::uint64_t> value_{0};
};

// The mark of what is in a database's file without its write-ahead log.
std::string folded_name(std::string_view file);

// Of the sequence numbers of messages: the highest that any conversation was given, and the one
// after which all go on when the messages were lost.  They live in the marks, which outlive them.
struct SeqMarks {
    Mark* highest = nullptr;
    Mark* floor = nullptr;
};
inline constexpr const char* highest_seq_name = "seq:highest";
inline constexpr const char* seq_floor_name = "seq:floor";

// The file `marks` of a data folder: how far each file was acknowledged.  Each mark has two slots
// of fixed size with a checksum, written in turn, so that one torn write leaves the number before.
class Marks {
  public:
    static constexpr std::size_t name_bytes_max = 200;

    // Opens the file or makes it.  Fails with `data.unusable`, and with `folder.damaged` when it is
    // of another folder or not as it was written.
    Marks(std::filesystem::path file, Uuid folder, FileCalls& calls = FileCalls::system());
    ~Marks();
    Marks(const Marks&) = delete;
    Marks& operator=(const Marks&) = delete;

    // 0 at first.  Lives as long as this object.  Any thread.
    Mark& get(std::string_view name);
    std::map<std::string, std::uint64_t> list() const;
    LastEnd last_end() const { return last_end_; }
    // Whether a number could not be written.
    bool are_behind() const;

    // Forgets the number, so that it can begin again.
    void clear(std::string_view name);
    // All files were found to be as they should be; from now on another end than `end_cleanly` is
    // one of the process.  Before it the last end counts as it was found.
    void begin();
    // Everything that the marks speak of is closed and forced.  The last of all calls: a file that
    // cannot be written is replaced.  When that fails too the end is one of the process.
    void end_cleanly();
    // Nothing was begun; what was found stays so.
    void end_as_found();

  private:
    using SlotBytes = std::array<char, 256>;

    void load();
    bool write_slot(std::size_t place, const SlotBytes& bytes, std::uint64_t count);
    void write_state(std::uint64_t state, const std::string& boot);
    bool force();
    void replace();
    Mark& place(const std::string& name, std::size_t place);

    std::filesystem::path path_;
    Uuid folder_;
    FileCalls& calls_;
    int file_ = -1;
    LastEnd last_end_ = LastEnd::clean;
    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Mark>, std::less<>> marks_;
    std::size_t places_ = 0;
};

}  // namespace loquat::store
