#include "net/tls/authority.hpp"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include "base/failure.hpp"
#include "net/address.hpp"
#include "net/tls/builder.hpp"

namespace loquat::net::tls {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, Release<GENERAL_NAMES_free>>;

Failure no_certificate() {
    ERR_clear_error();
    return {Kind::invalid, "tls.bad_certificate", "This is no certificate in PEM form."};
}

X509Ptr first_certificate(const std::string& text) {
    const BioPtr bio = bio_of(text);
    X509Ptr first = read_certificate(bio.get());
    if (!first) {
        throw no_certificate();
    }
    return first;
}

Time time_of(const ASN1_TIME* field) {
    std::tm parts{};
    return ASN1_TIME_to_tm(field, &parts) == 1 ? Time{std::chrono::seconds{::timegm(&parts)}}
                                               : Time{};
}

std::string common_name(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) {
        return {};
    }
    const ASN1_STRING* text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string serial_of(const X509* certificate) {
    BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
    char* text = number == nullptr ? nullptr : BN_bn2hex(number);
    std::string serial = text == nullptr ? "" : text;
    OPENSSL_free(text);
    BN_free(number);
    return serial;
}

std::string address_text(const ASN1_OCTET_STRING* bytes) {
    const unsigned char* at = ASN1_STRING_get0_data(bytes);
    const int size = ASN1_STRING_length(bytes);
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool is_read = (size == 4 || size == 16) &&
                         ::inet_ntop(size == 4 ? AF_INET : AF_INET6, at, text.data(), text.size());
    return is_read ? text.data() : "";
}

}  // namespace

std::vector<std::string> dns_names_of(const X509* certificate) {
    std::vector<std::string> found;
    const NamesPtr names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS) {
            found.emplace_back(
                reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
        }
    }
    return found;
}

KeyPair make_authority(const std::string& name, Validity validity) {
    const Draft draft = begin_certificate(name, validity);
    X509* certificate = draft.certificate.get();
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
    return finish_certificate(draft, certificate, draft.key.get());
}

KeyPair issue(const KeyPair& authority, const std::vector<std::string>& names, Validity validity) {
    if (names.empty() || !is_pair(authority)) {
        throw Failure{Kind::invalid, "tls.bad_certificate",
                      "The authority's key does not belong to its certificate."};
    }
    const X509Ptr issuer = first_certificate(authority.certificates);
    const BioPtr key_text = bio_of(authority.private_key);
    const KeyPtr issuer_key = read_private_key(key_text.get());
    validity.until = std::min(validity.until, time_of(X509_get0_notAfter(issuer.get())));
    const Draft draft = begin_certificate(names.front(), validity);
    X509* certificate = draft.certificate.get();
    add_extension(certificate, issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(certificate, issuer.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(certificate, issuer.get(), NID_ext_key_usage, "serverAuth,clientAuth");
    add_extension(certificate, issuer.get(), NID_subject_key_identifier, "hash");
    add_extension(certificate, issuer.get(), NID_authority_key_identifier, "keyid");
    add_extension(certificate, issuer.get(), NID_subject_alt_name, alternative_names(names));
    return finish_certificate(draft, issuer.get(), issuer_key.get());
}

CertificateFacts read_facts(const std::string& certificates) {
    const X509Ptr first = first_certificate(certificates);
    CertificateFacts facts{
        .subject = common_name(X509_get_subject_name(first.get())),
        .issuer = common_name(X509_get_issuer_name(first.get())),
        .serial = serial_of(first.get()),
        .names = dns_names_of(first.get()),
        .validity = {time_of(X509_get0_notBefore(first.get())),
                     time_of(X509_get0_notAfter(first.get()))},
        .is_authority = X509_check_ca(first.get()) == 1,
    };
    const NamesPtr names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(first.get(), NID_subject_alt_name, nullptr, nullptr))};
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_IPADD) {
            facts.addresses.push_back(address_text(name->d.iPAddress));
        }
    }
    return facts;
}

bool is_pair(const KeyPair& pair) {
    const BioPtr certificate_text = bio_of(pair.certificates);
    const X509Ptr first = read_certificate(certificate_text.get());
    const BioPtr key_text = bio_of(pair.private_key);
    const KeyPtr key = read_private_key(key_text.get());
    const bool fits = first && key && X509_check_private_key(first.get(), key.get()) == 1;
    ERR_clear_error();
    return fits;
}

bool is_signed_by(const std::string& certificates, const std::string& authorities) {
    const BioPtr text = bio_of(certificates);
    const X509Ptr first = read_certificate(text.get());
    const BioPtr known = bio_of(authorities);
    bool is_signed = false;
    for (X509Ptr next = read_certificate(known.get()); first && next && !is_signed;
         next = read_certificate(known.get())) {
        is_signed = X509_check_issued(next.get(), first.get()) == X509_V_OK &&
                    X509_verify(first.get(), X509_get0_pubkey(next.get())) == 1;
    }
    ERR_clear_error();
    return is_signed;
}

}  // namespace loquat::net::tls
