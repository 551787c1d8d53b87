#include "services/config/adapters/git_library.hpp"

#include <dlfcn.h>

#include <string>

#include "base/failure.hpp"
#include "services/config/adapters/git_connections.hpp"

namespace loquat::config {
namespace {

constexpr const char* file_name = "libgit2.so." LIBGIT2_SOVERSION;

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Kind::unavailable, "config.git_missing",
                  "config.git.uri needs the library libgit2 " LIBGIT2_SOVERSION
                  " (apt-get install libgit2-" LIBGIT2_SOVERSION "): " +
                      why};
}

GitLibrary load() {
    // Never closed: it has threads' memory of its own.
    void* const library = ::dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        refuse(::dlerror());
    }
    GitLibrary git;
    const auto find = [library](auto& function, const char* name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
        if (function == nullptr) {
            refuse(std::string{name} + " is not in " + file_name);
        }
    };
#define LOQUAT_GIT(name) find(git.name, "git_" #name);
#include "services/config/adapters/git_functions.inc"
#undef LOQUAT_GIT
    git.libgit2_init();
    git_stream_registration sockets{
        .version = GIT_STREAM_VERSION, .init = &open_git_socket, .wrap = nullptr};
    git.stream_register(GIT_STREAM_STANDARD, &sockets);
    return git;
}

}  // namespace

const GitLibrary& GitLibrary::get() {
    static const GitLibrary git = load();
    return git;
}

}  // namespace loquat::config
