#pragma once
#include <cstdint>
#include <string_view>

namespace loquat::net::tls {

// Why a connection of TLS came to nothing.
enum class Trouble : std::uint8_t {
    none,
    certificate_expired,  // the other side's
    certificate_not_yet_valid,
    unknown_authority,    // nobody whom we trust has signed it
    wrong_service,        // it is for another name
    untrusted,            // anything else that is wrong with it
    certificate_refused,  // the other side does not take ours, or wants one
    not_tls,              // the other side speaks something else
    broken,               // the rest: versions that do not fit, a connection that ended
};

// The code of a Failure for who called ("upstream.certificate_expired"), and for the log of who was
// called ("tls.certificate_expired").  Not for `none`.
const char* code_for_caller(Trouble trouble);
const char* code_for_listener(Trouble trouble);
// A sentence for people, as the caller sees it.
const char* text_for_caller(Trouble trouble);

// What OpenSSL says, as far as it is known: the result of verifying the other side's certificate,
// and the last error of its list.
Trouble trouble_of(long verify_result, unsigned long error);

}  // namespace loquat::net::tls
