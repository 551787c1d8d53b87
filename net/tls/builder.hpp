#pragma once
#include <openssl/x509v3.h>

#include <string>
#include <vector>

#include "net/tls/authority.hpp"
#include "net/tls/pem.hpp"

// Steps of making a certificate with an EC P-256 key.  Only for net/ itself; each throws Failure
// `tls.not_made`.
namespace loquat::net::tls {

struct Draft {
    X509Ptr certificate;
    KeyPtr key;
};

// A fresh key, a random serial number of 127 bits, that subject and that time.
Draft begin_certificate(const std::string& subject, Validity validity);
void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value);
// "DNS:auth,IP:127.0.0.1": numeric addresses are told from names.
std::string alternative_names(const std::vector<std::string>& names);
// Signs and writes both as PEM.
KeyPair finish_certificate(const Draft& draft, X509* issuer, EVP_PKEY* issuer_key);

}  // namespace loquat::net::tls
