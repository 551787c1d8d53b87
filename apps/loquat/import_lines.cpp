#include "apps/loquat/import_lines.hpp"

#include <cstring>

#include "base/bytes.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "net/jose/digest.hpp"
#include "wire/json.hpp"

namespace loquat::app {
namespace {

constexpr std::size_t line_bytes_max = 1024 * 1024;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// With a mark of its own, or with the zeros that ASCII has in it (UTF-32 likewise).
void refuse_utf16(std::string_view first_line) {
    using namespace std::string_view_literals;
    const bool has_mark = first_line.starts_with("\xff\xfe") || first_line.starts_with("\xfe\xff");
    const bool has_zeros = first_line.substr(0, 4).find("\0"sv) != std::string_view::npos;
    if (has_mark || has_zeros) {
        throw Failure{
            Kind::invalid, "import.not_utf8",
            "The file is UTF-16 or UTF-32, not UTF-8. Convert it, for example with: iconv "
            "-f UTF-16 -t UTF-8 FILE"};
    }
}

std::string member_text(const wire::Value& line, const std::string& name) {
    const wire::Value* member = line.find(name);
    if (member == nullptr || member->if_string() == nullptr) {
        throw Failure{Kind::invalid, "import.bad_line", "has no text member \"" + name + "\""};
    }
    return *member->if_string();
}

std::string clean(const std::string& text) {
    std::string out = normalise_line_ends(text);
    while (const auto at = find_control_character(out)) {
        const bool is_c1 = static_cast<unsigned char>(out[*at]) == 0xC2;
        out.erase(*at, is_c1 ? 2 : 1);
    }
    return out;
}

}  // namespace

std::string to_username(const std::string& name) {
    std::string out;
    for (const char c : to_lower_ascii(name)) {
        const bool is_fit =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
        if (is_fit && out.size() < 32) {
            out.push_back(c);
        }
    }
    while (out.size() < 3) {
        out.push_back('_');
    }
    return out;
}

// Different names of the file never become one user.
void LineReader::give_username(ImportPortion& portion, const std::string& name) {
    if (usernames_.contains(name)) {
        return;
    }
    const std::string base = to_username(name);
    std::string chosen = base;
    for (int number = 2; taken_.contains(chosen); ++number) {
        const std::string suffix = "-" + std::to_string(number);
        chosen = base.substr(0, 32 - suffix.size()) + suffix;
    }
    taken_.insert(chosen);
    usernames_.emplace(name, chosen);
    portion.newcomers.emplace_back(name, chosen);
}

void LineReader::read_line(const std::string& raw, ImportPortion& portion) {
    if (raw.size() > line_bytes_max) {
        throw Failure{Kind::invalid, "import.bad_line", "is longer than a message can be"};
    }
    const wire::Value line = wire::parse(raw);
    const std::string cleaned = clean(member_text(line, fields_.room));
    const std::string room{trim(cleaned)};
    if (room.empty()) {
        throw Failure{Kind::invalid, "import.bad_line", "has an empty room"};
    }
    ImportLine one{
        lines_, {}, member_text(line, fields_.user), clean(member_text(line, fields_.text))};
    if (trim(one.text).empty()) {
        throw Failure{Kind::invalid, "import.bad_line", "has an empty text"};
    }
    one.client_id = name_line(trim(raw), one);
    give_username(portion, one.user);
    portion.rooms[room].push_back(std::move(one));
}

// Where the line stands does not matter: a file that was put into another order, or grew anywhere,
// has the same lines.  Equal lines are counted, so that none of them is lost.
std::string LineReader::name_line(std::string_view raw, const ImportLine& line) {
    std::string all{raw};
    all.append(1, '\0').append(line.text);
    const std::string digest = net::jose::sha256(all);
    std::uint64_t part = 0;
    std::memcpy(&part, digest.data(), sizeof part);
    const std::uint32_t before = seen_[part]++;
    std::string name = "import-" + to_hex(std::string_view{digest}.substr(0, 16));
    return before == 0 ? name : name + "-" + std::to_string(before);
}

std::optional<ImportPortion> LineReader::next(std::size_t lines) {
    ImportPortion portion;
    std::string raw;
    const std::size_t began = lines_;
    while (lines_ - began < lines && (lines_max_ == 0 || lines_ < lines_max_) &&
           std::getline(in_, raw)) {
        if (++lines_ == 1) {
            refuse_utf16(raw);
        }
        // Files that were put together have one in the middle.
        while (raw.starts_with(byte_order_mark)) {
            raw.erase(0, byte_order_mark.size());
        }
        if (trim(raw).empty()) {
            continue;
        }
        try {
            read_line(raw, portion);
        } catch (const Failure& failure) {
            portion.skipped.push_back({lines_, failure.message});
        }
    }
    return lines_ == began ? std::nullopt : std::optional{std::move(portion)};
}

}  // namespace loquat::app
