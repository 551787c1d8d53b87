#pragma once
#include <git2.h>
#include <git2/sys/stream.h>

namespace loquat::config {

// libgit2, loaded when the first repository is opened: nobody else pays for it and for the ten
// libraries behind it, and a machine without it can do all but this (docs/adr/0057).
struct GitLibrary {
    // Throws Failure `config.git_missing` (unavailable) where this machine has none of the version
    // that this program was built for.
    static const GitLibrary& get();

#define LOQUAT_GIT(name) decltype(&::git_##name) name = nullptr;
#include "services/config/adapters/git_functions.inc"
#undef LOQUAT_GIT
};

}  // namespace loquat::config
