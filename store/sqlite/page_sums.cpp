#include "store/sqlite/page_sums.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "store/checksum.hpp"
#include "store/sqlite/log_frames.hpp"

namespace loquat::store {
namespace {

constexpr int sum_bytes = 8;
constexpr std::string_view label = "LqPg";
constexpr std::size_t header_bytes = 100;
constexpr std::size_t reserved_at = 20;

struct Refused {
    std::string file;
    std::uint64_t page = 0;
};
thread_local Refused refused;

// sqlite.org/fileformat2.html 1.3.2: 1 is 65536.
int page_size_in(std::string_view header) {
    const int size =
        static_cast<unsigned char>(header[16]) << 8 | static_cast<unsigned char>(header[17]);
    return size == 1 ? 65'536 : size;
}

bool has_label(std::string_view page) {
    return page.substr(page.size() - sum_bytes).starts_with(label);
}

bool has_sums(std::string_view header) { return header[reserved_at] == sum_bytes; }

std::uint32_t sum_of(std::string_view page, std::uint64_t number) {
    std::array<char, sizeof number> place{};
    std::memcpy(place.data(), &number, place.size());
    return crc32c(page.substr(0, page.size() - sum_bytes), crc32c({place.data(), place.size()}));
}

std::uint32_t stored_sum(std::string_view page) {
    std::uint32_t sum = 0;
    std::memcpy(&sum, page.data() + page.size() - sizeof sum, sizeof sum);
    return sum;
}

bool is_good(std::string_view page, std::uint64_t number) {
    return has_label(page) && stored_sum(page) == sum_of(page, number);
}

enum class Content { pages, log };

// What SQLite sees of an open file; the system's own follows it in memory.
struct CheckedFile {
    sqlite3_file base{};
    Content content = Content::pages;
    std::string path;
    int page_size = 0;  // 0: not known yet
    bool is_checked = false;
    std::vector<char> page;
    LogFrames frames;

    sqlite3_file* system() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    const sqlite3_io_methods* calls() { return system()->pMethods; }
};

CheckedFile& of(sqlite3_file* file) { return *reinterpret_cast<CheckedFile*>(file); }

int refuse(CheckedFile& file, std::uint64_t page) {
    refused = {file.path, page};
    return SQLITE_IOERR_DATA;
}

void learn_from(CheckedFile& file, std::string_view header) {
    file.page_size = page_size_in(header);
    file.is_checked =
        has_sums(header) || (header.size() == std::size_t(file.page_size) && has_label(header));
}

void learn(CheckedFile& file) {
    std::array<char, header_bytes> header{};
    if (file.page_size == 0 &&
        file.calls()->xRead(file.system(), header.data(), header.size(), 0) == SQLITE_OK) {
        learn_from(file, {header.data(), header.size()});
    }
}

int check_page(CheckedFile& file, std::string_view read, std::uint64_t position) {
    if (position == 0 && read.size() >= header_bytes) {
        learn_from(file, read);
    }
    learn(file);
    const bool is_page = std::cmp_equal(read.size(), file.page_size) && file.page_size > 0;
    if (!file.is_checked || !is_page) {
        return SQLITE_OK;
    }
    const std::uint64_t number = position / read.size() + 1;
    return is_good(read, number) ? SQLITE_OK : refuse(file, number);
}

int check_log(CheckedFile& file, std::string_view read, std::uint64_t position) {
    const auto read_more = [&file](char* to, int count, std::uint64_t from) {
        return file.calls()->xRead(file.system(), to, count, static_cast<sqlite3_int64>(from)) ==
               SQLITE_OK;
    };
    const auto bad = file.frames.find_bad_page(read, position, read_more);
    return bad ? refuse(file, *bad) : SQLITE_OK;
}

int read_file(sqlite3_file* opened, void* to, int count, sqlite3_int64 position) {
    CheckedFile& file = of(opened);
    const int code = file.calls()->xRead(file.system(), to, count, position);
    if (code != SQLITE_OK) {
        return code;
    }
    const std::string_view read{static_cast<const char*>(to), static_cast<std::size_t>(count)};
    const auto from = static_cast<std::uint64_t>(position);
    return file.content == Content::log ? check_log(file, read, from)
                                        : check_page(file, read, from);
}

// SQLite's buffer stays as it is: it may be one that others read.
const void* with_sum(CheckedFile& file, std::string_view bytes, std::uint64_t position) {
    if (position == 0 && bytes.size() >= header_bytes) {
        learn_from(file, bytes.substr(0, header_bytes));
    }
    learn(file);
    if (!file.is_checked || !std::cmp_equal(bytes.size(), file.page_size)) {
        return bytes.data();
    }
    const std::uint32_t sum = sum_of(bytes, position / bytes.size() + 1);
    file.page.assign(bytes.begin(), bytes.end());
    std::memcpy(file.page.data() + bytes.size() - sum_bytes, label.data(), label.size());
    std::memcpy(file.page.data() + bytes.size() - sizeof sum, &sum, sizeof sum);
    return file.page.data();
}

int write_file(sqlite3_file* opened, const void* from, int count, sqlite3_int64 position) {
    CheckedFile& file = of(opened);
    const std::string_view bytes{static_cast<const char*>(from), static_cast<std::size_t>(count)};
    const auto at = static_cast<std::uint64_t>(position);
    if (file.content == Content::log) {
        file.frames.note_write(at, bytes.size());
    } else {
        try {
            from = with_sum(file, bytes, at);
        } catch (const std::bad_alloc&) {
            return SQLITE_IOERR_NOMEM;
        }
    }
    return file.calls()->xWrite(file.system(), from, count, position);
}

int close_file(sqlite3_file* opened) {
    CheckedFile& file = of(opened);
    const int code = file.calls()->xClose(file.system());
    file.~CheckedFile();
    return code;
}

// Everything else is the system's.
template <auto Member, class... Arguments>
auto pass(sqlite3_file* opened, Arguments... arguments) {
    CheckedFile& file = of(opened);
    return (file.calls()->*Member)(file.system(), arguments...);
}

// Version 2 has no memory map: what is mapped would be read past the checks.
constexpr sqlite3_io_methods checked_calls{
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = pass<&sqlite3_io_methods::xTruncate>,
    .xSync = pass<&sqlite3_io_methods::xSync>,
    .xFileSize = pass<&sqlite3_io_methods::xFileSize>,
    .xLock = pass<&sqlite3_io_methods::xLock>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock>,
    .xFileControl = pass<&sqlite3_io_methods::xFileControl>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = pass<&sqlite3_io_methods::xShmMap>,
    .xShmLock = pass<&sqlite3_io_methods::xShmLock>,
    .xShmBarrier = pass<&sqlite3_io_methods::xShmBarrier>,
    .xShmUnmap = pass<&sqlite3_io_methods::xShmUnmap>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* system_files() {
    static sqlite3_vfs* const found = sqlite3_vfs_find(nullptr);
    return found;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* opened, int flags, int* out_flags) {
    sqlite3_vfs* const system = system_files();
    const bool is_log = (flags & SQLITE_OPEN_WAL) != 0;
    if (name == nullptr || (!is_log && (flags & SQLITE_OPEN_MAIN_DB) == 0)) {
        return system->xOpen(system, name, opened, flags, out_flags);
    }
    auto* file = new (opened) CheckedFile;
    std::memset(file->system(), 0, sizeof(sqlite3_file));
    const int code = system->xOpen(system, name, file->system(), flags, out_flags);
    if (file->calls() == nullptr) {
        file->~CheckedFile();
        opened->pMethods = nullptr;
        return code;
    }
    file->content = is_log ? Content::log : Content::pages;
    file->path = name;
    if (is_log && file->path.ends_with("-wal")) {
        file->path.resize(file->path.size() - 4);
    }
    file->base.pMethods = &checked_calls;
    return code;
}

sqlite3_vfs make_file_system() {
    // What it is asked besides opening needs nothing of ours: it is the system's with other files.
    sqlite3_vfs made = *system_files();
    made.pNext = nullptr;
    made.zName = "loquat";
    made.szOsFile += static_cast<int>(sizeof(CheckedFile));
    made.xOpen = open_file;
    return made;
}

}  // namespace

const char* checked_file_system() {
    static sqlite3_vfs files = make_file_system();
    static const int registered = sqlite3_vfs_register(&files, 0);
    return registered == SQLITE_OK ? files.zName : nullptr;
}

void reserve_page_sums(sqlite3* connection) {
    int bytes = sum_bytes;
    sqlite3_file_control(connection, "main", SQLITE_FCNTL_RESERVE_BYTES, &bytes);
}

std::optional<std::uint64_t> take_refused_page(const std::filesystem::path& file) {
    // SQLite knows it by another path where links lead to it.
    const bool is_this = std::filesystem::path{refused.file}.filename() == file.filename();
    const std::uint64_t page = is_this ? std::exchange(refused, {}).page : 0;
    return page != 0 ? std::optional{page} : std::nullopt;
}

bool has_page_sums(const std::filesystem::path& file) {
    std::string header(header_bytes, '\0');
    std::ifstream in{file, std::ios::binary};
    in.read(header.data(), std::ssize(header));
    return in && has_sums(header);
}

std::optional<std::uint64_t> find_bad_page(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::string page(header_bytes, '\0');
    in.read(page.data(), std::ssize(page));
    const int size = in ? page_size_in(page) : 0;
    if (size < 512) {
        return std::nullopt;
    }
    page.resize(static_cast<std::size_t>(size));
    in.seekg(0);
    for (std::uint64_t number = 1; in.read(page.data(), size); ++number) {
        if (number == 1 && !has_sums(page) && !has_label(page)) {
            return std::nullopt;
        }
        // One that was never used is a hole.
        const bool is_empty = page.find_first_not_of('\0') == std::string::npos;
        if (!is_empty && !is_good(page, number)) {
            return number;
        }
    }
    return std::nullopt;
}

}  // namespace loquat::store
