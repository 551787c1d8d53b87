#include "net/http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace loquat::net::http {
namespace {

std::string gunzip(const std::string& packed, std::size_t size) {
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
        EXPECT_EQ(gunzip(encoder.encode(text), text.size()), text);
    }
}

TEST(GzipEncoder, makes_repetitive_text_small) {
    GzipEncoder encoder{1};

    EXPECT_LT(encoder.encode(std::string(50'000, 'a')).size(), 500U);
}

}  // namespace
}  // namespace loquat::net::http
