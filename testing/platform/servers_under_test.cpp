#include "testing/platform/servers_under_test.hpp"

#include <csignal>

#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::test {

ServersUnderTest::ServersUnderTest(const std::vector<std::string>& settings)
    : topics_(rabbit_topics_of(folder_, 2)) {
    migrate();
    std::vector<std::string> arguments{"up", "--processes", "--port",
                                       "0",  "--data",      (folder_ / "data").string()};
    std::vector<std::string> all{"registry.port=0",         "config.port=0",
                                 "platform.edge_loops=2",   "gateway.limits.enabled=false",
                                 "platform.log_level=warn", "platform.drain_seconds=2"};
    all.insert(all.end(), settings.begin(), settings.end());
    for (std::string& setting : all) {
        arguments.insert(arguments.end(), {"--set", std::move(setting)});
    }
    program_ = std::make_unique<Program>(std::move(arguments),
                                         Program::Start{.environment = environment()});
    port_ = program_->wait_until_ready();
    if (port_ == 0) {
        program_->wait_for_end();
        throw Failure{Kind::internal, "test.not_ready", program_->errors()};
    }
}

std::vector<std::string> ServersUnderTest::environment() const {
    const std::string database = base_.url_as(base_.name() + "_{service}") +
                                 "?passfile=" + (folder_ / "{service}.pgpass").string();
    std::vector<std::string> variables{
        "LOQUAT_STORE__SQL__KIND=postgres", "LOQUAT_STORE__SQL__URL=" + database,
        "LOQUAT_STORE__LOG__KIND=rabbitmq", "LOQUAT_STORE__LOG__URL=" + topics_.url};
    for (const std::string need : {"BROADCAST", "LIMITS", "PRESENCE"}) {
        variables.push_back("LOQUAT_STORE__" + need + "__KIND=redis");
        variables.push_back("LOQUAT_STORE__" + need + "__URL=" + redis_.url());
    }
    return variables;
}

void ServersUnderTest::migrate() const {
    std::vector<std::string> variables = environment();
    variables.push_back("LOQUAT_MIGRATE_URL=" + base_.url());
    Program program{{"migrate", "--data", (folder_ / "data").string()},
                    {.environment = std::move(variables)}};
    if (program.wait_for_end() != 0) {
        throw Failure{Kind::internal, "test.not_ready", program.errors()};
    }
}

// Asked to end, so that it takes its children along.
ServersUnderTest::~ServersUnderTest() {
    program_->signal(SIGTERM);
    program_->wait_for_end();
    try {
        store::RabbitOptions topics = topics_;
        for (const char* outside : {"usage_event", "audit_event"}) {
            topics.outside[outside] = {outside, {}};
        }
        store::delete_rabbit_topics(topics, {"chat.messages", "usage_event", "audit_event"});
    } catch (const std::exception& error) {
        log_warn({.service = "test"}, "topics of a test were left", {{"error", error.what()}});
    }
}

}  // namespace loquat::test
