#include "store/log/rabbitmq/amqp_connection.hpp"

// What of a connection is TLS.
namespace loquat::store {

void AmqpConnection::give_up(const std::string& why) {
    close();
    throw Failure{Kind::unavailable, amqp_refusal, "RabbitMQ cannot be used: " + why + "."};
}

amqp_socket_t* AmqpConnection::make_socket() {
    if (target_.url.scheme != "amqps") {
        return amqp_.tcp_socket_new(connection_);
    }
    amqp_socket_t* const made = amqp_.ssl_socket_new(connection_);
    if (made == nullptr) {
        return nullptr;
    }
    const auto& options = target_.url.options;
    const auto option = [&options](const char* name) {
        const auto found = options.find(name);
        return found == options.end() ? std::string{} : found->second;
    };
    const std::string authority = option("cacertfile");
    const bool is_verified = option("verify") != "verify_none";
    amqp_.ssl_socket_set_verify_peer(made, is_verified ? 1 : 0);
    amqp_.ssl_socket_set_verify_hostname(made, is_verified ? 1 : 0);
    const std::string trusted =
        authority.empty() ? "/etc/ssl/certs/ca-certificates.crt" : authority;
    if (is_verified && amqp_.ssl_socket_set_cacert(made, trusted.c_str()) != AMQP_STATUS_OK) {
        give_up("the certificates in " + trusted + " cannot be read: cacertfile=FILE of the URL");
    }
    const std::string certificate = option("certfile");
    if (!certificate.empty() &&
        amqp_.ssl_socket_set_key(made, certificate.c_str(), option("keyfile").c_str()) !=
            AMQP_STATUS_OK) {
        give_up("the key of " + certificate + " cannot be read: keyfile=FILE of the URL");
    }
    return made;
}

void AmqpConnection::refuse_handshake(int status, const ServerAddress& address) {
    const std::string peer = address.host + ":" + std::to_string(address.port);
    if (status == AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED) {
        give_up("the certificate of " + peer +
                " is of another host. The library looks at names alone: an address in a "
                "certificate counts for nothing, so the URL has the name of the host");
    }
    if (status == AMQP_STATUS_SSL_CONNECTION_FAILED ||
        status == AMQP_STATUS_SSL_PEER_VERIFY_FAILED) {
        give_up("the TLS handshake with " + peer +
                " failed: its certificate is not trusted (cacertfile=FILE of the URL names who "
                "has signed it), or it speaks no TLS there (amqp://)");
    }
}

}  // namespace loquat::store
