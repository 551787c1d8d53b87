#include "base/embedding/embedder.hpp"

#include <gtest/gtest.h>

namespace loquat::embedding {
namespace {

using Pieces = std::vector<std::string_view>;

TEST(Embedder, cuts_texts_as_the_table_was_made) {
    EXPECT_EQ(pieces_of("Wireless mouse"), (Pieces{"wireless", "mouse"}));
    EXPECT_EQ(pieces_of("Blue T-shirts, size M"),
              (Pieces{"blue", "t", "-", "shirts", ",", "size", "m"}));
    EXPECT_EQ(pieces_of("HP LaserJet toner 26A"), (Pieces{"hp", "laserjet", "toner", "26", "##a"}));
    EXPECT_EQ(pieces_of("Crème"), pieces_of("creme"));
    EXPECT_EQ(pieces_of(""), Pieces{});
    EXPECT_EQ(pieces_of("\xff"), Pieces{});
}

// The first numbers of three vectors, as whoever made the table computed them.
TEST(Embedder, gives_the_vectors_that_the_table_was_made_for) {
    const auto expect_head = [](const char* text, const std::array<float, 8>& head) {
        const Vector vector = embed(text);
        for (std::size_t i = 0; i < head.size(); ++i) {
            EXPECT_NEAR(vector[i], head[i], 2e-5F) << text << " " << i;
        }
    };
    expect_head("Wireless mouse",
                {0.1429F, 0.17695F, 0.02855F, 0.01227F, 0.03678F, 0.25079F, 0.08068F, -0.1726F});
    expect_head("Blue T-shirts, size M",
                {0.03945F, 0.15648F, 0.06363F, 0.03844F, 0.04882F, 0.30284F, 0.03456F, 0.09126F});
    expect_head("HP LaserJet toner 26A",
                {-0.02996F, 0.064F, 0.26214F, 0.09021F, -0.03977F, 0.06273F, 0.04705F, 0.03106F});
}

TEST(Embedder, knows_what_means_the_same) {
    const auto alike = [](const char* one, const char* other) {
        return similarity(embed(one), embed(other));
    };
    EXPECT_NEAR(alike("wireless mouse", "cordless mouse"), 0.709F, 0.001F);
    EXPECT_NEAR(alike("wireless mouse", "laser printer"), 0.324F, 0.001F);
    EXPECT_NEAR(alike("blue t-shirts", "blue t shirt"), 0.905F, 0.001F);
    EXPECT_EQ(alike("", "mouse"), 0);
}

TEST(Embedder, keeps_similarities_in_a_quarter_of_the_room) {
    const Vector one = embed("laptop bag");
    const Vector other = embed("notebook sleeve");

    EXPECT_NEAR(similarity(to_small(one), to_small(other)), similarity(one, other), 0.01F);
    EXPECT_EQ(similarity(to_small(Vector{}), to_small(one)), 0);
}

}  // namespace
}  // namespace loquat::embedding
