#include "services/registry/adapters/known_file.hpp"

#include <fstream>
#include <iterator>

#include "base/log.hpp"

namespace loquat::registry {
namespace {

constexpr std::uintmax_t bytes_max = std::uintmax_t{512} * 1024 * 1024;
constexpr std::chrono::milliseconds pause_min{500};
constexpr int pause_times = 20;

}  // namespace

std::string KnownFile::read() const {
    std::error_code error;
    const auto size = std::filesystem::file_size(file_, error);
    if (error || size > bytes_max) {
        return {};
    }
    std::ifstream in{file_};
    return {std::istreambuf_iterator<char>{in}, {}};
}

bool KnownFile::is_due(std::uint64_t version, Steady now) const {
    return version != version_ && now >= next_;
}

void KnownFile::write(const std::string& text, std::uint64_t version) {
    const Steady begun = std::chrono::steady_clock::now();
    version_ = version;
    const std::filesystem::path made = file_.string() + ".new";
    std::ofstream out{made};
    out << text;
    out.close();
    std::error_code error;
    if (out) {
        std::filesystem::rename(made, file_, error);
    }
    if (!out || error) {
        log_warn({.service = "registry"}, "what is registered cannot be kept for the next start",
                 {{"file", file_.string()}});
    }
    const Steady ended = std::chrono::steady_clock::now();
    next_ = ended + std::max<Steady::duration>(pause_min, (ended - begun) * pause_times);
}

}  // namespace loquat::registry
