#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace loquat::net::jose {

// 32 bytes each.
std::string sha256(std::string_view text);
std::string hmac_sha256(std::string_view secret, std::string_view text);

// The same of what comes piece by piece.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view text);
    // Of all that was added.  Once.
    std::string finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace loquat::net::jose
