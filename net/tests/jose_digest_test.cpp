#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"

namespace loquat::net::jose {
namespace {

TEST(Sha256, of_pieces_is_that_of_the_whole) {
    Sha256 nothing;
    Sha256 pieces;
    pieces.add("a");
    pieces.add("");
    pieces.add("bc");

    const std::string of_pieces = pieces.finish();

    EXPECT_EQ(of_pieces, sha256("abc"));
    // FIPS 180-4's example.
    EXPECT_EQ(to_hex(of_pieces),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(nothing.finish(), sha256(""));
}

}  // namespace
}  // namespace loquat::net::jose
