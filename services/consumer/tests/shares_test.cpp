#include <gtest/gtest.h>

#include <algorithm>

#include "services/consumer/domain/shares.hpp"

namespace loquat::consumer {
namespace {

using Partitions = std::vector<store::Partition>;

Partitions topics_of(std::uint32_t messages) {
    Partitions all;
    for (std::uint32_t number = 0; number < messages; ++number) {
        all.push_back({"messages", number});
    }
    all.push_back({"usage", 0});
    all.push_back({"audit", 0});
    return all;
}

// Readers that come and go, who do one after the other what they are told.
struct Readers {
    Partitions all;
    std::vector<Uuid> names;
    std::map<store::Partition, Uuid> held;
    Unable unable{};

    Uuid come() {
        const Uuid name = Uuid::make();
        names.push_back(name);
        std::ranges::sort(names);
        return name;
    }
    void go(const Uuid& name) {
        std::erase(names, name);
        std::erase_if(held, [&](const auto& one) { return one.second == name; });
    }
    std::size_t turn_of(const Uuid& name) {
        const Share share = share_out(name, all, names, held, unable);
        std::size_t changes = share.surplus.size();
        for (const store::Partition& one : share.mine) {
            changes += held.emplace(one, name).second ? 1 : 0;
            EXPECT_EQ(held.at(one), name);
        }
        for (const store::Partition& one : share.surplus) {
            held.erase(one);
        }
        return changes;
    }
    std::size_t turn() {
        std::size_t changes = 0;
        for (const Uuid& name : names) {
            changes += turn_of(name);
        }
        return changes;
    }
    std::size_t count(const Uuid& name, std::string_view topic) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            held, [&](const auto& one) { return one.second == name && one.first.topic == topic; }));
    }
};

TEST(Shares, are_all_of_it_for_one_reader_alone) {
    Readers readers{topics_of(4), {}, {}};
    const Uuid one = readers.come();

    readers.turn();

    EXPECT_EQ(readers.held.size(), 6U);
    EXPECT_EQ(readers.count(one, "messages"), 4U);
    EXPECT_EQ(readers.turn(), 0U);
}

TEST(Shares, come_to_rest_even_in_each_topic_however_readers_come_and_go) {
    for (const std::uint32_t messages : {1U, 2U, 4U, 7U}) {
        Readers readers{topics_of(messages), {}, {}};
        const Uuid first = readers.come();
        readers.turn();
        readers.come();
        readers.come();
        readers.turn();
        readers.turn();
        readers.go(first);
        readers.turn();
        readers.turn();

        EXPECT_EQ(readers.turn(), 0U) << messages;
        EXPECT_EQ(readers.held.size(), readers.all.size()) << messages;
        const std::size_t a = readers.count(readers.names[0], "messages");
        const std::size_t b = readers.count(readers.names[1], "messages");
        EXPECT_EQ(a + b, messages);
        EXPECT_LE(std::max(a, b) - std::min(a, b), 1U) << messages;
        // What cannot be divided is not all with the same.
        EXPECT_EQ(
            readers.count(readers.names[0], "usage") + readers.count(readers.names[0], "audit"),
            1U);
    }
}

TEST(Shares, move_no_more_than_another_reader_needs) {
    Readers readers{topics_of(4), {}, {}};
    const Uuid first = readers.come();
    readers.turn();
    readers.come();

    const Share kept = share_out(first, readers.all, readers.names, readers.held);

    EXPECT_EQ(kept.mine.size(), 6U);
    EXPECT_EQ(kept.surplus.size(), 3U) << "two of messages, and one of the others";
}

TEST(Shares, of_what_one_is_unable_to_read_go_to_another_one_and_stay_there) {
    Readers readers{topics_of(4), {}, {}};
    const Uuid first = readers.come();
    const Uuid second = readers.come();
    readers.turn();
    readers.turn();
    const store::Partition bad = std::ranges::find_if(readers.held, [&](const auto& one) {
                                     return one.second == first;
                                 })->first;
    readers.unable[bad] = {first};

    readers.turn();
    readers.turn();
    readers.turn();

    EXPECT_EQ(readers.held.at(bad), second);
    EXPECT_EQ(readers.held.size(), readers.all.size());
    EXPECT_EQ(readers.turn(), 0U) << "and it comes to rest";
}

TEST(Shares, say_what_nobody_is_able_to_read) {
    Readers readers{topics_of(2), {}, {}};
    const Uuid first = readers.come();
    const Uuid second = readers.come();
    const store::Partition bad{"messages", 1};
    readers.unable[bad] = {first, second};
    readers.turn();
    readers.turn();

    const Share share = share_out(first, readers.all, readers.names, readers.held, readers.unable);

    EXPECT_FALSE(readers.held.contains(bad));
    EXPECT_EQ(share.unread, Partitions{bad});
}

TEST(Shares, take_nothing_that_another_one_holds) {
    Readers readers{topics_of(2), {}, {}};
    const Uuid first = readers.come();
    readers.turn();
    readers.come();
    const Uuid other = readers.names[readers.names[0] == first ? 1 : 0];

    const Share share = share_out(other, readers.all, readers.names, readers.held);

    EXPECT_EQ(share, Share{});
}

}  // namespace
}  // namespace loquat::consumer
