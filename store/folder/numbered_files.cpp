#include "store/folder/numbered_files.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "store/file/append_file.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/read_marks.hpp"
#include "wire/binary.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kind = "loquat numbered file 1";
constexpr std::string_view end_mark = ":end";
constexpr std::string_view first_mark = ":first";
constexpr std::string_view unnamed_mark = ":unnamed";
constexpr int number_bits = 32;
constexpr std::uint64_t header_bytes_max = 64;  // of an append file
// One write of several records is larger.
constexpr std::uint64_t small_bytes = 128 * 1024;
constexpr int copy_rounds_max = 100;

const std::string mend =
    "Put it back from a copy of this folder, or see what `loquat doctor --repair` offers.";

std::optional<FileHead> decode_head(std::string_view record) {
    wire::Decoder in{record};
    const std::string_view found = in.bytes();
    FileHead head{.folder = in.uuid(), .number = in.number(), .before_bytes = in.number()};
    return in.finished() && found == kind ? std::optional{head} : std::nullopt;
}

fs::path path_of(const fs::path& folder, std::uint64_t number) {
    return folder / (std::to_string(number) + std::string{numbered_suffix});
}

std::map<std::uint64_t, fs::path> list_numbered(const fs::path& folder) {
    std::map<std::uint64_t, fs::path> found;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
        const auto number = parse_number(entry.path().stem().string());
        if (number && entry.path().extension() == numbered_suffix) {
            found[*number] = entry.path();
        }
    }
    return found;
}

struct Read {
    AppendFileState state;
    std::optional<FileHead> head;
    bool has_rows = false;
    std::uint64_t known = 0;  // where the last one that was acknowledged ends
    std::uint64_t rows_behind = 0;
};

Read read_file(const fs::path& path, std::uint64_t known) {
    Read read{.known = known};
    bool is_first = true;
    read.state = examine_append_file(path, [&](std::string_view record, std::uint64_t end) {
        if (std::exchange(is_first, false)) {
            read.head = decode_head(record);
        }
        if (!is_head(record)) {
            read.has_rows = true;
            read.rows_behind += end > known ? 1 : 0;
        }
    });
    return read;
}

class Examination {
  public:
    Examination(const fs::path& folder, const FilesStamp& stamp)
        : folder_(folder), stamp_(stamp), end_(to_files_end(stamp.end->value())) {}

    NumberedFiles run() {
        const std::uint64_t first = stamp_.first->value();
        for (const auto& [number, path] : list_numbered(folder_)) {
            if (number < first) {
                found_.forgotten.push_back(path);
            } else {
                files_.emplace(number, read_file(path, known_of(number)));
            }
        }
        for (const auto& [number, read] : files_) {
            check_place(number, read);
            found_.files.push_back({number, read.state.end, !read.head && read.has_rows});
        }
        if (stamp_.last_end != LastEnd::machine && found_.wrong.empty()) {
            check_all_there(first);
            for (const auto& [number, read] : files_) {
                check_whole(number, read);
            }
            check_newer();
        }
        return std::move(found_);
    }

  private:
    fs::path path_of(std::uint64_t number) const { return store::path_of(folder_, number); }
    std::uint64_t known_of(std::uint64_t number) const {
        constexpr auto all = std::numeric_limits<std::uint64_t>::max();
        return number == end_.number ? end_.bytes : number < end_.number ? all : 0;
    }
    bool may_be_unnamed(std::uint64_t number) const {
        return stamp_.end->value() == 0 || number <= stamp_.unnamed->value();
    }

    void check_place(std::uint64_t number, const Read& read) {
        const bool has_other_head =
            read.head && (read.head->folder != stamp_.folder || read.head->number != number);
        const bool has_none = !read.head && read.has_rows && !may_be_unnamed(number);
        if (has_other_head || (has_none && stamp_.last_end != LastEnd::machine)) {
            found_.wrong.push_back(foreign_to_folder(path_of(number)));
        }
    }

    void check_all_there(std::uint64_t first) {
        const std::uint64_t lowest = files_.empty() ? end_.number : files_.begin()->first;
        for (std::uint64_t number = first == 0 ? lowest : first;
             number != 0 && number <= end_.number; ++number) {
            if (!files_.contains(number)) {
                found_.wrong.push_back(missing_file(path_of(number)));
                return;
            }
        }
    }

    std::uint64_t wanted_of(std::uint64_t number) const {
        if (number == end_.number) {
            return end_.bytes;
        }
        const auto next = files_.find(number + 1);
        return next != files_.end() && next->second.head ? next->second.head->before_bytes : 0;
    }

    void check_whole(std::uint64_t number, const Read& read) {
        const std::uint64_t wanted = wanted_of(number);
        if (read.state.bytes < wanted) {
            found_.wrong.push_back(older_file(path_of(number), read.state.bytes, wanted));
        } else if (read.state.end < wanted || read.state.has_more ||
                   (!read.state.is_named && read.state.bytes > header_bytes_max)) {
            found_.wrong.push_back(damaged_part(path_of(number),
                                                "the record at byte " +
                                                    std::to_string(read.state.end) +
                                                    " is not as it was written",
                                                mend));
        }
    }

    // The process may have died between a write and its mark.
    void check_newer() {
        if (end_.number == 0) {
            return;
        }
        std::uint64_t rows = 0;
        std::uint64_t bytes = 0;
        for (auto at = files_.lower_bound(end_.number); at != files_.end(); ++at) {
            const Read& read = at->second;
            rows += read.rows_behind;
            bytes += read.state.end - std::min(read.known, read.state.end);
            const bool is_one_write = rows <= 1 || bytes >= small_bytes;
            const bool is_clean = stamp_.last_end == LastEnd::clean;
            if (rows > 0 && (is_clean || !is_one_write || at->first > end_.number + 1)) {
                found_.wrong.push_back(newer_file(path_of(at->first), read.state.end, read.known));
                return;
            }
        }
    }

    const fs::path& folder_;
    const FilesStamp& stamp_;
    FilesEnd end_;
    std::map<std::uint64_t, Read> files_;
    NumberedFiles found_;
};

// False when it is no longer needed; then what was copied of it before is neither.
bool copy_one(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    if (error == std::errc::no_such_file_or_directory) {
        fs::remove(to, error);
        return false;
    }
    if (error) {
        throw file_failure(to, error.value());
    }
    return true;
}

// Copies again from `last` on.  All below it are whole in the copy then, and that one is as far as
// it was; 0: none is needed.  False when it may be that what was in one that is gone is in a later
// one.
bool copy_round(const fs::path& from, const fs::path& to, std::uint64_t& last) {
    const std::uint64_t before = std::exchange(last, 0);
    auto listed = list_numbered(from);
    if (before > 0) {
        listed.emplace(before, path_of(from, before));
    }
    bool is_all = true;
    for (auto at = listed.lower_bound(before); at != listed.end(); ++at) {
        if (copy_one(at->second, to / at->second.filename())) {
            last = at->first;
        } else {
            is_all = false;
        }
    }
    return is_all && last == before;
}

// Drops what is not needed, cuts what was half written, and marks the rest.
void finish_copy(const fs::path& folder, const FilesStamp& stamp, std::uint64_t last) {
    const auto copied = list_numbered(folder);
    std::uint64_t first = last;
    while (last > 0 && copied.contains(first - 1)) {
        --first;
    }
    for (const auto& [number, path] : copied) {
        if (number < first || last == 0) {
            remove_file(path);
            continue;
        }
        const std::uint64_t end = read_file(path, 0).state.end;
        File file{path, FileMode::write};
        if (number == last) {
            file.truncate(end);
            stamp.end->raise(to_mark({.number = number, .bytes = end}));
        }
        file.sync();
    }
    stamp.first->raise(first);
}

}  // namespace

FilesStamp files_stamp(Marks& marks, std::string_view name, const Uuid& folder) {
    const auto mark = [&](std::string_view what) {
        return &marks.get(std::string{name} + std::string{what});
    };
    return {.folder = folder,
            .last_end = marks.last_end(),
            .end = mark(end_mark),
            .first = mark(first_mark),
            .unnamed = mark(unnamed_mark)};
}

std::uint64_t to_mark(const FilesEnd& end) { return end.number << number_bits | end.bytes; }

FilesEnd to_files_end(std::uint64_t mark) {
    return {.number = mark >> number_bits, .bytes = mark & ((1ULL << number_bits) - 1)};
}

std::string encode_head(const FileHead& head) {
    wire::Encoder out;
    out.bytes(kind);
    out.uuid(head.folder);
    out.number(head.number);
    out.number(head.before_bytes);
    return out.take();
}

bool is_head(std::string_view record) { return decode_head(record).has_value(); }

NumberedFiles examine_numbered(const fs::path& folder, const FilesStamp& stamp) {
    return Examination{folder, stamp}.run();
}

void forget_files(const FilesStamp& stamp) {
    stamp.first->raise(to_files_end(stamp.end->value()).number + 1);
}

void copy_numbered(const fs::path& source, const fs::path& target, const FilesStamp& stamp,
                   std::string_view name) {
    make_folder(target / name);
    std::uint64_t last = 0;
    for (int round = 0; round < copy_rounds_max; ++round) {
        if (copy_round(source / name, target / name, last)) {
            break;
        }
    }
    const auto known = read_marks(source / "marks");
    const auto value_of = [&](std::string_view mark) {
        const auto found = known.find(std::string{name} + std::string{mark});
        return found == known.end() ? 0 : found->second;
    };
    stamp.unnamed->raise(value_of(unnamed_mark));
    finish_copy(target / name, stamp, last);
    if (const std::uint64_t end = value_of(end_mark); last == 0 && end > 0) {
        stamp.end->raise(end);
        forget_files(stamp);
    }
    sync_folder(target / name);
}

}  // namespace loquat::store
