#include "net/http/gzip.hpp"

#include <zlib.h>

#include "base/check.hpp"

namespace loquat::net::http {
namespace {

constexpr int window_bits = 15;
constexpr int as_gzip = 16;  // added to the window bits
constexpr int memory_level = 8;

}  // namespace

GzipEncoder::GzipEncoder(int level) : level_(level) {}
GzipEncoder::~GzipEncoder() { deflateEnd(stream_.get()); }

void GzipEncoder::begin() {
    auto stream = std::make_unique<z_stream_s>();
    const int result = deflateInit2(stream.get(), level_, Z_DEFLATED, window_bits + as_gzip,
                                    memory_level, Z_DEFAULT_STRATEGY);
    if (result != Z_OK) {
        throw std::bad_alloc{};
    }
    stream_ = std::move(stream);
}

std::string GzipEncoder::encode(std::string_view text) {
    if (!stream_) {
        begin();
    }
    std::string out(deflateBound(stream_.get(), text.size()), '\0');
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_->avail_in = static_cast<uInt>(text.size());
    stream_->next_out = reinterpret_cast<Bytef*>(out.data());
    stream_->avail_out = static_cast<uInt>(out.size());
    const int result = deflate(stream_.get(), Z_FINISH);
    LOQUAT_CHECK(result == Z_STREAM_END, "deflateBound leaves room for everything");
    out.resize(out.size() - stream_->avail_out);
    deflateReset(stream_.get());
    return out;
}

std::optional<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
    constexpr std::size_t piece_bytes = 16 * 1024;
    z_stream stream{};
    if (inflateInit2(&stream, window_bits + as_gzip) != Z_OK) {
        throw std::bad_alloc{};
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    int result = Z_OK;
    while (result == Z_OK && out.size() <= bytes_max) {
        const std::size_t before = out.size();
        out.resize(before + piece_bytes);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream.avail_out = piece_bytes;
        result = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    const bool is_whole = result == Z_STREAM_END && stream.avail_in == 0;
    return is_whole && out.size() <= bytes_max ? std::optional{std::move(out)} : std::nullopt;
}

}  // namespace loquat::net::http
