#include "net/tls/session.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <new>

#include "net/socket.hpp"
#include "net/tls/context.hpp"
#include "net/tls/pem.hpp"

namespace loquat::net::tls {
namespace {

constexpr std::size_t record_max = 16 * 1024;

Socket& socket_of(BIO* bio) { return *static_cast<Socket*>(BIO_get_data(bio)); }

int bio_read(BIO* bio, char* into, int size) {
    BIO_clear_retry_flags(bio);
    const IoResult result = socket_of(bio).receive({into, static_cast<std::size_t>(size)});
    if (result.state == Io::bytes) {
        return static_cast<int>(result.bytes);
    }
    if (result.state == Io::would_block) {
        BIO_set_retry_read(bio);
        return -1;
    }
    return result.state == Io::closed ? 0 : -1;
}

int bio_write(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    const iovec part{const_cast<char*>(from), static_cast<std::size_t>(size)};
    const IoResult result = socket_of(bio).send({&part, 1});
    if (result.state == Io::bytes) {
        return static_cast<int>(result.bytes);
    }
    if (result.state == Io::would_block) {
        BIO_set_retry_write(bio);
    }
    return -1;
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* method() {
    static BIO_METHOD* const made = [] {
        BIO_METHOD* fresh =
            BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "loquat socket");
        BIO_meth_set_read(fresh, bio_read);
        BIO_meth_set_write(fresh, bio_write);
        BIO_meth_set_ctrl(fresh, bio_control);
        return fresh;
    }();
    return made;
}

SSL* make_ssl(Socket& socket, SSL_CTX* context) {
    SSL* ssl = SSL_new(context);
    BIO* bio = BIO_new(method());
    if (ssl == nullptr || bio == nullptr) {
        throw std::bad_alloc{};
    }
    BIO_set_data(bio, &socket);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    return ssl;
}

}  // namespace

Session::Session(Socket& socket, const ServerContext& context)
    : socket_(socket), ssl_(make_ssl(socket, context.native())), has_looked_(false) {
    SSL_set_accept_state(ssl_);
}

Session::Session(Socket& socket, const ClientContext& context, const std::string& host)
    : socket_(socket), ssl_(make_ssl(socket, context.native())) {
    SSL_set_connect_state(ssl_);
    if (Address::parse(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
    } else {
        SSL_set_hostflags(ssl_, context.is_mutual() ? X509_CHECK_FLAG_NO_WILDCARDS |
                                                          X509_CHECK_FLAG_NEVER_CHECK_SUBJECT
                                                    : X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        SSL_set1_host(ssl_, host.c_str());
        SSL_set_tlsext_host_name(ssl_, host.c_str());
    }
}

Session::~Session() { SSL_free(ssl_); }

Handshake Session::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_);
    if (result == 1) {
        return Handshake::done;
    }
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
            return Handshake::wants_read;
        case SSL_ERROR_WANT_WRITE:
            return Handshake::wants_write;
        default:
            break_off();
            return SSL_get_verify_result(ssl_) == X509_V_OK ? Handshake::failed
                                                            : Handshake::untrusted;
    }
}

IoResult Session::judge(int result) {
    switch (SSL_get_error(ssl_, result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return {};
        case SSL_ERROR_ZERO_RETURN:
            return {Io::closed};
        default:
            break_off();
            return {Io::error, 0, EPROTO};
    }
}

void Session::break_off() {
    broken_ = true;
    const long verified = SSL_get_verify_result(ssl_);
    const unsigned long error = ERR_peek_last_error();
    trouble_ = trouble_of(verified, error);
    if (verified != X509_V_OK) {
        reason_ = X509_verify_cert_error_string(verified);
        return;
    }
    char text[256];
    ERR_error_string_n(error, text, sizeof text);
    reason_ = error == 0 ? "the connection ended" : text;
}

// Before OpenSSL has read anything: what it reads meanwhile would make a later byte the first.
// Who leaves without one is no trouble of TLS: it only looked whether somebody listens.
IoResult Session::look_at_first_byte() {
    char first = 0;
    const IoResult result = socket_.peek(first);
    if (result.state == Io::bytes) {
        constexpr char handshake_record = 22;
        has_looked_ = true;
        is_plain_ = first != handshake_record;
    }
    return result;
}

std::span<const std::string> Session::peer_names() {
    if (!has_names_ && !is_plain_ && SSL_is_init_finished(ssl_) == 1) {
        has_names_ = true;
        if (const X509* certificate = SSL_get0_peer_certificate(ssl_)) {
            names_ = dns_names_of(certificate);
        }
    }
    return names_;
}

IoResult Session::read(std::span<char> into) {
    if (broken_) {
        return {Io::error, 0, EPROTO};
    }
    if (!has_looked_) {
        const IoResult looked = look_at_first_byte();
        if (!has_looked_) {
            return looked;
        }
    }
    if (is_plain_) [[unlikely]] {
        return socket_.receive(into);
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_, into.data(), into.size(), &count);
    return result == 1 ? IoResult{Io::bytes, count} : judge(result);
}

IoResult Session::write(std::span<const iovec> parts) {
    if (broken_) {
        return {Io::error, 0, EPROTO};
    }
    if (is_plain_) [[unlikely]] {
        return socket_.send(parts);
    }
    static thread_local char joined[record_max];
    const void* from = nullptr;
    std::size_t size = 0;
    if (parts.size() == 1 || parts[0].iov_len >= record_max) {
        from = parts[0].iov_base;
        size = std::min(parts[0].iov_len, record_max);
    } else {
        for (const iovec& part : parts) {
            const std::size_t taken = std::min(part.iov_len, record_max - size);
            std::copy_n(static_cast<const char*>(part.iov_base), taken, joined + size);
            size += taken;
        }
        from = joined;
    }
    if (size == 0) {
        return {};
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(ssl_, from, size, &count);
    return result == 1 ? IoResult{Io::bytes, count} : judge(result);
}

void Session::say_goodbye() {
    if (!broken_ && SSL_is_init_finished(ssl_) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_);
    }
}

std::size_t Session::buffered() const { return static_cast<std::size_t>(SSL_pending(ssl_)); }

}  // namespace loquat::net::tls
