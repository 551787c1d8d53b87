#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "net/jose/claims.hpp"

namespace loquat::net::jose {

// Tokens that must no longer be accepted although their time has not come.  An entry is kept until
// `until`, when the last token that it concerns has expired.  At most `entries_max`: when more
// come, all tokens issued before then are refused instead (their owners refresh), never fewer.  One
// thread.
class Revocations {
  public:
    explicit Revocations(std::size_t entries_max) : entries_max_(entries_max) {}

    // All tokens of that session.
    void revoke_session(std::string_view session, Time until, Time now);
    // All tokens of that user that were issued before `before`.
    void revoke_user(std::string_view user, Time before, Time until, Time now);

    bool covers(const Claims& claims) const;
    std::size_t size() const { return sessions_.size() + users_.size(); }
    // Grows with each revocation: a token that was checked at this number needs no new check.
    std::uint64_t generation() const { return generation_; }

  private:
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Entry {
        Time before;
        Time until;
    };
    using Entries = std::unordered_map<std::string, Entry, TextHash, std::equal_to<>>;

    void make_room(Time now);

    std::size_t entries_max_;
    std::uint64_t generation_ = 1;
    Time all_before_{};
    Entries sessions_;
    Entries users_;
};

}  // namespace loquat::net::jose
