#include "net/websocket/deflate.hpp"

#include <zlib.h>

#include <array>

#include "base/check.hpp"
#include "base/text.hpp"
#include "net/websocket/header_list.hpp"

namespace loquat::net::websocket {
namespace {

// Below 0: raw, without zlib's wrapper.  What clients send may have any window.
constexpr int inflate_window_bits = -window_bits_max;
constexpr std::string_view sync_tail{"\x00\x00\xff\xff", 4};

constexpr std::string_view server_window = "server_max_window_bits";

// RFC 7692 section 7.1.2: 8 to 15, no leading zero.
bool is_window_bits(std::string_view value) {
    const auto bits = parse_number(value);
    return bits && *bits >= 8 && *bits <= 15 && value.front() != '0';
}

bool is_acceptable_parameter(const Parameter& parameter) {
    if (parameter.name == "server_no_context_takeover" ||
        parameter.name == "client_no_context_takeover") {
        return !parameter.value;
    }
    if (parameter.name == "client_max_window_bits") {
        return !parameter.value || is_window_bits(*parameter.value);
    }
    return parameter.name == server_window && parameter.value && is_window_bits(*parameter.value) &&
           parse_number(*parameter.value) >= window_bits_min;
}

bool is_acceptable(const Extension& offer) {
    if (offer.name != "permessage-deflate") {
        return false;
    }
    for (std::size_t i = 0; i < offer.parameters.size(); ++i) {
        if (!is_acceptable_parameter(offer.parameters[i])) {
            return false;
        }
        for (std::size_t j = 0; j < i; ++j) {
            if (offer.parameters[i].name == offer.parameters[j].name) {
                return false;
            }
        }
    }
    return true;
}

// A limit of the server's window is part of the answer where it was asked for.
DeflateAgreement agreement(const Extension& offer) {
    DeflateAgreement agreed{
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover"};
    for (const Parameter& parameter : offer.parameters) {
        if (parameter.name == server_window) {
            agreed.window_bits = static_cast<int>(*parse_number(*parameter.value));
            agreed.extensions.append("; ").append(server_window).append("=");
            agreed.extensions.append(std::to_string(agreed.window_bits));
        }
    }
    return agreed;
}

}  // namespace

std::optional<DeflateAgreement> accept_deflate_offer(std::string_view extensions) {
    const auto offers = parse_extensions(extensions);
    if (!offers) {
        return std::nullopt;
    }
    for (const Extension& offer : *offers) {
        if (is_acceptable(offer)) {
            return agreement(offer);
        }
    }
    return std::nullopt;
}

struct Deflater::Stream {
    z_stream z{};
};

Deflater::Deflater(int level, int window_bits) : stream_(std::make_unique<Stream>()) {
    const int made =
        deflateInit2(&stream_->z, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY);
    LOQUAT_CHECK(made == Z_OK, "zlib gives a compressor");
}

Deflater::~Deflater() { deflateEnd(&stream_->z); }

void Deflater::append_compressed(std::string& out, std::string_view message) {
    z_stream& z = stream_->z;
    deflateReset(&z);
    const std::size_t start = out.size();
    out.resize(start + deflateBound(&z, message.size()) + 16);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
    z.avail_in = static_cast<uInt>(message.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data() + start);
    z.avail_out = static_cast<uInt>(out.size() - start);
    const int done = deflate(&z, Z_SYNC_FLUSH);
    LOQUAT_CHECK(done == Z_OK && z.avail_in == 0, "the bound holds the whole message");
    out.resize(out.size() - z.avail_out);
    if (std::string_view{out}.substr(start).ends_with(sync_tail)) {
        out.resize(out.size() - sync_tail.size());
    }
    if (out.size() == start) {
        out.push_back('\0');  // RFC 7692 section 7.2.3.6: an empty message is one empty block
    }
}

struct Inflater::Stream {
    z_stream z{};
    bool ended = false;
    std::array<char, chunk_bytes> out{};
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
    LOQUAT_CHECK(inflateInit2(&stream_->z, inflate_window_bits) == Z_OK,
                 "zlib gives a decompressor");
}

Inflater::~Inflater() { inflateEnd(&stream_->z); }

void Inflater::start_message() {
    inflateReset(&stream_->z);
    stream_->z.avail_in = 0;
    stream_->ended = false;
}

void Inflater::set_input(std::string_view compressed) {
    stream_->z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    stream_->z.avail_in = static_cast<uInt>(compressed.size());
}

Inflater::Result Inflater::next() {
    z_stream& z = stream_->z;
    while (true) {
        // A block with BFINAL ends the stream early.  RFC 7692 section 7.2.3.4 allows it; what
        // follows is the next stream's or the tail, so the decompressor starts anew.
        if (stream_->ended && z.avail_in > 0) {
            inflateReset(&z);
            stream_->ended = false;
        }
        if (stream_->ended) {
            return {Step::input_needed, {}};
        }
        z.next_out = reinterpret_cast<Bytef*>(stream_->out.data());
        z.avail_out = chunk_bytes;
        const int done = inflate(&z, Z_SYNC_FLUSH);
        stream_->ended = done == Z_STREAM_END;
        if (done != Z_OK && done != Z_BUF_ERROR && done != Z_STREAM_END) {
            return {Step::corrupt, {}};
        }
        const std::size_t made = chunk_bytes - z.avail_out;
        if (made > 0) {
            return {Step::output, {stream_->out.data(), made}};
        }
        if (!stream_->ended) {
            return {Step::input_needed, {}};
        }
    }
}

std::unique_ptr<Inflater> InflaterPool::take() {
    if (idle_.empty()) {
        return std::make_unique<Inflater>();
    }
    std::unique_ptr<Inflater> inflater = std::move(idle_.back());
    idle_.pop_back();
    return inflater;
}

void InflaterPool::give_back(std::unique_ptr<Inflater> inflater) {
    if (idle_.size() < idle_max) {
        idle_.push_back(std::move(inflater));
    }
}

}  // namespace loquat::net::websocket
