#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "store/tests/people_schema.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"

// What every Database promises, run over all of them.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::Keeping;

struct DatabaseSuite : testing::TestWithParam<Keeping> {
    test::DatabasePlace place{GetParam()};
    aio::Loop loop{"test"};
    std::unique_ptr<Database> database = place.open({.name = "test", .schema = people_schema});

    void add(std::int64_t id, std::string name) {
        auto work = [id, name](Transaction& transaction) {
            transaction.execute("INSERT INTO people (id, name) VALUES ($1, $2)", {id, name});
        };
        await(loop, database->transact(work));
    }
    std::int64_t count() {
        return await(loop, database->query("SELECT count(*) FROM people")).front().integer(0);
    }
};

TEST_P(DatabaseSuite, gives_back_every_kind_of_value_as_it_was_stored) {
    auto work = [](Transaction& transaction) {
        return transaction.query(
            "SELECT $1, $2, $3, $4, $5, $6, $7",
            {nullptr, std::int64_t{-5}, 2.5, "grüße\0x", BlobView{{"\0\1", 2}}, "", BlobView{}});
    };

    const Rows rows = await(loop, database->transact(work));

    const Row row = rows.front();
    EXPECT_TRUE(row.is_null(0));
    EXPECT_EQ(row.integer(1), -5);
    EXPECT_EQ(row.number(2), 2.5);
    EXPECT_EQ(row.text(3), "grüße");
    EXPECT_EQ(row.blob(4), std::string("\0\1", 2));
    EXPECT_EQ(row.text(5), "");
    EXPECT_EQ(row.blob(6), "");
    EXPECT_EQ(code_of([&] { (void)row.text(1); }), "store.unexpected_type");
    EXPECT_EQ(code_of([&] { (void)row.text(9); }), "store.unexpected_type");
}

TEST_P(DatabaseSuite, uses_a_parameter_by_its_number_and_as_often_as_wanted) {
    std::vector<Value> params{1, 2};

    const Rows rows = await(loop, database->query("SELECT $2, $1, $2", params));

    EXPECT_EQ(rows.front().integer(0), 2);
    EXPECT_EQ(rows.front().integer(1), 1);
    EXPECT_EQ(rows.front().integer(2), 2);
}

TEST_P(DatabaseSuite, says_which_unique_constraint_was_violated) {
    add(1, "ann");
    std::string constraint;
    auto work = [](Transaction& transaction) {
        transaction.execute("INSERT INTO people (id, name) VALUES (2, 'ann')");
    };

    try {
        await(loop, database->transact(work));
    } catch (const ConstraintFailure& failure) {
        EXPECT_EQ(failure.code, "store.conflict");
        constraint = failure.constraint;
    }

    EXPECT_EQ(constraint, "people.name");
    EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseSuite, names_all_columns_of_a_compound_key) {
    add(1, "ann");
    std::string constraint;
    auto work = [](Transaction& transaction) {
        transaction.execute("INSERT INTO pets (person, name) VALUES (1, 'rex')");
        transaction.execute("INSERT INTO pets (person, name) VALUES (1, 'rex')");
    };

    try {
        await(loop, database->transact(work));
    } catch (const ConstraintFailure& failure) {
        constraint = failure.constraint;
    }

    EXPECT_EQ(constraint, "pets.person, pets.name");
}

TEST_P(DatabaseSuite, refuses_a_missing_parent_and_a_value_out_of_range) {
    auto orphan = [](Transaction& transaction) {
        transaction.execute("INSERT INTO pets (person, name) VALUES (9, 'rex')");
    };
    auto negative = [](Transaction& transaction) {
        transaction.execute("INSERT INTO people (id, name, age) VALUES (1, 'ann', -1)");
    };

    EXPECT_EQ(code_of([&] { await(loop, database->transact(orphan)); }), "store.conflict");
    EXPECT_EQ(code_of([&] { await(loop, database->transact(negative)); }), "store.constraint");
}

TEST_P(DatabaseSuite, rolls_back_all_of_a_unit_that_throws) {
    auto work = [](Transaction& transaction) {
        transaction.execute("INSERT INTO people (id, name) VALUES (1, 'ann')");
        throw Failure{Kind::invalid, "test.stop", "stop"};
    };

    EXPECT_EQ(code_of([&] { await(loop, database->transact(work)); }), "test.stop");
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseSuite, rolls_back_a_failing_unit_alone_when_many_share_a_commit) {
    constexpr int units = 200;
    int succeeded = 0;
    int failed = 0;
    auto one = [&](int id) -> Task<void> {
        // Every fifth unit inserts, then throws.
        auto work = [id](Transaction& transaction) {
            const std::string name = "p" + std::to_string(id);
            transaction.execute("INSERT INTO people (id, name) VALUES ($1, $2)", {id, name});
            if (id % 5 == 0) {
                throw Failure{Kind::invalid, "test.stop", "stop"};
            }
        };
        try {
            co_await database->transact(work);
            ++succeeded;
        } catch (const Failure&) {
            ++failed;
        }
        if (succeeded + failed == units) {
            loop.stop();
        }
    };

    for (int id = 0; id < units; ++id) {
        loop.spawn(one(id));
    }
    loop.run();

    EXPECT_EQ(failed, units / 5);
    EXPECT_EQ(count(), units - units / 5);
}

TEST_P(DatabaseSuite, sees_a_snapshot_while_others_write) {
    add(1, "ann");
    std::atomic<bool> reading{false};
    std::atomic<bool> written{false};
    std::int64_t before = 0;
    std::int64_t after = 0;
    auto read = [&](Transaction& transaction) {
        before = transaction.query("SELECT count(*) FROM people").front().integer(0);
        reading = true;
        reading.notify_one();
        written.wait(false);
        after = transaction.query("SELECT count(*) FROM people").front().integer(0);
    };
    std::jthread writer{[&] {
        aio::Loop other{"other"};
        reading.wait(false);
        auto insert = [](Transaction& transaction) {
            transaction.execute("INSERT INTO people (id, name) VALUES (2, 'bob')");
        };
        await(other, database->transact(insert));
        written = true;
        written.notify_one();
    }};

    await(loop, database->read(read));
    writer.join();

    EXPECT_EQ(before, 1);
    EXPECT_EQ(after, 1);
    EXPECT_EQ(count(), 2);
}

TEST_P(DatabaseSuite, refuses_to_write_on_the_reading_side) {
    auto work = [](Transaction& transaction) {
        transaction.execute("INSERT INTO people (id, name) VALUES (1, 'ann')");
    };

    EXPECT_EQ(code_of([&] { await(loop, database->read(work)); }), "store.unavailable");
    EXPECT_EQ(count(), 0);
}

TEST_P(DatabaseSuite, keeps_what_was_committed_when_it_is_opened_again) {
    add(1, "ann");

    database.reset();
    database = place.open({.name = "test", .schema = people_schema});

    EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseSuite, secures_what_was_committed) {
    add(1, "ann");

    EXPECT_TRUE(await(loop, database->secure()));
    EXPECT_EQ(count(), 1);
}

TEST_P(DatabaseSuite, sums_whole_numbers_and_counts_rows_that_were_changed) {
    for (int id = 1; id <= 3; ++id) {
        add(id, "p" + std::to_string(id));
    }
    auto grow = [](Transaction& transaction) {
        return transaction.execute("UPDATE people SET age = $1 WHERE id > $2",
                                   {std::int64_t{4'000'000'000}, 1});
    };

    const std::int64_t changed = await(loop, database->transact(grow));
    const Rows sums =
        await(loop, database->query("SELECT SUM(age), SUM(-age), AVG(age), SUM(id - id), "
                                    "MAX(name) FROM people WHERE id > 1"));

    EXPECT_EQ(changed, 2);
    EXPECT_EQ(sums.front().integer(0), 8'000'000'000);
    EXPECT_EQ(sums.front().integer(1), -8'000'000'000);
    EXPECT_EQ(sums.front().number(2), 4e9);
    EXPECT_EQ(sums.front().integer(3), 0);
    EXPECT_EQ(sums.front().text(4), "p3");
}

TEST_P(DatabaseSuite, runs_a_statement_for_many_sets_of_parameters_in_their_order) {
    constexpr std::int64_t people = 600;
    auto work = [](Transaction& transaction) {
        std::vector<Params> sets;
        std::vector<std::string> names;
        names.reserve(people);
        for (std::int64_t id = 1; id <= people; ++id) {
            names.push_back("p" + std::to_string(id));
            const Param age = id % 3 == 0 ? Param{nullptr} : Param{id};
            sets.push_back({id, names.back(), age});
        }
        return transaction.execute_each("INSERT INTO people (id, name, age) VALUES ($1, $2, $3)",
                                        sets);
    };
    EXPECT_EQ(await(loop, database->transact(work)), people);

    auto look = [](Transaction& transaction) {
        const std::vector<Params> sets{{2}, {3}, {people + 1}, {people}};
        return transaction.query_each("SELECT name, age FROM people WHERE id = $1", sets);
    };
    const std::vector<Rows> found = await(loop, database->read(look));

    ASSERT_EQ(found.size(), 4U);
    EXPECT_EQ(found[0].front().text(0), "p2");
    EXPECT_EQ(found[0].front().integer(1), 2);
    EXPECT_TRUE(found[1].front().is_null(1));
    EXPECT_TRUE(found[2].empty());
    EXPECT_EQ(found[3].front().text(0), "p600");
}

TEST_P(DatabaseSuite, undoes_a_unit_of_which_one_set_of_parameters_fails) {
    auto work = [](Transaction& transaction) {
        const std::vector<Params> sets{{1, "one"}, {2, "one"}, {3, nullptr}, {4, "four"}};
        transaction.execute_each("INSERT INTO people (id, name) VALUES ($1, $2)", sets);
    };

    EXPECT_EQ(code_of([&] { await(loop, database->transact(work)); }), "store.conflict");

    EXPECT_EQ(count(), 0);
    add(3, "three");
    EXPECT_EQ(count(), 1);
    auto none = [](Transaction& transaction) {
        return transaction.execute_each("DELETE FROM people WHERE id = $1", {}) +
               static_cast<std::int64_t>(transaction.query_each("SELECT 1", {}).size());
    };
    EXPECT_EQ(await(loop, database->transact(none)), 0);
}

TEST_P(DatabaseSuite, lets_no_other_unit_between_what_one_reads_and_writes) {
    constexpr int units = 100;
    add(1, "ann");
    const auto other = place.open({.name = "test", .schema = people_schema});
    int done = 0;
    auto grow = [&](Database& through) -> Task<void> {
        auto work = [](Transaction& transaction) {
            const Rows rows = transaction.query("SELECT age FROM people WHERE id = 1");
            const std::int64_t age = rows.front().maybe_integer(0).value_or(0);
            transaction.execute("UPDATE people SET age = $1 WHERE id = 1", {age + 1});
        };
        co_await through.transact(work);
        if (++done == units) {
            loop.stop();
        }
    };

    for (int i = 0; i < units; ++i) {
        loop.spawn(grow(i % 2 == 0 ? *database : *other));
    }
    loop.run();

    EXPECT_EQ(await(loop, database->query("SELECT age FROM people")).front().integer(0), units);
}

INSTANTIATE_TEST_SUITE_P(Adapters, DatabaseSuite,
                         testing::Values(Keeping::sqlite, Keeping::postgres),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::store
