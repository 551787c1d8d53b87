#include "services/config/adapters/git_repository.hpp"

#include <array>

#include "base/failure.hpp"
#include "base/redact.hpp"
#include "services/config/adapters/git_library.hpp"
#include "services/config/adapters/read_folder.hpp"

namespace loquat::config {
namespace {

const GitLibrary& git() { return GitLibrary::get(); }

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const {
        (git().*Free)(object);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, FreeWith<Free>>;
using RemotePtr = Owned<git_remote, &GitLibrary::remote_free>;
using ObjectPtr = Owned<git_object, &GitLibrary::object_free>;
using CommitPtr = Owned<git_commit, &GitLibrary::commit_free>;
using TreePtr = Owned<git_tree, &GitLibrary::tree_free>;
using BlobPtr = Owned<git_blob, &GitLibrary::blob_free>;

constexpr std::size_t id_characters_min = 7;  // of a commit
constexpr std::size_t received_bytes_max = 512 * 1024 * 1024;

std::string last_error() {
    const git_error* error = git().error_last();
    return error != nullptr && error->message != nullptr ? error->message : "unknown";
}

[[noreturn]] void refuse(const char* code, const std::string& what) {
    throw Failure{Kind::unavailable, code, hide_credentials(what + ": " + last_error())};
}

void check(int result, const char* code, const std::string& what) {
    if (result < 0) {
        refuse(code, what);
    }
}

int give_credentials(git_credential** out, const char*, const char* username, unsigned allowed,
                     void* payload) {
    const auto& settings = *static_cast<const GitSettings*>(payload);
    if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && !settings.password.empty()) {
        return git().credential_userpass_plaintext_new(out, settings.username.c_str(),
                                                       settings.password.c_str());
    }
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0) {
        return git().credential_ssh_key_from_agent(out, username);
    }
    return GIT_EAUTH;
}

// What a fetch goes on for.
struct Patience {
    const GitSettings* settings = nullptr;
    const GitConnections* connections = nullptr;
};

int keep_patience(const git_indexer_progress* progress, void* payload) {
    const auto& patience = *static_cast<const Patience*>(payload);
    const bool may_go_on = !patience.connections->has_ended();
    return may_go_on && progress->received_bytes < received_bytes_max ? 0 : -1;
}

struct Walk {
    git_repository* repository = nullptr;
    Files files;
    Time changed_at{};
    std::size_t bytes = 0;
    bool is_too_much = false;
};

int take_entry(const char* root, const git_tree_entry* entry, void* payload) {
    auto& walk = *static_cast<Walk*>(payload);
    const std::string_view name = git().tree_entry_name(entry);
    if (name.starts_with('.')) {
        return 1;  // neither it nor what is below
    }
    const git_filemode_t mode = git().tree_entry_filemode(entry);
    const bool is_file =
        git().tree_entry_type(entry) == GIT_OBJECT_BLOB && mode != GIT_FILEMODE_LINK;
    if (!is_file) {
        return 0;
    }
    git_blob* raw = nullptr;
    if (git().blob_lookup(&raw, walk.repository, git().tree_entry_id(entry)) < 0) {
        return -1;
    }
    const BlobPtr blob{raw};
    const auto size = static_cast<std::size_t>(git().blob_rawsize(raw));
    walk.bytes += size;
    walk.is_too_much =
        size > file_bytes_max || walk.bytes > all_bytes_max || walk.files.size() == files_max;
    if (walk.is_too_much) {
        return -1;
    }
    walk.files[std::string{root} + std::string{name}] = {
        .text = {static_cast<const char*>(git().blob_rawcontent(raw)), size},
        .changed_at = walk.changed_at};
    return 0;
}

}  // namespace

GitRepository::GitRepository(GitSettings settings) : settings_(std::move(settings)) {
    const std::string path = settings_.clone.string();
    if (git().repository_open_bare(&repository_, path.c_str()) < 0 &&
        git().repository_init(&repository_, path.c_str(), 1) < 0) {
        refuse("config.unreadable", path);
    }
}

GitRepository::~GitRepository() { git().repository_free(repository_); }

void GitRepository::fetch(GitConnections& connections) {
    git_remote* raw = nullptr;
    const char* uri = settings_.uri.c_str();
    // The address as it is: no rules of this machine's user for other ones.
    git_remote_create_options how{};
    how.version = GIT_REMOTE_CREATE_OPTIONS_VERSION;
    how.repository = repository_;
    how.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC;
    check(git().remote_create_with_opts(&raw, uri, &how), "config.remote_away", uri);
    const RemotePtr remote{raw};
    Patience patience{.settings = &settings_, .connections = &connections};
    git_fetch_options options;
    git().fetch_options_init(&options, GIT_FETCH_OPTIONS_VERSION);
    options.prune = GIT_FETCH_PRUNE;
    options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_ALL;
    options.callbacks.payload = &patience;
    options.callbacks.transfer_progress = &keep_patience;
    options.callbacks.credentials = [](git_credential** out, const char* url, const char* name,
                                       unsigned allowed, void* payload) {
        const auto* held = static_cast<const Patience*>(payload)->settings;
        return give_credentials(out, url, name, allowed, const_cast<GitSettings*>(held));
    };
    std::array<char*, 2> specs{const_cast<char*>("+refs/heads/*:refs/remotes/origin/*"),
                               const_cast<char*>("+HEAD:refs/remotes/origin/HEAD")};
    const git_strarray all{specs.data(), specs.size()};
    const GitDeadline deadline{connections, std::chrono::steady_clock::now() + settings_.time_max};
    const int result = git().remote_fetch(remote.get(), &all, &options, nullptr);
    if (result < 0 && connections.has_ended()) {
        throw Failure{Kind::unavailable, "config.remote_away",
                      hide_credentials(settings_.uri) + ": no whole answer within " +
                          std::to_string(settings_.time_max.count()) + " ms"};
    }
    check(result, "config.remote_away", uri);
}

std::string GitRepository::default_branch() const {
    const auto head = find_commit("HEAD");
    for (const char* name : {"main", "master"}) {
        const auto commit = find_commit(name);
        if (commit && (!head || commit == head)) {
            return name;
        }
    }
    return head ? "HEAD" : "";
}

// By names of references, not by git_revparse_single: libgit2 up to 1.5 leaks some 20 KB of each
// name that is none, and anybody may ask for any.
std::optional<std::string> GitRepository::find_commit(std::string_view label) const {
    const std::string name{label};
    git_oid id{};
    for (const std::string& spelt : {"refs/remotes/origin/" + name, "refs/tags/" + name}) {
        if (git().reference_name_to_id(&id, repository_, spelt.c_str()) == 0) {
            return commit_at(id, GIT_OID_HEXSZ);
        }
    }
    const bool is_id = name.size() >= id_characters_min &&
                       name.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_id || git().oid_fromstrn(&id, name.data(), name.size()) < 0) {
        return std::nullopt;
    }
    return commit_at(id, name.size());
}

std::optional<std::string> GitRepository::commit_at(const git_oid& id, std::size_t digits) const {
    git_object* raw = nullptr;
    if (git().object_lookup_prefix(&raw, repository_, &id, digits, GIT_OBJECT_ANY) < 0) {
        return std::nullopt;
    }
    const ObjectPtr object{raw};
    git_object* peeled = nullptr;
    if (git().object_peel(&peeled, object.get(), GIT_OBJECT_COMMIT) < 0) {
        return std::nullopt;
    }
    const ObjectPtr commit{peeled};
    std::array<char, GIT_OID_HEXSZ + 1> text{};
    git().oid_tostr(text.data(), text.size(), git().object_id(commit.get()));
    return std::string{text.data()};
}

Files GitRepository::read(const std::string& commit) const {
    git_oid id;
    check(git().oid_fromstr(&id, commit.c_str()), "config.unreadable", commit);
    git_commit* raw_commit = nullptr;
    check(git().commit_lookup(&raw_commit, repository_, &id), "config.unreadable", commit);
    const CommitPtr found{raw_commit};
    git_tree* raw_tree = nullptr;
    check(git().commit_tree(&raw_tree, raw_commit), "config.unreadable", commit);
    const TreePtr tree{raw_tree};
    Walk walk{.repository = repository_,
              .changed_at = from_unix_ms(git().commit_time(raw_commit) * 1'000)};
    const int result = git().tree_walk(raw_tree, GIT_TREEWALK_PRE, &take_entry, &walk);
    if (walk.is_too_much) {
        throw Failure{Kind::unavailable, "config.unreadable",
                      commit + ": too many files, or too large ones"};
    }
    check(result, "config.unreadable", commit);
    return std::move(walk.files);
}

}  // namespace loquat::config
