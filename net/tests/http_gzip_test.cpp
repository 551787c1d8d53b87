#include "net/http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace loquat::net::http {
namespace {

std::string unpack(const std::string& packed, std::size_t size) {
    std::string out(size + 1, '\0');
    z_stream stream{};
    EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(out.size() - stream.avail_out);
    inflateEnd(&stream);
    return out;
}

TEST(GzipEncoder, gives_texts_back_one_after_the_other) {
    GzipEncoder encoder{2};
    std::string noise;
    for (std::uint32_t i = 0, state = 7; i < 100'000; ++i) {
        state = state * 1'664'525 + 1'013'904'223;
        noise.push_back(static_cast<char>(state >> 24));
    }

    for (const std::string& text :
         {std::string{}, std::string{"{}"}, std::string(50'000, 'a'), noise}) {
        EXPECT_EQ(unpack(encoder.encode(text), text.size()), text);
    }
}

TEST(GzipEncoder, makes_repetitive_text_small) {
    GzipEncoder encoder{1};

    EXPECT_LT(encoder.encode(std::string(50'000, 'a')).size(), 500U);
}

TEST(Gunzip, gives_back_what_was_compressed) {
    GzipEncoder encoder{1};
    const std::string text(100'000, 'a');

    EXPECT_EQ(gunzip(encoder.encode(text), 100'000), text);
    EXPECT_EQ(gunzip(encoder.encode(""), 10), "");
}

TEST(Gunzip, refuses_what_is_cut_foreign_or_grows_beyond_its_limit) {
    GzipEncoder encoder{1};
    const std::string bomb = encoder.encode(std::string(10'000'000, 'a'));

    EXPECT_FALSE(gunzip(bomb, 9'999'999));
    EXPECT_FALSE(gunzip(bomb.substr(0, bomb.size() - 1), 20'000'000));
    EXPECT_FALSE(gunzip(bomb + "x", 20'000'000));
    EXPECT_FALSE(gunzip("no gzip at all", 100));
}

}  // namespace
}  // namespace loquat::net::http
