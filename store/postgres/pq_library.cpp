#include "store/postgres/pq_library.hpp"

#include <dlfcn.h>

#include <string>
#include <type_traits>

#include "base/failure.hpp"

namespace loquat::store {
namespace {

constexpr const char* file_name = "libpq.so.5";

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Kind::unavailable, "store.driver_missing",
                  "PostgreSQL needs the library libpq (apt-get install libpq5): " + why};
}

PqLibrary load() {
    // Never closed: it has threads' memory of its own.
    void* const library = ::dlopen(file_name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        refuse(::dlerror());
    }
    PqLibrary pq;
    const auto find = [library](auto& function, const char* name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
        if (function == nullptr) {
            refuse(std::string{name} + " is not in " + file_name);
        }
    };
#define LOQUAT_PQ(name) find(pq.name, "PQ" #name);
#include "store/postgres/pq_functions.inc"
#undef LOQUAT_PQ
    return pq;
}

}  // namespace

const PqLibrary& PqLibrary::get() {
    static const PqLibrary pq = load();
    return pq;
}

}  // namespace loquat::store
