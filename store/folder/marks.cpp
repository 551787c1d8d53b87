#include "store/folder/marks.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <vector>

#include "base/failure.hpp"
#include "base/log.hpp"
#include "store/checksum.hpp"
#include "store/file/file.hpp"
#include "store/folder/read_marks.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t slot_bytes = 256;
constexpr std::size_t head_bytes = 24;  // sum, length of the name, writes, number
constexpr std::uint64_t state_running = 0;
constexpr std::uint64_t state_clean = 1;

using SlotBytes = std::array<char, slot_bytes>;

struct ReadSlot {
    std::string name;
    std::uint64_t count = 0;
    std::uint64_t value = 0;
};

template <class Number>
void put(SlotBytes& bytes, std::size_t at, Number number) {
    for (std::size_t i = 0; i < sizeof number; ++i) {
        bytes[at + i] = static_cast<char>(number >> (8 * i));
    }
}

template <class Number>
Number take(const SlotBytes& bytes, std::size_t at) {
    Number number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number |= static_cast<Number>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return number;
}

SlotBytes encode(std::string_view name, std::uint64_t count, std::uint64_t value) {
    SlotBytes bytes{};
    put(bytes, 4, static_cast<std::uint32_t>(name.size()));
    put(bytes, 8, count);
    put(bytes, 16, value);
    std::memcpy(bytes.data() + head_bytes, name.data(), name.size());
    put(bytes, 0, crc32c({bytes.data() + 4, bytes.size() - 4}));
    return bytes;
}

std::optional<ReadSlot> decode(const SlotBytes& bytes) {
    const auto size = take<std::uint32_t>(bytes, 4);
    if (size > slot_bytes - head_bytes ||
        take<std::uint32_t>(bytes, 0) != crc32c({bytes.data() + 4, bytes.size() - 4})) {
        return std::nullopt;
    }
    return ReadSlot{std::string{bytes.data() + head_bytes, size}, take<std::uint64_t>(bytes, 8),
                    take<std::uint64_t>(bytes, 16)};
}

std::size_t slot_at(std::size_t place, std::uint64_t count) {
    return (2 * place + count % 2) * slot_bytes;
}

// Up to the last byte that is another one than before.  The name is behind the number.
std::size_t changed_bytes(std::uint64_t before, std::uint64_t after) {
    const auto bits = static_cast<std::size_t>(std::bit_width(before ^ after));
    return head_bytes - sizeof after + (bits + 7) / 8;
}

// Changes with every start of the system; empty where it is not known.
std::string boot_id() {
    std::ifstream in{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(in, id);
    return id;
}

Failure unusable(const fs::path& file) {
    return Failure{Kind::unavailable, "data.unusable",
                   file.string() + " cannot be used: " + std::strerror(errno) +
                       ". Make room, or make it writable for this user."};
}

Failure damaged(const fs::path& file, const std::string& what) {
    return Failure{Kind::unavailable, "folder.damaged",
                   "The file " + file.string() +
                       ", which says how far each file was acknowledged, " + what +
                       ". Put it back from a copy of this folder, or let `loquat doctor "
                       "--repair` make it anew from the other files."};
}

struct Place {
    std::optional<ReadSlot> newest;
    bool is_whole = true;  // both slots are as they were written
};

Place read_place(int file, std::size_t place) {
    Place read;
    std::optional<ReadSlot>& best = read.newest;
    for (std::size_t i = 0; i < 2; ++i) {
        SlotBytes bytes{};
        const auto at = static_cast<off_t>((2 * place + i) * slot_bytes);
        const ssize_t count = ::pread(file, bytes.data(), bytes.size(), at);
        auto slot = count == static_cast<ssize_t>(bytes.size()) ? decode(bytes) : std::nullopt;
        read.is_whole = read.is_whole && slot.has_value();
        if (slot && slot->count % 2 == i && (!best || slot->count > best->count)) {
            best = std::move(slot);
        }
    }
    return read;
}

bool is_only_zero(int file, std::size_t bytes) {
    std::vector<char> read(bytes);
    return ::pread(file, read.data(), bytes, 0) == static_cast<ssize_t>(bytes) &&
           std::ranges::all_of(read, [](char c) { return c == 0; });
}

void report_behind(const std::string& mark) noexcept {
    try {
        log_error({.service = "platform"},
                  "how far a file was acknowledged cannot be written down; it is tried again",
                  {{"mark", mark}, {"error", std::strerror(errno)}});
    } catch (...) {
        return;  // health says it too
    }
}

}  // namespace

std::string folded_name(std::string_view file) { return "folded:" + std::string{file}; }

void Mark::raise(std::uint64_t value) noexcept {
    const std::lock_guard lock{mutex_};
    const bool is_more = value > value_.load(std::memory_order_relaxed);
    if (is_more) {
        value_.store(value, std::memory_order_relaxed);
    }
    if (is_more || is_behind_) {
        write();
    }
}

void Mark::write() noexcept {
    const std::uint64_t count = count_ + 1;
    std::optional<std::uint64_t>& slot = slots_[count % 2];
    const std::size_t size = slot ? changed_bytes(*slot, value()) : slot_bytes;
    const SlotBytes bytes = encode(name_, count, value());
    const ssize_t written =
        place_.calls->write(place_.file, bytes.data(), size, slot_at(place_.number, count));
    const bool was_behind = is_behind_;
    is_behind_ = written != static_cast<ssize_t>(size);
    if (!is_behind_) {
        slot = value();
        count_ = count;
        return;
    }
    slot.reset();
    if (!was_behind) {
        report_behind(name_);
    }
}

Marks::Marks(fs::path file, Uuid folder, FileCalls& calls)
    : path_(std::move(file)), folder_(folder), calls_(calls) {
    file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file_ < 0) {
        throw unusable(path_);
    }
    try {
        load();
        write_state(state_running, last_end_ == LastEnd::machine ? "" : boot_id());
    } catch (...) {
        ::close(file_);
        throw;
    }
}

Marks::~Marks() { ::close(file_); }

void Marks::load() {
    const off_t size = ::lseek(file_, 0, SEEK_END);
    const auto places = (static_cast<std::size_t>(std::max<off_t>(size, 0)) + 2 * slot_bytes - 1) /
                        (2 * slot_bytes);
    if (places == 0 || (places == 1 && is_only_zero(file_, 2 * slot_bytes))) {
        const std::string owner = folder_.to_string() + "/";
        for (std::uint64_t count = 0; count < 2; ++count) {
            if (!write_slot(0, encode(owner, count, state_clean), count)) {
                throw unusable(path_);
            }
        }
        place("", 0).count_ = 1;
        return;
    }
    for (std::size_t i = 0; i < places; ++i) {
        const Place read = read_place(file_, i);
        std::optional<ReadSlot> found = read.newest;
        const bool may_be_torn = last_end_ == LastEnd::machine;
        // A place that was being made when the power went is the last one.
        if (!found && may_be_torn && i > 0 && i + 1 == places) {
            break;
        }
        if (!found || (i > 0 && !read.is_whole && !may_be_torn)) {
            throw damaged(path_, "is not as it was written");
        }
        const std::string owner = folder_.to_string();
        if (i == 0) {
            if (!found->name.starts_with(owner)) {
                throw damaged(path_, "is of another folder");
            }
            const std::string boot = boot_id();
            const bool same_boot = !boot.empty() && found->name == owner + "/" + boot;
            last_end_ = found->value == state_clean ? LastEnd::clean
                        : same_boot                 ? LastEnd::process
                                                    : LastEnd::machine;
            found->name.clear();
        }
        Mark& mark = place(found->name, i);
        mark.count_ = found->count;
        mark.value_ = found->value;
    }
}

Mark& Marks::place(const std::string& name, std::size_t place) {
    auto& slot = marks_[name];
    slot.reset(new Mark{{.calls = &calls_, .file = file_, .number = place}, name});
    places_ = std::max(places_, place + 1);
    return *slot;
}

Mark& Marks::get(std::string_view name) {
    const std::lock_guard lock{mutex_};
    if (const auto found = marks_.find(name); found != marks_.end()) {
        return *found->second;
    }
    if (name.empty() || name.size() > name_bytes_max) {
        throw invalid_field("mark", "length", "1 to 200 bytes");
    }
    const std::string key{name};
    // Both slots at once, so that the place is whole before it counts.
    for (std::uint64_t count = 0; count < 2; ++count) {
        if (!write_slot(places_, encode(key, count, 0), count)) {
            throw unusable(path_);
        }
    }
    Mark& mark = place(key, places_);
    mark.count_ = 1;
    return mark;
}

std::map<std::string, std::uint64_t> Marks::list() const {
    const std::lock_guard lock{mutex_};
    std::map<std::string, std::uint64_t> values;
    for (const auto& [name, mark] : marks_) {
        if (!name.empty()) {
            values[name] = mark->value();
        }
    }
    return values;
}

void Marks::clear(std::string_view name) {
    Mark& mark = get(name);
    const std::lock_guard lock{mark.mutex_};
    mark.value_ = 0;
    mark.write();
}

void Marks::write_state(std::uint64_t state, const std::string& boot) {
    Mark& slot = *marks_.at("");
    const std::string name = folder_.to_string() + "/" + boot;
    ++slot.count_;
    if (!write_slot(0, encode(name, slot.count_, state), slot.count_) || calls_.sync(file_) != 0) {
        throw unusable(path_);
    }
}

void Marks::begin() {
    const std::lock_guard lock{mutex_};
    write_state(state_running, boot_id());
}

void Marks::end_cleanly() {
    const std::lock_guard lock{mutex_};
    if (!force()) {
        replace();
        return;
    }
    write_state(state_clean, boot_id());
}

bool Marks::write_slot(std::size_t place, const SlotBytes& bytes, std::uint64_t count) {
    const ssize_t written = calls_.write(file_, bytes.data(), bytes.size(), slot_at(place, count));
    return written == static_cast<ssize_t>(bytes.size());
}

bool Marks::are_behind() const {
    const std::lock_guard lock{mutex_};
    return std::ranges::any_of(marks_,
                               [](const auto& one) { return one.second->is_behind_.load(); });
}

bool Marks::force() {
    bool is_whole = true;
    for (const auto& [name, mark] : marks_) {
        const std::lock_guard lock{mark->mutex_};
        if (mark->is_behind_) {
            mark->write();
        }
        is_whole = is_whole && !mark->is_behind_;
    }
    return is_whole && calls_.sync(file_) == 0;
}

void Marks::replace() {
    std::string content(2 * slot_bytes * places_, '\0');
    for (const auto& [name, mark] : marks_) {
        const bool is_state = mark->place_.number == 0;
        const std::string text = is_state ? folder_.to_string() + "/" + boot_id() : name;
        const std::uint64_t value = is_state ? state_clean : mark->value();
        for (std::uint64_t count = 0; count < 2; ++count) {
            const SlotBytes bytes = encode(text, count, value);
            content.replace(slot_at(mark->place_.number, count), slot_bytes, bytes.data(),
                            slot_bytes);
        }
    }
    replace_file(path_, content, calls_);
}

void Marks::end_as_found() {
    if (last_end_ == LastEnd::clean) {
        end_cleanly();
    }
}

std::map<std::string, std::uint64_t> read_marks(const fs::path& file) {
    std::map<std::string, std::uint64_t> values;
    const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (opened < 0) {
        return values;
    }
    const off_t size = ::lseek(opened, 0, SEEK_END);
    const auto places = static_cast<std::size_t>(std::max<off_t>(size, 0)) / (2 * slot_bytes);
    for (std::size_t i = 1; i < places; ++i) {
        if (const Place read = read_place(opened, i); read.newest) {
            values[read.newest->name] = read.newest->value;
        }
    }
    ::close(opened);
    return values;
}

}  // namespace loquat::store
