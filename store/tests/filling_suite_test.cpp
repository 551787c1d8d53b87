#include "store/archive/filling.hpp"

#include <gtest/gtest.h>

#include "store/archive/table_reader.hpp"
#include "store/tests/people_schema.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"

// What bringing an archive into a database promises, run over all of them.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::Keeping;

struct FillingSuite : testing::TestWithParam<Keeping> {
    test::DatabasePlace place{GetParam()};
    aio::Loop loop{"test"};
    const DatabaseNeed need{.name = "test", .schema = people_schema};
    const Filling::Need unfinished{need};
    const std::vector<TableShape> shapes = shapes_of(need);
    const TableShape& people = shapes[0];
    const TableShape& pets = shapes[1];
    const Uuid archive = Uuid::make();
    // In the order in which they are brought in.
    const std::vector<std::pair<const TableShape*, std::string>> parts{
        {&people, "[1,\"ann\",null]\n[2,\"bob\",7]\n"},
        {&people, "[5,\"cem\",1]\n"},
        {&pets, "[1,\"rex\"]\n"},
        {&pets, "[1,\"zoe\"]\n[5,\"leo\"]\n"}};

    Filling::Numbers numbers() const {
        return GetParam() == Keeping::postgres ? Filling::Numbers::by_sequence
                                               : Filling::Numbers::by_content;
    }
    // Opens it, brings in so many parts of those that are missing, and closes it; whether none is
    // missing any more.
    bool bring_in(std::size_t count) {
        const auto database = place.open(unfinished.get());
        Filling filling{*database, shapes};
        await(loop, filling.begin(archive));
        auto there =
            static_cast<std::size_t>(filling.parts_of("people") + filling.parts_of("pets"));
        for (; count > 0 && there < parts.size(); --count, ++there) {
            await(loop, filling.add_part(*parts[there].first, parts[there].second));
        }
        if (there < parts.size()) {
            return false;
        }
        await(loop, filling.finish(numbers()));
        return true;
    }
    std::string lines(const TableShape& shape) {
        const auto database = place.open(need);
        TableReader reader{*database, shape};
        return await(loop, reader.next()).text;
    }
};

TEST_P(FillingSuite, goes_on_where_it_was_ended_and_doubles_nothing) {
    int runs = 1;
    while (!bring_in(1)) {
        ++runs;
    }

    EXPECT_EQ(runs, 4);
    EXPECT_EQ(lines(people), parts[0].second + parts[1].second);
    EXPECT_EQ(lines(pets), parts[2].second + parts[3].second);
}

TEST_P(FillingSuite, lets_nobody_take_for_whole_what_is_not) {
    bring_in(3);

    EXPECT_EQ(code_of([&] { place.open(need); }), "store.import_unfinished");
    bring_in(1);
    EXPECT_EQ(code_of([&] { place.open(need); }), "");
}

TEST_P(FillingSuite, refuses_another_archive_in_between) {
    bring_in(1);
    const auto database = place.open(unfinished.get());
    Filling filling{*database, shapes};

    EXPECT_EQ(await(loop, code_of(filling.begin(Uuid::make()))), "import.other_archive");
}

TEST_P(FillingSuite, lets_one_of_two_that_fill_at_once_go_on) {
    const auto database = place.open(unfinished.get());
    Filling one{*database, shapes};
    Filling other{*database, shapes};
    await(loop, one.begin(archive));
    await(loop, other.begin(archive));

    await(loop, one.add_part(people, parts[0].second));

    EXPECT_EQ(await(loop, code_of(other.add_part(people, parts[0].second))), "import.moved");
    await(loop, one.add_part(people, parts[1].second));
}

TEST_P(FillingSuite, takes_all_of_a_part_or_nothing) {
    const auto database = place.open(unfinished.get());
    Filling filling{*database, shapes};
    await(loop, filling.begin(archive));

    const std::string twice = "[1,\"ann\",null]\n[2,\"ann\",null]\n";
    EXPECT_EQ(await(loop, code_of(filling.add_part(people, twice))), "store.conflict");

    EXPECT_EQ(filling.parts_of("people"), 0);
    EXPECT_TRUE(await(loop, is_empty_table(*database, people)));
}

TEST_P(FillingSuite, lets_the_database_count_on_from_the_highest_number) {
    bring_in(parts.size());
    const auto database = place.open(need);
    auto work = [](Transaction& transaction) {
        return transaction.query("INSERT INTO people (name) VALUES ('dan') RETURNING id")
            .front()
            .integer(0);
    };

    EXPECT_EQ(await(loop, database->transact(work)), 6);
}

TEST_P(FillingSuite, reads_a_table_of_many_pages_in_the_order_of_its_key) {
    constexpr int count = 5'000;
    const auto database = place.open(need);
    auto work = [](Transaction& transaction) {
        transaction.execute("INSERT INTO people (id, name) VALUES (1, 'ann')");
        std::vector<std::string> names;
        for (int i = 0; i < count; ++i) {
            names.push_back("pet " + std::to_string(i * 7'919 % count));
        }
        std::vector<Params> sets;
        for (const std::string& name : names) {
            sets.push_back({1, name});
        }
        transaction.execute_each("INSERT INTO pets (person, name) VALUES ($1, $2)", sets);
    };
    await(loop, database->transact(work));

    TableReader reader{*database, pets};
    std::vector<std::string> found;
    std::size_t pages = 0;
    for (;;) {
        const Lines lines = await(loop, reader.next());
        if (lines.rows == 0) {
            break;
        }
        ++pages;
        for (std::string_view rest = lines.text; !rest.empty();) {
            const std::size_t end = rest.find('\n');
            found.emplace_back(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
    }

    EXPECT_EQ(found.size(), std::size_t{count});
    EXPECT_GT(pages, 1U);
    EXPECT_TRUE(std::ranges::is_sorted(found));
    EXPECT_EQ(await(loop, sum_of_table(*database, pets)).rows, count);
}

INSTANTIATE_TEST_SUITE_P(Databases, FillingSuite,
                         testing::Values(Keeping::sqlite, Keeping::postgres),
                         [](const auto& shown) { return test::name_of(shown.param); });

}  // namespace
}  // namespace loquat::store
