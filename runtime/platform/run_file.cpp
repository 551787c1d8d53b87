#include "runtime/platform/run_file.hpp"

#include <signal.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "base/failure.hpp"
#include "store/folder/data_folder.hpp"
#include "wire/codec.hpp"

namespace loquat::runtime {

BOOST_DESCRIBE_STRUCT(TlsFiles, (), (ca, certificate, key, service))
BOOST_DESCRIBE_STRUCT(Running, (), (pid, url, service_url, internal_key, tls))

namespace {

std::filesystem::path file_in(const std::filesystem::path& folder) { return folder / "run.json"; }

}  // namespace

void write_run_file(const std::filesystem::path& folder, const Running& running) {
    using std::filesystem::perms;
    const std::filesystem::path made = folder / "run.json.new";
    {
        std::ofstream out{made};
        std::filesystem::permissions(made, perms::owner_read | perms::owner_write);
        out << wire::encode(running) << '\n';
        if (!out.flush()) {
            throw Failure{Kind::unavailable, "data.unusable", made.string() + " cannot be written"};
        }
    }
    std::filesystem::rename(made, file_in(folder));
}

void remove_run_file(const std::filesystem::path& folder) {
    std::error_code ignored;
    std::filesystem::remove(file_in(folder), ignored);
}

std::optional<Running> find_running(const std::filesystem::path& folder) {
    std::ifstream in{file_in(folder)};
    if (!in) {
        return std::nullopt;
    }
    std::ostringstream text;
    text << in.rdbuf();
    try {
        auto running = wire::from_json<Running>(text.str());
        // A number says little: a process that has ended may still have it, or another one.
        const bool is_known = ::kill(static_cast<pid_t>(running.pid), 0) == 0 || errno == EPERM;
        const bool is_running = is_known && store::is_held(folder);
        return is_running ? std::optional<Running>{std::move(running)} : std::nullopt;
    } catch (const Failure&) {
        return std::nullopt;
    }
}

}  // namespace loquat::runtime
