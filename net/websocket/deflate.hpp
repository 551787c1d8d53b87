#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loquat::net::websocket {

// permessage-deflate (RFC 7692), always without context takeover in both directions, so that a
// connection holds no compressor while no message is under way.

// The windows that the compressor can have, as powers of two.  zlib has none of 256 bytes without
// its own wrapper.
inline constexpr int window_bits_min = 9;
inline constexpr int window_bits_max = 15;

struct DeflateAgreement {
    std::string extensions;             // of the answer
    int window_bits = window_bits_max;  // of what the server sends
};

// Reads `Sec-WebSocket-Extensions` of a request.  The first offer that is well formed and asks for
// a window that the compressor can have; none where there is no such offer.
std::optional<DeflateAgreement> accept_deflate_offer(std::string_view extensions);

// A raw DEFLATE compressor that is reset for each message; one per loop serves every connection.
class Deflater {
  public:
    // `level` 1 to 9 as in zlib; `window_bits` 9 to 15.
    explicit Deflater(int level = 1, int window_bits = window_bits_max);
    ~Deflater();
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    // Appends the payload of one whole message (RFC 7692 section 7.2.1).
    void append_compressed(std::string& out, std::string_view message);

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

// A decompressor for one message at a time.
class Inflater {
  public:
    Inflater();
    ~Inflater();
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    enum class Step { output, input_needed, corrupt };
    struct Result {
        Step step;
        std::string_view bytes;  // valid until the next call
    };

    void start_message();
    // The input of the next calls of `next`; must stay valid until `input_needed`.
    void set_input(std::string_view compressed);
    // Hands out at most `chunk_bytes` a call, so that the caller can stop a bomb at its own limit.
    Result next();

    static constexpr std::size_t chunk_bytes = 16 * 1024;

  private:
    struct Stream;
    std::unique_ptr<Stream> stream_;
};

// The decompressors of one loop.  Each costs about 55 KB, so only a message under way has one.
class InflaterPool {
  public:
    std::unique_ptr<Inflater> take();
    void give_back(std::unique_ptr<Inflater> inflater);

  private:
    static constexpr std::size_t idle_max = 4;
    std::vector<std::unique_ptr<Inflater>> idle_;
};

}  // namespace loquat::net::websocket
