#pragma once
#include <cstdint>

namespace loquat {

// Tells whether something changed while a question about it was under way: what comes back then is
// stale and must not be applied.
//
//   const Version asked = removals_;
//   auto answer = co_await port.ask();
//   if (asked != removals_) { ...ask again... }
class Version {
  public:
    void change() { ++number_; }
    friend bool operator==(const Version&, const Version&) = default;

  private:
    std::uint64_t number_ = 0;
};

}  // namespace loquat
