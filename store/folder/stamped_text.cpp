#include "store/folder/stamped_text.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "store/checksum.hpp"
#include "store/folder/folder.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view label = "\nloquat file of ";
constexpr std::size_t uuid_digits = 36;

}  // namespace

std::string with_stamp(std::string_view body, const Uuid& folder, std::uint64_t changes) {
    std::string text{body};
    text += fmt::format("{}{} change {} crc32c ", label, folder.to_string(), changes);
    text += fmt::format("{:08x}\n", crc32c(text));
    return text;
}

std::optional<StampedText> read_stamped(std::string_view text) {
    const std::size_t begin = text.rfind(label);
    if (begin == std::string_view::npos) {
        return StampedText{.body = text};
    }
    const std::string_view line = text.substr(begin + label.size());
    const auto folder = Uuid::parse(std::string{line.substr(0, uuid_digits)});
    const std::size_t number_at = std::min(uuid_digits + 8, line.size());  // " change "
    const std::size_t number_end = line.find(' ', number_at);
    if (!folder || number_end == std::string_view::npos) {
        return std::nullopt;
    }
    const auto changes = parse_number(std::string{line.substr(number_at, number_end - number_at)});
    StampedText read{text.substr(0, begin), true, *folder, changes.value_or(0)};
    // Written again it must be the same to the last byte.
    return with_stamp(read.body, read.folder, read.changes) == text ? std::optional{read}
                                                                    : std::nullopt;
}

std::optional<Failure> check_stamped(const std::filesystem::path& file, std::string_view text,
                                     const FileStamp& stamp) {
    const std::optional<StampedText> read = read_stamped(text);
    if (!read) {
        return Failure{Kind::unavailable, "folder.damaged",
                       "The file " + file.string() +
                           " is not as it was written. Put it back from a copy of this folder, or "
                           "see what `loquat doctor --repair` offers."};
    }
    if (!read->is_stamped) {
        return stamp.is_made ? std::optional{foreign_to_folder(file)} : std::nullopt;
    }
    if (read->folder != stamp.folder) {
        return foreign_to_folder(file);
    }
    return judge(file, stamp, read->changes, Loss::never);
}

}  // namespace loquat::store
