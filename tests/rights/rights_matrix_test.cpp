#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "base/text.hpp"
#include "tests/rights/scene.hpp"

// What stays open, times what changes.  docs/rights.md says what must become of each.
namespace loquat::test {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
    std::vector<std::string> cells;
    for (const std::string_view cell : split(line, '|')) {
        cells.emplace_back(trim(cell));
    }
    // A row begins and ends with a bar.
    return {cells.begin() + 1, cells.end() - 1};
}

// The table of the document: what is expected, by row and column.
std::map<std::string, std::map<std::string, std::string>> read_table() {
    std::ifstream document{std::string{LOQUAT_SOURCE_DIR} + "/docs/rights.md"};
    std::map<std::string, std::map<std::string, std::string>> table;
    std::vector<std::string> columns;
    for (std::string line; std::getline(document, line);) {
        if (!line.starts_with("| ")) {
            continue;
        }
        const std::vector<std::string> cells = cells_of(line);
        if (columns.empty()) {
            columns = cells;
            continue;
        }
        for (std::size_t i = 1; i < std::min(cells.size(), columns.size()); ++i) {
            table[cells.front()][columns[i]] = cells[i];
        }
    }
    return table;
}

std::vector<Thing> things() {
    std::vector<Thing> all = answers_and_calls();
    all.insert(all.end(), live_things().begin(), live_things().end());
    return all;
}

struct Row {
    Thing thing;
    runtime::Calls calls;
};

std::vector<Row> rows() {
    std::vector<Row> all;
    for (const Thing& thing : things()) {
        all.push_back({thing, runtime::Calls::direct});
        all.push_back({thing, runtime::Calls::loopback});
    }
    return all;
}

// Other servers behind the gateway: the provider, and the platform itself.
Task<void> add_routes(HttpCaller& http, ScriptedProvider& provider, std::uint16_t port) {
    const auto root = co_await http.call("POST", "/api/auth/login", "",
                                         R"({"login":"ruth","password":"a long password 1"})");
    const auto route = [](std::string id, std::string path, std::string rewrite, std::uint16_t to) {
        return wire::Object{{"id", id},
                            {"path", path},
                            {"rewrite", rewrite},
                            {"upstreams", wire::Array{"http://127.0.0.1:" + std::to_string(to)}},
                            {"access", "user"}};
    };
    const wire::Value routes = wire::Object{
        {"routes",
         wire::Array{route("behind", "/behind/answers", "/v1/chat/completions", provider.port()),
                     route("tunnel", "/tunnel", "/ws", port)}}};
    const auto put = co_await http.call("PUT", "/internal/gateway/routes",
                                        root.text("access_token"), wire::to_json(routes));
    EXPECT_LT(put.status, 300) << put.body;
}

class RightsMatrix : public testing::TestWithParam<Row> {};

TEST_P(RightsMatrix, what_is_open_follows_the_right_to_it) {
    const Thing& thing = GetParam().thing;
    const auto expected = read_table();
    ASSERT_TRUE(expected.contains(thing.row)) << thing.row;
    aio::Loop loop{"client"};
    ScriptedProvider provider{loop};
    ShiftedClock clock;
    PlatformUnderTest platform{{.calls = GetParam().calls,
                                .configuration = provider.configuration(),
                                .settings = {"auth.hash_memory_kib=64", "auth.hash_passes=1",
                                             "auth.back_off=false", "chat.tokens_per_day_max=2000"},
                                .clock = &clock}};
    HttpCaller http{loop, platform.port()};
    std::map<std::string, std::string> found;
    auto body = [&]() -> Task<void> {
        co_await http.make_user("ruth");
        co_await add_routes(http, provider, platform.port());
        for (const Change& change : changes()) {
            SCOPED_TRACE(change.name);
            Scene scene{.loop = loop,
                        .provider = provider,
                        .http = http,
                        .clock = clock,
                        .port = platform.port()};
            co_await scene.prepare(std::to_string(found.size()));
            found[change.name] = co_await thing.try_out(scene, change);
        }
    };
    auto whole = [&]() -> Task<void> {
        std::exception_ptr failed;
        try {
            co_await body();
        } catch (...) {
            failed = std::current_exception();
        }
        co_await provider.close();
        if (failed) {
            std::rethrow_exception(failed);
        }
    };

    run_to_end(loop, whole());

    for (const Change& change : changes()) {
        EXPECT_EQ(found[change.name], expected.at(thing.row).at(change.column))
            << thing.row << ", " << change.name;
    }
}

INSTANTIATE_TEST_SUITE_P(Rights, RightsMatrix, testing::ValuesIn(rows()), [](const auto& info) {
    std::string name = info.param.thing.row;
    std::erase(name, '\'');
    std::ranges::replace(name, ' ', '_');
    return name + "_" + name_of(info.param.calls);
});

TEST(RightsTable, has_every_thing_and_every_change_and_nothing_else) {
    const auto table = read_table();
    std::set<std::string> columns;
    for (const Change& change : changes()) {
        columns.insert(change.column);
    }

    for (const Thing& thing : things()) {
        ASSERT_TRUE(table.contains(thing.row)) << thing.row;
        EXPECT_EQ(table.at(thing.row).size(), columns.size()) << thing.row;
        for (const std::string& column : columns) {
            EXPECT_TRUE(table.at(thing.row).contains(column)) << thing.row << ", " << column;
        }
    }
    EXPECT_EQ(table.size(), things().size());
}

}  // namespace
}  // namespace loquat::test
