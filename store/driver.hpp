#pragma once
#include <string>

namespace loquat::store {

// A library that is loaded when it is needed, and never closed: it may have threads and threads'
// memory of its own.
class Driver {
  public:
    // `store.driver_missing` (unavailable) where this machine has none; `need` says who needs what.
    Driver(const char* file_name, std::string need);

    template <class Function>
    void find(Function& function, const char* name) const {
        function = reinterpret_cast<Function>(symbol(name));
    }

  private:
    void* symbol(const char* name) const;
    [[noreturn]] void refuse(const std::string& why) const;

    const char* file_name_;
    std::string need_;
    void* library_;
};

}  // namespace loquat::store
