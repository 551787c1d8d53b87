#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "apps/loquat/chat_server.hpp"

namespace loquat::app {

// What is kept of a sign-in: never a password.
struct SavedSignIn {
    std::string url;
    std::string username;
    std::string refresh_token;
};
BOOST_DESCRIBE_STRUCT(SavedSignIn, (), (url, username, refresh_token))

// The file `sign-ins.json` in $XDG_CONFIG_HOME/loquat (or ~/.config/loquat), readable by its owner
// only.  A refresh token works once, so that processes that share it take turns: lock, read, use,
// write, unlock.
class SavedSignIns {
  public:
    // Throws Failure `chat.no_folder` when neither variable names a folder that can be made.
    SavedSignIns();

    // While it lives no other process reads or writes the file.
    class Lock {
      public:
        explicit Lock(const std::filesystem::path& folder);
        ~Lock();
        Lock(const Lock&) = delete;
        Lock& operator=(const Lock&) = delete;

      private:
        int file_ = -1;
    };
    Lock lock() const { return Lock{folder_}; }

    // For the holder of the lock.
    std::optional<SavedSignIn> find(const std::string& url) const;
    void put(const SavedSignIn& sign_in) const;
    void remove(const std::string& url) const;

  private:
    std::vector<SavedSignIn> read() const;
    void write(const std::vector<SavedSignIn>& all) const;

    std::filesystem::path folder_;
};

struct SignInOptions {
    std::string username;       // empty: whoever is signed in, else ask
    std::string password_file;  // "-": a line of standard input; empty: ask
};

// Signs in with what was saved, or with a name and a password; gives the user's name.  From then on
// the server's calls carry a token, which is renewed when it expires.  Throws `chat.not_signed_in`
// when nobody can be asked.
Task<std::string> sign_in(ChatServer& server, SavedSignIns& saved, SignInOptions options);
// Ends the session at the server and forgets it; false when there was none.
Task<bool> sign_out(ChatServer& server, SavedSignIns& saved);

}  // namespace loquat::app
