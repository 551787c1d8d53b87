#include "services/auth/adapters/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/folder/stamped_text.hpp"
#include "wire/codec.hpp"

namespace loquat::auth {
namespace {

constexpr std::size_t file_bytes_max = 1024 * 1024;

struct StoredKey {
    Time created_at;
    Time active_from;
    std::string private_pem;
};
BOOST_DESCRIBE_STRUCT(StoredKey, (), (created_at, active_from, private_pem))

struct StoredKeys {
    std::vector<StoredKey> keys;
};
BOOST_DESCRIBE_STRUCT(StoredKeys, (), (keys))

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw Failure{Kind::unavailable, "auth.keys_unusable",
                  "The signing keys in " + path.string() + " cannot be used: " + why + "."};
}

std::string name_of(const std::filesystem::path& path) { return path.filename().string(); }

class File {
  public:
    File(const std::filesystem::path& path, int flags)
        : path_(path), handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (handle_ >= 0) {
            ::close(handle_);
        }
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    bool is_open() const { return handle_ >= 0; }

    void check_private() const {
        struct stat status{};
        if (::fstat(handle_, &status) != 0) {
            fail(path_, std::strerror(errno));
        }
        if ((status.st_mode & 077) != 0) {
            fail(path_, "others may read it; if nobody did, run chmod 600, else delete it");
        }
    }
    std::string read_all() const {
        std::string text;
        std::array<char, 16 * 1024> buffer{};
        while (text.size() <= file_bytes_max) {
            const ssize_t got = ::read(handle_, buffer.data(), buffer.size());
            if (got < 0) {
                fail(path_, std::strerror(errno));
            }
            if (got == 0) {
                return text;
            }
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
        fail(path_, "it is too long");
    }
    void write_all(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t put = ::write(handle_, text.data(), text.size());
            if (put < 0) {
                fail(path_, std::strerror(errno));
            }
            text.remove_prefix(static_cast<std::size_t>(put));
        }
    }
    void secure() const {
        if (::fsync(handle_) != 0) {
            fail(path_, std::strerror(errno));
        }
    }

  private:
    std::filesystem::path path_;
    int handle_;
};

}  // namespace

std::vector<RingKey> KeyFile::load() {
    const File file{path_, O_RDONLY};
    if (!file.is_open()) {
        if (errno == ENOENT) {
            return {};
        }
        fail(path_, std::strerror(errno));
    }
    file.check_private();
    const std::string text = file.read_all();
    bool is_stamped = true;
    if (folder_ != nullptr) {
        if (auto wrong = store::check_stamped(path_, text, folder_->stamp_text(name_of(path_)))) {
            throw std::move(*wrong);
        }
    }
    std::vector<RingKey> keys;
    try {
        const auto read = store::read_stamped(text).value_or(store::StampedText{.body = text});
        is_stamped = read.is_stamped;
        for (const StoredKey& one : wire::from_json<StoredKeys>(std::string{read.body}).keys) {
            keys.push_back(
                {net::jose::Key::from_pem(one.private_pem), one.created_at, one.active_from});
        }
    } catch (const Failure& failure) {
        if (failure.code == "auth.keys_unusable") {
            throw;
        }
        fail(path_, failure.message);
    }
    if (folder_ != nullptr && !is_stamped) {
        save(keys);
    }
    return keys;
}

void KeyFile::save(const std::vector<RingKey>& keys) {
    StoredKeys stored;
    for (const RingKey& one : keys) {
        stored.keys.push_back({one.created_at, one.active_from, one.key.to_private_pem()});
    }
    std::string text = wire::encode(stored);
    store::FileStamp stamp;
    std::uint64_t changes = 0;
    if (folder_ != nullptr) {
        stamp = folder_->stamp_text(name_of(path_));
        changes = stamp.mark->value() + 1;
        text = store::with_stamp(text, stamp.folder, changes);
    }
    std::filesystem::path fresh = path_;
    fresh += ".new";
    std::filesystem::remove(fresh);
    {
        const File file{fresh, O_WRONLY | O_CREAT | O_EXCL};
        if (!file.is_open()) {
            fail(fresh, std::strerror(errno));
        }
        file.write_all(text);
        file.secure();
    }
    if (::rename(fresh.c_str(), path_.c_str()) != 0) {
        fail(path_, std::strerror(errno));
    }
    const File folder{path_.parent_path(), O_RDONLY | O_DIRECTORY};
    if (folder.is_open()) {
        folder.secure();
    }
    if (stamp.mark != nullptr) {
        stamp.mark->raise(changes);
    }
}

}  // namespace loquat::auth
