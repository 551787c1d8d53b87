#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runtime/platform/platform.hpp"

namespace loquat::test {

// Of a parameter of tests that run in both ways in which services call each other.
inline std::string name_of(runtime::Calls calls) {
    return calls == runtime::Calls::direct ? "direct" : "loopback";
}

// A whole platform in this process on a free port.
class PlatformUnderTest {
  public:
    struct Options {
        runtime::Calls calls = runtime::Calls::direct;
        std::string configuration;          // YAML, as a configuration file
        std::vector<std::string> settings;  // beside: limits off, two edge loops, warnings only
        std::filesystem::path folder;       // kept; empty: a new one, which goes with it
        const Clock* clock = nullptr;       // the system's when null; must outlive it
        enum class Order { usual, reversed } order = Order::usual;  // in which modules are given
        bool has_service_port = false;
    };

    explicit PlatformUnderTest(Options options);
    ~PlatformUnderTest();

    // Stops, and starts again on the same folder; on another port.
    void restart();
    std::uint16_t port() const { return port_; }
    runtime::Platform& platform() { return *platform_; }

  private:
    void start();

    Options options_;
    std::filesystem::path folder_;
    bool is_kept_;
    std::unique_ptr<runtime::Platform> platform_;
    std::uint16_t port_ = 0;
};

}  // namespace loquat::test
