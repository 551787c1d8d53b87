#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "testing/server_process.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {

// A FerretDB of the test's own, which speaks MongoDB, on a free port of loopback, with a user and
// a password; gone after it.  Keeps its data over a restart.  Throws std::runtime_error when
// `./dev infra up ferretdb` has not made it, or it does not answer.
class FerretServer {
  public:
    // `options`: more words of its command line.
    explicit FerretServer(std::vector<std::string> options = {});

    // `options`: of a URL, joined by "&".
    std::string url(const std::string& options = "") const;
    std::string url_as(const std::string& user, const std::string& password) const;
    std::uint16_t port() const { return port_; }

    void kill() { process_.kill(); }
    void start();
    void pause() const { process_.pause(); }
    void resume() const { process_.resume(); }

  private:
    TemporaryFolder folder_;
    std::string password_;
    std::uint16_t port_ = 0;
    ServerProcess process_;
};

}  // namespace loquat::test
