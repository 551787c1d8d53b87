#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "base/failure.hpp"
#include "base/ids.hpp"
#include "net/address.hpp"
#include "net/tls/context.hpp"
#include "net/tls/pem.hpp"

namespace loquat::net::tls {
namespace {

void require(bool good) {
    if (!good) {
        throw Failure{Kind::internal, "tls.bad_certificate", "The certificate cannot be made."};
    }
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

void add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
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

void set_random_serial(X509* certificate) {
    std::uint8_t bytes[8];
    random_bytes(bytes, sizeof bytes);
    std::uint64_t serial = 0;
    std::memcpy(&serial, bytes, sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (serial >> 1) | 1);
}

}  // namespace

KeyPair make_self_signed(const std::vector<std::string>& names, int days) {
    require(!names.empty());
    const KeyPtr key{EVP_EC_gen("P-256")};
    const X509Ptr certificate{X509_new()};
    require(key && certificate);
    X509_set_version(certificate.get(), 2);
    set_random_serial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(days) * 86'400);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto* common = reinterpret_cast<const unsigned char*>(names.front().c_str());
    require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0) == 1);
    X509_set_issuer_name(certificate.get(), name);
    add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyCertSign");
    add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
    add_extension(certificate.get(), NID_subject_key_identifier, "hash");
    add_extension(certificate.get(), NID_subject_alt_name, alternative_names(names));
    require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

    const BioPtr certificate_text{BIO_new(BIO_s_mem())};
    const BioPtr key_text{BIO_new(BIO_s_mem())};
    require(certificate_text && key_text);
    require(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
    require(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                     nullptr) == 1);
    return {text_of(certificate_text.get()), text_of(key_text.get())};
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
