#include "tests/support/moving.hpp"

#include <sstream>

#include "testing/platform/program.hpp"

namespace loquat::test {

MovingTest::Said MovingTest::run(std::vector<std::string> words, Environment environment) {
    Program program{std::move(words), {.environment = std::move(environment)}};
    const int code = program.wait_for_end();
    return {code, program.output(), program.errors()};
}

std::map<std::string, std::string> MovingTest::tables_of(const Said& said) {
    std::map<std::string, std::string> tables;
    std::istringstream lines{said.output};
    std::string name;
    std::string rows;
    std::string sum;
    while (lines >> name >> rows >> sum && sum.size() == 64) {
        tables[name] = rows + " " + sum;
    }
    return tables;
}

MovingTest::Said MovingTest::export_from(const std::string& data, const std::string& archive,
                                         Environment environment) const {
    return run({"export", folder(archive), "--data", folder(data)}, std::move(environment));
}

MovingTest::Said MovingTest::import_into(const std::string& data, const std::string& archive,
                                         Environment environment) const {
    return run({"import", folder(archive), "--data", folder(data)}, std::move(environment));
}

void MovingTest::with_platform(const std::string& data, Environment environment, int signal,
                               const Work& work) const {
    Program program{
        {"up", "--port", "0", "--data", folder(data), "--set", "platform.log_level=error"},
        {.environment = std::move(environment)}};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    aio::Loop loop{"client"};
    HttpCaller caller{loop, port};
    run_to_end(loop, work(caller));
    program.signal(signal);
    program.wait_for_end();
}

}  // namespace loquat::test
