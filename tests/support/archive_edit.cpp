#include "tests/support/archive_edit.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"

namespace loquat::test {

namespace fs = std::filesystem;

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
    }
}

}  // namespace

std::string read_file(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void double_first_row(const fs::path& archive, const std::string& part) {
    const auto sum_of = [](const std::string& text) { return to_hex(net::jose::sha256(text)); };
    const auto size_of = [](const std::string& text, std::ptrdiff_t rows) {
        return "\"rows\":" + std::to_string(rows) + ",\"bytes\":" + std::to_string(text.size());
    };
    const std::string before = read_file(archive / part);
    const std::string after = before + before.substr(0, before.find('\n') + 1);
    std::ofstream{archive / part, std::ios::binary} << after;
    std::string manifest = read_file(archive / "manifest.json");
    const std::ptrdiff_t rows = std::ranges::count(before, '\n');
    const std::string table = "\"rows\":" + std::to_string(rows) + ",\"sha256\":\"";
    replace_all(manifest, table + sum_of(before),
                "\"rows\":" + std::to_string(rows + 1) + ",\"sha256\":\"" + sum_of(after));
    replace_all(manifest, size_of(before, rows), size_of(after, rows + 1));
    replace_all(manifest, sum_of(before), sum_of(after));
    std::ofstream{archive / "manifest.json", std::ios::binary} << manifest;
    std::ofstream{archive / "manifest.sha256"} << sum_of(manifest) << "  manifest.json\n";
}

}  // namespace loquat::test
