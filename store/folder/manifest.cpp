#include "store/folder/manifest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/failure.hpp"
#include "store/checksum.hpp"
#include "store/file/file.hpp"
#include "wire/codec.hpp"

namespace loquat::store {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t version_known = 1;
constexpr std::string_view sum_label = "crc32c ";

Failure damaged(const fs::path& file) {
    return Failure{Kind::unavailable, "folder.damaged",
                   "The file " + file.string() +
                       ", which says what belongs into this data folder, is not as it was written. "
                       "Put it back from a copy of this folder, or let `loquat doctor --repair` "
                       "make it anew from the other files."};
}

Failure unwritable(const fs::path& file, int error) {
    return Failure{Kind::unavailable, "data.unusable",
                   file.string() + " cannot be written: " + std::strerror(error) +
                       ". Make room, or make it writable for this user."};
}

// Closes on every way out.
class OpenFile {
  public:
    OpenFile(const fs::path& path, int flags) : path_(path) {
        file_ = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
        if (file_ < 0) {
            throw unwritable(path_, errno);
        }
    }
    ~OpenFile() { ::close(file_); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    void write(std::string_view text) {
        while (!text.empty()) {
            const ssize_t count = ::write(file_, text.data(), text.size());
            if (count < 0) {
                throw unwritable(path_, errno);
            }
            text.remove_prefix(static_cast<std::size_t>(count));
        }
    }
    void sync() {
        if (::fsync(file_) != 0) {
            throw unwritable(path_, errno);
        }
    }

  private:
    fs::path path_;
    int file_ = -1;
};

}  // namespace

std::optional<Manifest> find_manifest(const fs::path& folder) {
    const fs::path file = folder / manifest_name;
    std::error_code error;
    if (!fs::exists(file, error)) {
        return std::nullopt;
    }
    std::ifstream in{file, std::ios::binary};
    std::ostringstream read;
    read << in.rdbuf();
    const std::string text = read.str();
    const std::size_t end = text.rfind(sum_label);
    if (!in || end == std::string::npos) {
        throw damaged(file);
    }
    const std::string body = text.substr(0, end);
    if (text.substr(end) != fmt::format("{}{:08x}\n", sum_label, crc32c(body))) {
        throw damaged(file);
    }
    std::optional<Manifest> manifest;
    try {
        manifest = wire::from_json<Manifest>(body);
    } catch (const Failure&) {
        throw damaged(file);
    }
    if (manifest->version > version_known) {
        throw Failure{Kind::unavailable, "folder.newer",
                      "The data folder " + folder.string() +
                          " was made by a newer version of this program. Nothing was changed. "
                          "Start the newer version."};
    }
    return manifest;
}

void write_manifest(const fs::path& folder, const Manifest& manifest) {
    const fs::path file = folder / manifest_name;
    const fs::path made = folder / "manifest.new";
    const std::string body = wire::encode(manifest) + "\n";
    {
        OpenFile out{made, O_WRONLY | O_CREAT | O_TRUNC};
        out.write(body + fmt::format("{}{:08x}\n", sum_label, crc32c(body)));
        out.sync();
    }
    if (::rename(made.c_str(), file.c_str()) != 0) {
        throw unwritable(file, errno);
    }
    sync_folder(folder);
}

}  // namespace loquat::store
