#pragma once
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "services/config/adapters/git_connections.hpp"
#include "services/config/domain/snapshot.hpp"

struct git_oid;
struct git_repository;

namespace loquat::config {

struct GitSettings {
    std::string uri;              // https://, ssh://, file:// or a path
    std::filesystem::path clone;  // our own bare copy
    std::string username;
    std::string password;                        // or a token
    std::chrono::milliseconds time_max{10'000};  // of one exchange with the remote
};

// A bare copy of a repository, through libgit2.  Blocks; one thread at a time.
class GitRepository {
  public:
    explicit GitRepository(GitSettings settings);
    ~GitRepository();
    GitRepository(const GitRepository&) = delete;
    GitRepository& operator=(const GitRepository&) = delete;

    // Brings the copy up to date.  What was there before stays when it fails: throws Failure
    // `config.remote_away` (unavailable).
    // `connections` end it from another thread.
    void fetch(GitConnections& connections);
    // The branch that the remote calls its own, else main or master; empty when there is none.
    std::string default_branch() const;
    // The commit that a branch, tag or commit's id names; none when there is no such one.
    std::optional<std::string> find_commit(std::string_view label) const;
    // All files of a commit.  Throws Failure `config.unreadable` (unavailable).
    Files read(const std::string& commit) const;

  private:
    // `digits`: how many of the id are known.
    std::optional<std::string> commit_at(const git_oid& id, std::size_t digits) const;

    GitSettings settings_;
    git_repository* repository_ = nullptr;
};

}  // namespace loquat::config
