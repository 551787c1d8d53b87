#include "apps/loquat/chat_sign_in.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "apps/loquat/chat_screen.hpp"
#include "contracts/auth/auth.hpp"
#include "runtime/config/config.hpp"

namespace loquat::app {
namespace {

constexpr const char* file_name = "sign-ins.json";

struct SignInsFile {
    std::vector<SavedSignIn> items;
};
BOOST_DESCRIBE_STRUCT(SignInsFile, (), (items))

std::filesystem::path config_folder() {
    const std::string config = runtime::environment_value("XDG_CONFIG_HOME");
    const std::string home = runtime::environment_value("HOME");
    if (config.empty() && home.empty()) {
        throw Failure{Kind::invalid, "chat.no_folder",
                      "There is no folder to keep the sign-in: set XDG_CONFIG_HOME or HOME."};
    }
    return (config.empty() ? std::filesystem::path{home} / ".config"
                           : std::filesystem::path{config}) /
           "loquat";
}

std::string key_of(const ChatServer& server) {
    const net::http::Origin& origin = server.origin();
    return (origin.scheme == net::http::Scheme::https ? "https://" : "http://") +
           origin.authority();
}

std::string read_password_from(const std::string& file) {
    std::string line;
    if (file == "-") {
        return read_line().value_or("");
    }
    std::ifstream in{file};
    if (!in) {
        throw Failure{Kind::invalid, "chat.no_password_file",
                      "The file " + file + " cannot be read."};
    }
    std::getline(in, line);
    return line;
}

Task<contracts::Session> ask_and_sign_in(ChatServer& server, SignInOptions options) {
    const bool must_ask = options.username.empty() || options.password_file.empty();
    if (must_ask && !can_ask()) {
        throw Failure{Kind::unauthenticated, "chat.not_signed_in",
                      "Nobody is signed in: give --user and --password-file, or sign in once with "
                      "loquat chat."};
    }
    if (options.username.empty()) {
        options.username = ask("User name: ");
    }
    const std::string password = options.password_file.empty()
                                     ? ask_secret("Password: ")
                                     : read_password_from(options.password_file);
    const wire::Value body = wire::Object{{"login", options.username}, {"password", password}};
    const std::string text = wire::to_json(body);
    const std::string answer = co_await server.call_as_nobody("POST", "/api/auth/login", text);
    co_return wire::from_json<contracts::Session>(answer);
}

// A new access token for the saved refresh token; none when nobody is signed in any more.
Task<std::optional<contracts::Session>> renew(ChatServer& server, SavedSignIns& saved) {
    const auto lock = saved.lock();
    const auto known = saved.find(key_of(server));
    if (!known) {
        co_return std::nullopt;
    }
    const wire::Value body = wire::Object{{"refresh_token", known->refresh_token}};
    const std::string text = wire::to_json(body);
    try {
        const std::string answer =
            co_await server.call_as_nobody("POST", "/api/auth/refresh", text);
        auto session = wire::from_json<contracts::Session>(answer);
        saved.put({known->url, known->username, session.refresh_token.value_or("")});
        co_return session;
    } catch (const Failure& failure) {
        if (failure.kind != Kind::unauthenticated) {
            throw;
        }
    }
    saved.remove(known->url);
    co_return std::nullopt;
}

Task<std::string> renew_token(ChatServer& server, SavedSignIns& saved) {
    const auto session = co_await renew(server, saved);
    if (!session) {
        throw Failure{Kind::unauthenticated, "chat.signed_out",
                      "The session has ended; start loquat chat again."};
    }
    co_return session->access_token;
}

}  // namespace

SavedSignIns::SavedSignIns() : folder_(config_folder()) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
        throw Failure{Kind::invalid, "chat.no_folder",
                      "The folder " + folder_.string() + " cannot be made."};
    }
    ::chmod(folder_.c_str(), S_IRWXU);
}

SavedSignIns::Lock::Lock(const std::filesystem::path& folder) {
    const auto path = folder / "sign-ins.lock";
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file_ < 0 || ::flock(file_, LOCK_EX) != 0) {
        throw Failure{Kind::internal, "chat.no_lock",
                      "The file " + path.string() + " cannot be locked."};
    }
}

SavedSignIns::Lock::~Lock() { ::close(file_); }

std::vector<SavedSignIn> SavedSignIns::read() const {
    std::ifstream in{folder_ / file_name, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    if (text.str().empty()) {
        return {};
    }
    try {
        return wire::from_json<SignInsFile>(text.str()).items;
    } catch (const Failure&) {
        return {};  // damaged: one signs in again
    }
}

void SavedSignIns::write(const std::vector<SavedSignIn>& all) const {
    const auto path = folder_ / file_name;
    const auto made = folder_ / (std::string{file_name} + ".new");
    const std::string text = wire::encode(SignInsFile{all});
    ::unlink(made.c_str());
    const int file =
        ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    const bool written =
        file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(file) == 0;
    if (file >= 0) {
        ::close(file);
    }
    if (!written || ::rename(made.c_str(), path.c_str()) != 0) {
        throw Failure{Kind::internal, "chat.not_saved",
                      "The file " + path.string() + " cannot be written."};
    }
}

std::optional<SavedSignIn> SavedSignIns::find(const std::string& url) const {
    for (SavedSignIn& one : read()) {
        if (one.url == url) {
            return std::move(one);
        }
    }
    return std::nullopt;
}

void SavedSignIns::put(const SavedSignIn& sign_in) const {
    std::vector<SavedSignIn> all = read();
    std::erase_if(all, [&](const SavedSignIn& one) { return one.url == sign_in.url; });
    all.push_back(sign_in);
    write(all);
}

void SavedSignIns::remove(const std::string& url) const {
    std::vector<SavedSignIn> all = read();
    std::erase_if(all, [&](const SavedSignIn& one) { return one.url == url; });
    write(all);
}

Task<std::string> sign_in(ChatServer& server, SavedSignIns& saved, SignInOptions options) {
    std::optional<SavedSignIn> known;
    {
        const auto lock = saved.lock();
        known = saved.find(key_of(server));
    }
    std::optional<contracts::Session> session;
    if (known && (options.username.empty() || options.username == known->username)) {
        session = co_await renew(server, saved);
    }
    if (!session) {
        session = co_await ask_and_sign_in(server, std::move(options));
        const auto lock = saved.lock();
        saved.put({key_of(server), session->user.username, session->refresh_token.value_or("")});
    }
    server.set_access_token(session->access_token);
    server.on_expired([&server, &saved] { return renew_token(server, saved); });
    co_return session->user.username;
}

Task<bool> sign_out(ChatServer& server, SavedSignIns& saved) {
    const auto session = co_await renew(server, saved);
    if (!session) {
        co_return false;
    }
    server.set_access_token(session->access_token);
    co_await server.call("POST", "/api/auth/logout", "");
    const auto lock = saved.lock();
    saved.remove(key_of(server));
    co_return true;
}

}  // namespace loquat::app
