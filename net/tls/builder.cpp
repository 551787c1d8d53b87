#include "net/tls/builder.hpp"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

#include "base/failure.hpp"
#include "base/ids.hpp"
#include "net/address.hpp"

namespace loquat::net::tls {
namespace {

void require(bool good) {
    if (!good) {
        ERR_clear_error();
        throw Failure{Kind::internal, "tls.not_made", "The certificate cannot be made."};
    }
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

// RFC 5280 section 4.1.2.2: positive, at most 20 bytes.
void set_random_serial(X509* certificate) {
    std::array<std::uint8_t, 16> bytes{};
    random_bytes(bytes.data(), bytes.size());
    bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0x7F) | 0x40);
    BIGNUM* number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
    const bool is_set = number != nullptr &&
                        BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
    BN_free(number);
    require(is_set);
}

void set_time(ASN1_TIME* field, Time time) {
    require(ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr);
}

}  // namespace

Draft begin_certificate(const std::string& subject, Validity validity) {
    Draft draft{X509Ptr{X509_new()}, KeyPtr{EVP_EC_gen("P-256")}};
    require(draft.certificate && draft.key);
    X509* certificate = draft.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    set_random_serial(certificate);
    set_time(X509_getm_notBefore(certificate), validity.from);
    set_time(X509_getm_notAfter(certificate), validity.until);
    X509_set_pubkey(certificate, draft.key.get());
    const auto* common = reinterpret_cast<const unsigned char*>(subject.c_str());
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                       common, -1, -1, 0) == 1);
    return draft;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(extension != nullptr);
    const int added = X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    require(added == 1);
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        require(name.find_first_of(",\r\n") == std::string::npos);
        list += list.empty() ? "" : ",";
        list += Address::parse(name) ? "IP:" : "DNS:";
        list += name;
    }
    return list;
}

KeyPair finish_certificate(const Draft& draft, X509* issuer, EVP_PKEY* issuer_key) {
    X509* certificate = draft.certificate.get();
    require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1);
    require(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
    const BioPtr certificate_text{BIO_new(BIO_s_mem())};
    const BioPtr key_text{BIO_new(BIO_s_mem())};
    require(certificate_text && key_text);
    require(PEM_write_bio_X509(certificate_text.get(), certificate) == 1);
    require(PEM_write_bio_PrivateKey(key_text.get(), draft.key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1);
    return {text_of(certificate_text.get()), text_of(key_text.get())};
}

}  // namespace loquat::net::tls
