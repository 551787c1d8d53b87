#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace loquat::net::jose {

using SipKey = std::array<std::uint64_t, 2>;
using SipHash = std::array<std::uint64_t, 2>;

// SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012).  With a random key nobody
// outside can make two texts collide, and it is several times cheaper than SHA-256 on the few
// hundred bytes of a token.
class SipState {
  public:
    explicit SipState(SipKey key)
        : v_{key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL ^ 0xee,
             key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL} {}

    void absorb(std::uint64_t word) {
        v_[3] ^= word;
        mix();
        mix();
        v_[0] ^= word;
    }

    SipHash finish() {
        v_[2] ^= 0xee;
        const std::uint64_t low = squeeze();
        v_[1] ^= 0xdd;
        return {low, squeeze()};
    }

  private:
    void mix() {
        v_[0] += v_[1];
        v_[2] += v_[3];
        v_[1] = std::rotl(v_[1], 13) ^ v_[0];
        v_[3] = std::rotl(v_[3], 16) ^ v_[2];
        v_[0] = std::rotl(v_[0], 32);
        v_[2] += v_[1];
        v_[0] += v_[3];
        v_[1] = std::rotl(v_[1], 17) ^ v_[2];
        v_[3] = std::rotl(v_[3], 21) ^ v_[0];
        v_[2] = std::rotl(v_[2], 32);
    }
    std::uint64_t squeeze() {
        for (int round = 0; round < 4; ++round) {
            mix();
        }
        return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
    }

    std::array<std::uint64_t, 4> v_;
};

inline SipHash sip_hash(SipKey key, std::string_view text) {
    static_assert(std::endian::native == std::endian::little);
    SipState state{key};
    const std::size_t whole = text.size() / 8 * 8;
    std::uint64_t word = 0;
    for (std::size_t at = 0; at < whole; at += 8) {
        std::memcpy(&word, text.data() + at, 8);
        state.absorb(word);
    }
    word = std::uint64_t{text.size()} << 56;
    for (std::size_t at = whole; at < text.size(); ++at) {
        word |= std::uint64_t{static_cast<unsigned char>(text[at])} << (8 * (at - whole));
    }
    state.absorb(word);
    return state.finish();
}

}  // namespace loquat::net::jose
