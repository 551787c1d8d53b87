#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "net/address.hpp"
#include "net/tls/builder.hpp"

namespace loquat::net::tls {

KeyPair make_self_signed(const std::vector<std::string>& names, int days) {
    const Time now = SystemClock{}.now();
    const Draft draft = begin_certificate(
        names.at(0), {now - std::chrono::hours{1}, now + std::chrono::days{days}});
    X509* certificate = draft.certificate.get();
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,digitalSignature,keyCertSign");
    add_extension(certificate, certificate, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    add_extension(certificate, certificate, NID_subject_alt_name, alternative_names(names));
    return finish_certificate(draft, certificate, draft.key.get());
}

KeyPair make_self_signed() { return make_self_signed({"localhost", "127.0.0.1", "::1"}); }

bool serves(const std::string& certificates, const std::vector<std::string>& names, Time time) {
    const BioPtr bio = bio_of(certificates);
    const X509Ptr first{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
    ERR_clear_error();
    if (!first) {
        return false;
    }
    std::time_t at = std::chrono::system_clock::to_time_t(time);
    // 0 is an error; below, it is before that time.
    const bool has_begun = X509_cmp_time(X509_get0_notBefore(first.get()), &at) < 0;
    const bool is_valid = has_begun && X509_cmp_time(X509_get0_notAfter(first.get()), &at) > 0;
    return is_valid && std::ranges::all_of(names, [&](const std::string& name) {
               return Address::parse(name)
                          ? X509_check_ip_asc(first.get(), name.c_str(), 0) == 1
                          : X509_check_host(first.get(), name.data(), name.size(), 0, nullptr) == 1;
           });
}

}  // namespace loquat::net::tls
