#include "net/tls/context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <fstream>
#include <span>
#include <sstream>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "net/tls/pem.hpp"

namespace loquat::net::tls {
namespace {

constexpr unsigned char http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr unsigned char http_2_and_1_1[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

Failure bad_certificate(const char* what) {
    char text[256];
    ERR_error_string_n(ERR_get_error(), text, sizeof text);
    return Failure{Kind::internal, "tls.bad_certificate", what, text};
}

// A client that offers protocols, but not ours, is refused (RFC 7301 section 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* has_http2) {
    const std::span<const unsigned char> ours =
        has_http2 != nullptr ? std::span<const unsigned char>{http_2_and_1_1} : http_1_1;
    unsigned char* found = nullptr;
    const int result =
        SSL_select_next_proto(&found, chosen_size, ours.data(), static_cast<unsigned>(ours.size()),
                              offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

SSL_CTX* make_common(const SSL_METHOD* method) {
    SSL_CTX* context = SSL_CTX_new(method);
    if (context == nullptr) {
        throw bad_certificate("TLS cannot be started.");
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    return context;
}

std::string read_file(const std::string& name) {
    std::ifstream file{name, std::ios::binary};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        throw Failure{Kind::internal, "tls.bad_file", "The file " + name + " cannot be read."};
    }
    return std::move(text).str();
}

void use_certificates(SSL_CTX* context, const std::string& text) {
    const BioPtr bio = bio_of(text);
    const X509Ptr first = read_certificate(bio.get());
    if (!first || SSL_CTX_use_certificate(context, first.get()) != 1) {
        throw bad_certificate("The certificate cannot be used.");
    }
    for (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr); next != nullptr;
         next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
        if (SSL_CTX_add0_chain_cert(context, next) != 1) {
            X509_free(next);
            throw bad_certificate("The certificate chain cannot be used.");
        }
    }
    ERR_clear_error();  // the end of the text is reported as an error
}

void use_pair(SSL_CTX* context, const KeyPair& pair) {
    use_certificates(context, pair.certificates);
    const BioPtr bio = bio_of(pair.private_key);
    const KeyPtr key = read_private_key(bio.get());
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        throw bad_certificate("The private key does not belong to the certificate.");
    }
}

void trust_only(SSL_CTX* context, const std::string& certificates) {
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    const BioPtr bio = bio_of(certificates);
    int count = 0;
    for (X509Ptr next = read_certificate(bio.get()); next; next = read_certificate(bio.get())) {
        X509_STORE_add_cert(store, next.get());
        ++count;
    }
    if (count == 0) {
        throw bad_certificate("There is no certificate to trust.");
    }
    ERR_clear_error();
}

void be_mutual(SSL_CTX* context, const KeyPair& pair, const std::string& authorities) {
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    use_pair(context, pair);
    trust_only(context, authorities);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

}  // namespace

KeyPair read_key_pair(const std::string& certificate_file, const std::string& key_file) {
    return {read_file(certificate_file), read_file(key_file)};
}

std::shared_ptr<const ServerContext> ServerContext::make(const KeyPair& pair, Offer offer) {
    std::shared_ptr<ServerContext> made{new ServerContext{make_common(TLS_server_method())}};
    SSL_CTX* context = made->native();
    use_pair(context, pair);
    static constexpr unsigned char session_name[] = "loquat";
    SSL_CTX_set_session_id_context(context, session_name, sizeof session_name - 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);  // tickets only: nothing kept here
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Of TLS 1.2 only what TLS 1.3 has too: forward secrecy and authenticated encryption (RFC 9325
    // section 4.2).
    LOQUAT_CHECK(SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1,
                 "OpenSSL has the suites that browsers have");
    SSL_CTX_set_alpn_select_cb(context, choose_protocol,
                               offer == Offer::http2 ? made.get() : nullptr);
    return made;
}

std::shared_ptr<const ServerContext> ServerContext::make_mutual(const KeyPair& pair,
                                                                const std::string& authorities) {
    std::shared_ptr<ServerContext> made{new ServerContext{make_common(TLS_server_method())}};
    SSL_CTX* context = made->native();
    be_mutual(context, pair, authorities);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    return made;
}

ServerContext::~ServerContext() { SSL_CTX_free(context_); }

std::shared_ptr<const ClientContext> ClientContext::make() {
    std::shared_ptr<const ClientContext> made{new ClientContext{make_common(TLS_client_method())}};
    SSL_CTX_set_default_verify_paths(made->native());
    SSL_CTX_set_verify(made->native(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_alpn_protos(made->native(), http_1_1, sizeof http_1_1);
    return made;
}

std::shared_ptr<const ClientContext> ClientContext::make_trusting(const std::string& certificates) {
    std::shared_ptr<const ClientContext> made{new ClientContext{make_common(TLS_client_method())}};
    trust_only(made->native(), certificates);
    SSL_CTX_set_verify(made->native(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_alpn_protos(made->native(), http_1_1, sizeof http_1_1);
    return made;
}

std::shared_ptr<const ClientContext> ClientContext::make_mutual(const KeyPair& pair,
                                                                const std::string& authorities) {
    std::shared_ptr<ClientContext> made{new ClientContext{make_common(TLS_client_method())}};
    be_mutual(made->native(), pair, authorities);
    SSL_CTX_set_alpn_protos(made->native(), http_1_1, sizeof http_1_1);
    made->is_mutual_ = true;
    return made;
}

ClientContext::~ClientContext() { SSL_CTX_free(context_); }

}  // namespace loquat::net::tls
