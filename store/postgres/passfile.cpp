#include "store/postgres/passfile.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include "store/file/file.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t user_field = 3;
constexpr std::size_t password_field = 4;

// The last field has what colons are left.
std::array<std::string, 5> fields_of(std::string_view line) {
    std::array<std::string, 5> fields;
    std::size_t at = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == ':' && at < password_field) {
            ++at;
            continue;
        }
        if (line[i] == '\\' && i + 1 < line.size()) {
            ++i;
        }
        fields[at] += line[i];
    }
    return fields;
}

std::string escaped(std::string_view field) {
    std::string out;
    for (const char c : field) {
        if (c == ':' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

}  // namespace

std::optional<std::string> find_password(const std::filesystem::path& file, std::string_view user) {
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        auto fields = fields_of(line);
        const bool is_line = !line.starts_with('#') && !fields[password_field].empty();
        if (is_line && (fields[user_field] == user || fields[user_field] == "*")) {
            return std::move(fields[password_field]);
        }
    }
    return std::nullopt;
}

void add_password(const std::filesystem::path& file, std::string_view user,
                  std::string_view password) {
    std::ifstream in{file};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    if (!text.empty() && !text.ends_with('\n')) {
        text += '\n';
    }
    text += "*:*:*:" + escaped(user) + ":" + escaped(password) + "\n";
    if (file.has_parent_path()) {
        make_folder(file.parent_path());
    }
    replace_file(file, text);
}

}  // namespace loquat::store
