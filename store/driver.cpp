#include "store/driver.hpp"

#include <dlfcn.h>

#include "base/failure.hpp"

namespace loquat::store {

Driver::Driver(const char* file_name, std::string need)
    : file_name_(file_name),
      need_(std::move(need)),
      library_(::dlopen(file_name, RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) {
        refuse(::dlerror());
    }
}

void* Driver::symbol(const char* name) const {
    void* const found = ::dlsym(library_, name);
    if (found == nullptr) {
        refuse(std::string{name} + " is not in " + file_name_);
    }
    return found;
}

void Driver::refuse(const std::string& why) const {
    throw Failure{Kind::unavailable, "store.driver_missing", need_ + ": " + why};
}

}  // namespace loquat::store
