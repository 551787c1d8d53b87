#include "net/http/gzip.hpp"

#include <zlib.h>

#include "base/check.hpp"

namespace loquat::net::http {
namespace {

constexpr int window_bits = 15;
constexpr int as_gzip = 16;  // added to the window bits
constexpr int memory_level = 8;

}  // namespace

GzipEncoder::GzipEncoder(int level) : stream_(std::make_unique<z_stream_s>()) {
    const int result = deflateInit2(stream_.get(), level, Z_DEFLATED, window_bits + as_gzip,
                                    memory_level, Z_DEFAULT_STRATEGY);
    if (result != Z_OK) {
        throw std::bad_alloc{};
    }
}

GzipEncoder::~GzipEncoder() { deflateEnd(stream_.get()); }

std::string GzipEncoder::encode(std::string_view text) {
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

}  // namespace loquat::net::http
