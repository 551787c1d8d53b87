#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"
#include "tests/fault/network.hpp"

namespace loquat::test {

// A platform of which every part is a process with an address of its own, on a network of the
// test's own: two registries, a config server, auth, two of model, chat with what shares its log,
// two gateways, and two of an application of somebody else (`lb://demo` below /demo).  Leases are
// of a second.
class Town {
  public:
    static constexpr int lease_seconds = 1;

    // All are ready.  Throws Failure `test.not_ready` with what one said.
    Town();

    const std::vector<std::string>& names() const { return names_; }
    const std::string& address(const std::string& name) const { return places_.at(name); }
    // Where it is asked: http://ADDRESS:PORT.
    std::string url(const std::string& name) const;
    const std::string& key() const { return key_; }
    // Where the config server reads.
    std::filesystem::path served() const { return folder_ / "served"; }

    // SIGKILL, and it is gone.
    void kill(const std::string& name) { running_.erase(name); }
    void signal(const std::string& name, int number) const { running_.at(name)->signal(number); }
    // SIGTERM; its exit code.
    int end(const std::string& name);
    // Again, where it was; returns once it is ready.
    void start(const std::string& name);
    void cut(const std::string& name) const { network_.cut(name); }
    void heal(const std::string& name) const { network_.heal(name); }

  private:
    std::vector<std::string> arguments_of(const std::string& name) const;
    void begin(const std::string& name);
    void wait_until_ready(const std::string& name);

    TemporaryFolder folder_;
    Network network_;
    std::string key_ = "0123456789abcdef0123456789abcdef";
    std::vector<std::string> names_{"registry-1", "registry-2", "config", "auth",
                                    "model-1",    "model-2",    "chat",   "gateway-1",
                                    "gateway-2",  "demo-1",     "demo-2"};
    std::map<std::string, std::string> places_;  // by name: the address
    std::map<std::string, std::unique_ptr<Program>> running_;
};

}  // namespace loquat::test
