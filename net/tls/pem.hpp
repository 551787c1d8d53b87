#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <new>
#include <string>
#include <vector>

// Owners of OpenSSL's objects.  Only for net/ itself.
namespace loquat::net::tls {

template <auto release>
struct Release {
    template <class Object>
    void operator()(Object* object) const {
        release(object);
    }
};
using BioPtr = std::unique_ptr<BIO, Release<BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Release<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;

// Reads from `text`, which must live on.
inline BioPtr bio_of(const std::string& text) {
    BioPtr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    if (!bio) {
        throw std::bad_alloc{};
    }
    return bio;
}

// The next one; null at the end, and for what is none.  OpenSSL's list of errors then says why.
inline X509Ptr read_certificate(BIO* from) {
    return X509Ptr{PEM_read_bio_X509(from, nullptr, nullptr, nullptr)};
}
// Null for what is none, and for one behind a passphrase: nobody is there to be asked for it.
inline KeyPtr read_private_key(BIO* from) {
    constexpr auto no_passphrase = [](char*, int, int, void*) { return -1; };
    return KeyPtr{PEM_read_bio_PrivateKey(from, nullptr, no_passphrase, nullptr)};
}

// Of the subject alternative names; in authority.cpp.
std::vector<std::string> dns_names_of(const X509* certificate);

}  // namespace loquat::net::tls
