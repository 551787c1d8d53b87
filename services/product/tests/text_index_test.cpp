#include "services/product/search/text_index.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace loquat::product {
namespace {

struct World {
    Synonyms synonyms;
    TextIndex index{synonyms};
    std::vector<std::string> names;

    TextIndex::Place add(const std::string& name, const Texts& more = {}) {
        Texts texts = more;
        texts.name = name;
        const TextIndex::Place place = index.add(texts);
        names.resize(std::max<std::size_t>(names.size(), place + 1));
        names[place] = name;
        return place;
    }
    // Best first.
    std::vector<std::string> find(std::string_view question) {
        auto hits = index.find(index.ask(question));
        std::ranges::stable_sort(hits, std::greater{}, &TextIndex::Hit::score);
        std::vector<std::string> found;
        for (const auto& hit : hits) {
            found.push_back(names[hit.place]);
        }
        return found;
    }
};

using Names = std::vector<std::string>;

TEST(TextIndex, finds_by_every_part_of_a_product) {
    World world;
    world.add("Aurora", {.brand = "Lumen"});
    world.add("Basalt", {.category = "Lamps"});
    world.add("Cirrus", {.attributes = "walnut"});
    world.add("Dune", {.description = "It dims by itself."});

    EXPECT_EQ(world.find("aurora"), Names{"Aurora"});
    EXPECT_EQ(world.find("lumen"), Names{"Aurora"});
    EXPECT_EQ(world.find("lamp"), Names{"Basalt"});
    EXPECT_EQ(world.find("walnut"), Names{"Cirrus"});
    EXPECT_EQ(world.find("dims"), Names{"Dune"});
    EXPECT_EQ(world.find("nothing"), Names{});
    EXPECT_EQ(world.find(""), Names{});
}

TEST(TextIndex, puts_who_has_all_words_before_who_has_a_rare_one_often) {
    World world;
    world.add("Zebra zebra zebra");
    world.add("Striped cloth that is long, wide and heavy, with a zebra somewhere");
    for (int i = 0; i < 8; ++i) {
        world.add("Striped cloth " + std::to_string(i));
    }
    EXPECT_EQ(world.find("striped zebra").front(),
              "Striped cloth that is long, wide and heavy, with a zebra somewhere");
    EXPECT_EQ(world.find("striped zebra").size(), 10U);
}

TEST(TextIndex, leaves_out_who_lacks_a_word_once_enough_have_all) {
    World world;
    for (int i = 0; i < 10; ++i) {
        world.add("Red chair " + std::to_string(i));
    }
    world.add("Red table");
    EXPECT_EQ(world.find("red chair").size(), 10U);
}

TEST(TextIndex, counts_the_name_more_than_the_description) {
    World world;
    world.add("Stool", {.description = "Goes with an oak desk"});
    world.add("Oak desk", {.description = "A place for a stool"});
    EXPECT_EQ(world.find("stool").front(), "Stool");
    EXPECT_EQ(world.find("desk").front(), "Oak desk");
}

TEST(TextIndex, puts_a_thing_before_what_only_goes_with_it) {
    World world;
    world.add("Notebook case");
    world.add("Notebook slim");
    EXPECT_EQ(world.find("notebook").front(), "Notebook slim");
    EXPECT_EQ(world.find("notebook case").front(), "Notebook case");
}

TEST(TextIndex, finds_joined_and_parted_words) {
    World world;
    world.add("Smartwatch round");
    world.add("T-shirt plain");
    world.add("Notebook dv7-1211ea");
    EXPECT_EQ(world.find("smart watch"), Names{"Smartwatch round"});
    EXPECT_EQ(world.find("tshirt"), Names{"T-shirt plain"});
    EXPECT_EQ(world.find("t shirts"), Names{"T-shirt plain"});
    EXPECT_EQ(world.find("dv71211ea"), Names{"Notebook dv7-1211ea"});
}

TEST(TextIndex, finds_by_synonyms_after_the_word_itself) {
    World world;
    world.add("Notebook slim");
    world.add("Laptop slim");
    EXPECT_EQ(world.find("laptop slim"), (Names{"Laptop slim", "Notebook slim"}));
}

TEST(TextIndex, shows_what_was_added_and_removed_at_once) {
    World world;
    std::vector<TextIndex::Place> places;
    for (int i = 0; i < 300; ++i) {
        places.push_back(world.add("Lamp number" + std::to_string(i)));
    }
    for (int i = 0; i < 200; ++i) {
        world.index.remove(places[static_cast<std::size_t>(i)]);
        EXPECT_TRUE(world.find("number" + std::to_string(i)).empty());
    }
    EXPECT_EQ(world.index.size(), 100U);
    EXPECT_EQ(world.find("lamp").size(), 100U);
    for (int i = 0; i < 200; ++i) {
        world.add("Lamp again" + std::to_string(i));
    }
    EXPECT_EQ(world.find("lamp").size(), 300U);
    EXPECT_EQ(world.find("again7"), Names{"Lamp again7"});
    EXPECT_EQ(world.find("number250"), Names{"Lamp number250"});
}

TEST(TextIndex, corrects_what_nobody_has_and_leaves_what_is_right) {
    World world;
    world.add("DVD player");
    world.add("Layer cake");
    world.add("Layer tape");
    world.add("Batteries");
    EXPECT_EQ(world.index.correct("dvd lpayer"), "dvd player");
    EXPECT_EQ(world.index.correct("lpayer"), "layer");
    EXPECT_EQ(world.index.correct("batterids"), "battery");
    EXPECT_EQ(world.index.correct("dvd player"), "");
    EXPECT_EQ(world.index.correct("the dvd"), "");
    EXPECT_EQ(world.index.correct("qqqqqqq"), "");
    EXPECT_EQ(world.index.correct("laptop"), "") << "a synonym is a known word";
}

TEST(TextIndex, forgets_the_words_of_what_was_removed) {
    World world;
    const auto place = world.add("Keyboard");
    EXPECT_EQ(world.index.correct("keybord"), "keyboard");
    world.index.remove(place);
    EXPECT_EQ(world.index.correct("keybord"), "");
}

TEST(TextIndex, bears_any_question) {
    World world;
    world.add("Lamp");
    std::string many;
    for (int i = 0; i < 500; ++i) {
        many += "word" + std::to_string(i) + " ";
    }
    EXPECT_TRUE(world.find(many).empty());
    EXPECT_EQ(world.find("the lamp for the"), Names{"Lamp"});
    EXPECT_TRUE(world.find("for the").empty());
    EXPECT_EQ(world.index.correct(std::string(10'000, 'a')), "");
}

}  // namespace
}  // namespace loquat::product
