#pragma once
#include <string>
#include <string_view>

namespace loquat::store {

// Who published it stands behind what was published, so that nobody has to move the bytes before:
// '\n', '#', 16 hexadecimal digits.  What foreign programs publish has none.
class Envelope {
  public:
    // A new publisher.
    Envelope();

    std::string_view publisher() const { return std::string_view{tail_}.substr(2); }
    std::string_view tail() const { return tail_; }
    // Takes the tail off; false when this publisher's stands there.
    bool open(std::string& message) const;

  private:
    std::string tail_;
};

}  // namespace loquat::store
