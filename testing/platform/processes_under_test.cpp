#include "testing/platform/processes_under_test.hpp"

#include "base/failure.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {
namespace {

std::uint16_t ready(Program& program) {
    const std::uint16_t port = program.wait_until_ready();
    if (port == 0) {
        program.wait_for_end();
        throw Failure{Kind::internal, "test.not_ready", program.errors()};
    }
    return port;
}

std::string url(const std::string& service, std::uint16_t port) {
    return "{service: " + service + ", url: 'http://127.0.0.1:" + std::to_string(port) + "'}";
}

}  // namespace

ProcessesUnderTest::ProcessesUnderTest(const std::vector<std::string>& settings)
    : folder_(make_folder()) {
    Program& auth = start({{"auth"}, ""}, settings);
    Program& model = start({{"model"}, ""}, settings);
    const std::string first = url("auth", ready(auth)) + ", " + url("model", ready(model));
    const std::uint16_t rest =
        ready(start({{"chat", "consumer", "presence", "realtime"}, first}, settings));
    std::string all = first;
    for (const char* service : {"chat", "consumer", "presence", "realtime"}) {
        all += ", " + url(service, rest);
    }
    port_ = ready(start({{"gateway"}, all}, settings));
}

Program& ProcessesUnderTest::start(Serve serve, const std::vector<std::string>& settings) {
    std::vector<std::string> arguments{"serve"};
    arguments.insert(arguments.end(), serve.services.begin(), serve.services.end());
    arguments.insert(arguments.end(), {"--data", (folder_ / serve.services.front()).string()});
    std::vector<std::string> all{"gateway.port=0",
                                 "config.port=0",
                                 "gateway.limits.enabled=false",
                                 "platform.edge_loops=2",
                                 "platform.log_level=warn",
                                 "platform.drain_seconds=2",
                                 "platform.internal_key=of-a-test",
                                 "platform.urls=[" + serve.urls + "]"};
    all.insert(all.end(), settings.begin(), settings.end());
    for (std::string& setting : all) {
        arguments.insert(arguments.end(), {"--set", std::move(setting)});
    }
    return *programs_.emplace_back(std::make_unique<Program>(std::move(arguments)));
}

// The gateway first, so that nobody talks to who is gone.
ProcessesUnderTest::~ProcessesUnderTest() {
    while (!programs_.empty()) {
        programs_.pop_back();
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

}  // namespace loquat::test
