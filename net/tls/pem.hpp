#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <new>
#include <string>

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

}  // namespace loquat::net::tls
