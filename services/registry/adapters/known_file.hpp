#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.hpp"

namespace loquat::registry {

// What a registry knew last, in Eureka's JSON, for its next start.  Written while it changes, but
// no more than a twentieth of the time.
class KnownFile {
  public:
    explicit KnownFile(std::filesystem::path file) : file_(std::move(file)) {}

    // Empty when there is none, or it is too large to be one of ours.
    std::string read() const;
    // Whether what changed since the last write may be written now.
    bool is_due(std::uint64_t version, Steady now) const;
    // Blocks; what fails is logged.
    void write(const std::string& text, std::uint64_t version);

  private:
    std::filesystem::path file_;
    std::uint64_t version_ = 0;
    Steady next_{};
};

}  // namespace loquat::registry
