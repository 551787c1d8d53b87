#include "net/tls/trouble.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <array>

namespace loquat::net::tls {
namespace {

struct Words {
    const char* caller;
    const char* listener;
    const char* text;
};

constexpr std::array<Words, 9> all_words{{
    {"", "", ""},
    {"upstream.certificate_expired", "tls.certificate_expired",
     "The other server's certificate has expired."},
    {"upstream.certificate_not_yet_valid", "tls.certificate_not_yet_valid",
     "The other server's certificate is not valid yet; a clock may be wrong."},
    {"upstream.unknown_authority", "tls.unknown_authority",
     "The other server's certificate is of an authority that is not known here."},
    {"upstream.wrong_service", "tls.wrong_service",
     "The other server's certificate is for another service."},
    {"upstream.untrusted", "tls.untrusted", "The other server's certificate is not valid."},
    {"upstream.certificate_refused", "tls.certificate_refused",
     "The other server does not take this one's certificate."},
    {"upstream.not_tls", "tls.not_tls", "The other server does not speak TLS there."},
    {"upstream.unavailable", "tls.broken", "The other server cannot be reached."},
}};

const Words& words_of(Trouble trouble) { return all_words.at(static_cast<std::size_t>(trouble)); }

// RFC 8446 section 6.2: what is said of a certificate.
bool is_of_certificate(int alert) {
    switch (alert) {
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

}  // namespace

const char* code_for_caller(Trouble trouble) { return words_of(trouble).caller; }
const char* code_for_listener(Trouble trouble) { return words_of(trouble).listener; }
const char* text_for_caller(Trouble trouble) { return words_of(trouble).text; }

Trouble trouble_of(long verify_result, unsigned long error) {
    switch (verify_result) {
        case X509_V_OK:
            break;
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return Trouble::certificate_expired;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return Trouble::certificate_not_yet_valid;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return Trouble::wrong_service;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_SIGNATURE_FAILURE:
            return Trouble::unknown_authority;
        default:
            return Trouble::untrusted;
    }
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) {
        return Trouble::broken;
    }
    const int reason = ERR_GET_REASON(error);
    if (reason >= SSL_AD_REASON_OFFSET) {
        return is_of_certificate(reason - SSL_AD_REASON_OFFSET) ? Trouble::certificate_refused
                                                                : Trouble::broken;
    }
    switch (reason) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
            return Trouble::not_tls;
        default:
            return Trouble::broken;
    }
}

}  // namespace loquat::net::tls
