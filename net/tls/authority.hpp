#pragma once
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/tls/context.hpp"

// A small authority of one's own, and what certificates say.
namespace loquat::net::tls {

struct Validity {
    Time from;
    Time until;
};

// A certificate that may sign others, and nothing below them (pathlen 0).  `name` is its common
// name, at most 64 bytes.  Throws Failure `tls.not_made`.
KeyPair make_authority(const std::string& name, Validity validity);

// A certificate for server and client, signed by `authority`, with a fresh key; `names` (at least
// one; DNS names or numeric addresses) are its subject alternative names, the first its common
// name. It never outlives its authority.  Throws Failure `tls.not_made`, and `tls.bad_certificate`
// when the authority's texts are no pair.
KeyPair issue(const KeyPair& authority, const std::vector<std::string>& names, Validity validity);

// What a certificate says of itself.
struct CertificateFacts {
    std::string subject;  // common names
    std::string issuer;
    std::string serial;                  // hexadecimal
    std::vector<std::string> names;      // DNS names
    std::vector<std::string> addresses;  // numeric
    Validity validity;
    bool is_authority = false;
};

// Of the first certificate of a PEM text.  Throws Failure `tls.bad_certificate`.
CertificateFacts read_facts(const std::string& certificates);
// Whether key and first certificate belong together.  False for what is neither.
bool is_pair(const KeyPair& pair);
// Whether one of `authorities` (PEM) has signed the first of `certificates`; time is not judged.
bool is_signed_by(const std::string& certificates, const std::string& authorities);

}  // namespace loquat::net::tls
