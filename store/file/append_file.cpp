#include "store/file/append_file.hpp"

#include "wire/binary.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view kind = "loquat append file 1";
constexpr std::string_view mend = "Restore it from a copy, or move it aside to start without it.";

// The first frame names the file; nothing but its place can seed it.
const std::uint32_t header_seed = frame_seed(Uuid{});

std::string make_header(const Uuid& identity) {
    wire::Encoder header;
    header.bytes(kind);
    header.uuid(identity);
    std::string bytes;
    append_frame(bytes, header_seed, 0, header.take());
    return bytes;
}

std::optional<Uuid> read_header(const std::optional<Frame>& header) {
    wire::Decoder in{header ? header->body : std::string_view{}};
    const std::string_view found = in.bytes();
    const Uuid identity = in.uuid();
    return in.finished() && found == kind ? std::optional{identity} : std::nullopt;
}

}  // namespace

AppendFile::AppendFile(std::filesystem::path path,
                       const std::function<void(std::string_view)>& on_record, FileCalls& calls)
    : file_(path, std::filesystem::exists(path) ? FileMode::write : FileMode::make, calls) {
    FrameReader headers{file_, header_seed};
    const std::string fresh = make_header(Uuid::make());
    if (file_.size() < fresh.size()) {
        // Never finished: no record can follow an unfinished header.
        file_.truncate(0);
        file_.write(fresh, 0);
    }
    const auto identity = read_header(headers.next());
    if (!identity) {
        throw damaged_part(path, "its first frame is not as it was written", std::string{mend});
    }
    seed_ = frame_seed(*identity);
    end_ = headers.position();
    FrameReader records{file_, seed_, end_};
    while (const auto record = records.next()) {
        on_record(record->body);
    }
    end_ = records.position();
    if (file_.size() == end_) {
        return;
    }
    if (records.skip_to_good()) {
        throw damaged_part(path,
                           "the record at byte " + std::to_string(end_) +
                               " is not as it was written, and others follow it",
                           std::string{mend});
    }
    file_.truncate(end_);
}

void AppendFile::append(std::span<const std::string_view> records) {
    buffer_.clear();
    for (const std::string_view record : records) {
        append_frame(buffer_, seed_, end_ + buffer_.size(), record);
    }
    try {
        file_.write(buffer_, end_);
    } catch (...) {
        file_.truncate(end_);
        throw;
    }
    end_ += buffer_.size();
}

AppendFileState examine_append_file(
    const std::filesystem::path& path,
    const std::function<void(std::string_view record, std::uint64_t end)>& on_record) {
    const File file{path, FileMode::read};
    AppendFileState state{.bytes = file.size()};
    FrameReader headers{file, header_seed};
    const auto identity = read_header(headers.next());
    if (!identity) {
        return state;
    }
    state.is_named = true;
    FrameReader records{file, frame_seed(*identity), headers.position()};
    while (const auto record = records.next()) {
        on_record(record->body, record->end());
    }
    state.end = records.position();
    state.has_more = state.end < state.bytes && records.skip_to_good();
    return state;
}

}  // namespace loquat::store
