#include "testing/ferret_server.hpp"

#include <filesystem>
#include <stdexcept>

#include "base/failure.hpp"
#include "base/ids.hpp"
#include "store/mongo/mongo_server.hpp"
#include "testing/free_port.hpp"

namespace loquat::test {
namespace {

constexpr const char* program = LOQUAT_SOURCE_DIR "/.cache/infra/programs/ferretdb/ferretdb";
constexpr std::chrono::seconds patience{20};

std::vector<std::string> command_of(const std::string& folder, std::uint16_t port,
                                    const std::vector<std::string>& options) {
    std::vector<std::string> command{program,
                                     "--handler=sqlite",
                                     "--sqlite-url=file:" + folder + "/",
                                     "--state-dir=" + folder,
                                     "--telemetry=disable",
                                     "--debug-addr=-",
                                     "--log-level=error",
                                     "--test-enable-new-auth",
                                     "--listen-addr=127.0.0.1:" + std::to_string(port)};
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

}  // namespace

FerretServer::FerretServer(std::vector<std::string> options)
    : password_(Uuid::make().to_string()),
      port_(free_port()),
      process_(command_of(folder_.string(), port_, options),
               {"FERRETDB_SETUP_DATABASE=loquat", "FERRETDB_SETUP_USERNAME=loquat",
                "FERRETDB_SETUP_PASSWORD=" + password_},
               folder_ / "log.txt") {
    if (!std::filesystem::exists(program)) {
        throw std::runtime_error{"there is no FerretDB to test with: ./dev infra up ferretdb"};
    }
    start();
}

void FerretServer::start() {
    process_.start();
    try {
        store::MongoServer{{.target = {.url = url()}, .collection = "test", .start_max = patience}};
    } catch (const Failure& failure) {
        throw std::runtime_error{failure.message};
    }
}

std::string FerretServer::url(const std::string& options) const {
    return url_as("loquat", password_) + (options.empty() ? "" : "&" + options);
}

std::string FerretServer::url_as(const std::string& user, const std::string& password) const {
    return "mongodb://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) +
           "/test?authSource=loquat";
}

}  // namespace loquat::test
