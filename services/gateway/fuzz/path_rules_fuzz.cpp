#include <algorithm>
#include <string>

#include "base/check.hpp"
#include "services/gateway/routes/path_rules.hpp"

// Properties: a checked path is one spelling for one meaning, and no server's reading of it leaves
// the folder that it names.

namespace {

using namespace loquat;
using namespace loquat::gateway;

int hex_value(char c) {
    constexpr std::string_view digits = "0123456789abcdef0123456789ABCDEF";
    const std::size_t at = digits.find(c);
    return at == std::string_view::npos ? -1 : static_cast<int>(at % 16);
}

bool is_escape(std::string_view text) {
    return text.size() >= 3 && text[0] == '%' && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0;
}

std::string without_escapes(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool undo = is_escape(text.substr(i));
        out.push_back(
            undo ? static_cast<char>((hex_value(text[i + 1]) * 16) + hex_value(text[i + 2]))
                 : text[i]);
        i += undo ? 2 : 0;
    }
    return out;
}

// Of the most generous server: both slashes part, and what follows a semicolon counts for nothing.
bool climbs(std::string_view path) {
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find_first_of("/\\", begin), path.size());
        std::string_view segment = path.substr(begin, end - begin);
        segment = segment.substr(0, segment.find(';'));
        if (segment == "." || segment == "..") {
            return true;
        }
        begin = end + 1;
    }
    return false;
}

void check_readings(std::string_view path) {
    const std::vector<std::string> readings = other_readings(path);
    LOQUAT_CHECK(readings.size() <= 4, "there are few readings");
    for (std::size_t i = 0; i < readings.size(); ++i) {
        const std::string& reading = readings[i];
        LOQUAT_CHECK(reading != path, "the path itself is no other reading");
        LOQUAT_CHECK(std::find(readings.begin(), readings.begin() + static_cast<long>(i),
                               reading) == readings.begin() + static_cast<long>(i),
                     "each reading is told once");
        LOQUAT_CHECK(reading.starts_with('/'), "a reading is a path");
        LOQUAT_CHECK(reading.find("//") == std::string::npos, "slashes in a row are one");
        LOQUAT_CHECK(reading.size() <= path.size(), "a reading is no longer than the path");
        LOQUAT_CHECK(!climbs(reading), "no reading climbs");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string given = "/" + std::string{reinterpret_cast<const char*>(data), size};
    std::string scratch;
    const auto checked = check_path(given, scratch);
    LOQUAT_CHECK(!check_path(std::string_view{given}.substr(1), scratch) || given.starts_with("//"),
                 "a path begins with a slash");
    if (!checked) {
        return 0;
    }
    std::string again_in;
    std::string path_in;
    const auto first = check_path(given, path_in);
    const std::string path{first->path};
    const auto again = check_path(path, again_in);
    LOQUAT_CHECK(again && again->path == path, "a checked path is its own spelling");
    LOQUAT_CHECK(again->oddities.any() == first->oddities.any(), "and as odd as before");
    const std::string plain = without_escapes(path);
    LOQUAT_CHECK(plain == without_escapes(given), "a path keeps its meaning");
    LOQUAT_CHECK(path.find("//") == std::string::npos, "no segment is empty");
    LOQUAT_CHECK(!climbs(path) && !climbs(plain), "no path climbs");
    const bool is_plain = !first->oddities.any();
    LOQUAT_CHECK(!is_plain || (std::ranges::count(plain, '/') == std::ranges::count(path, '/') &&
                               plain.find_first_of(";\\") == std::string::npos &&
                               without_escapes(plain) == plain),
                 "a plain path means the same to everybody");
    check_readings(path);
    return 0;
}
