#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "testing/platform/program.hpp"

namespace loquat::test {

// A whole platform as four processes on ports that the kernel chose: accounts, models, what shares
// the embedded log, and the gateway.  Gone with the object.
class ProcessesUnderTest {
  public:
    // `settings` beside those that tests of a platform have.  Throws Failure `test.not_ready` with
    // what the process said.
    explicit ProcessesUnderTest(const std::vector<std::string>& settings);
    ~ProcessesUnderTest();

    // The gateway's.
    std::uint16_t port() const { return port_; }

  private:
    struct Serve {
        std::vector<std::string> services;
        std::string urls;  // of services in other processes, as `platform.urls` wants them
    };
    Program& start(Serve serve, const std::vector<std::string>& settings);

    std::filesystem::path folder_;
    std::vector<std::unique_ptr<Program>> programs_;
    std::uint16_t port_ = 0;
};

}  // namespace loquat::test
