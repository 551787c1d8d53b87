#include "services/registry/adapters/http_peer.hpp"

#include "base/failure.hpp"
#include "base/redact.hpp"
#include "runtime/calls/caller_header.hpp"

namespace loquat::registry {
namespace {

constexpr std::size_t answer_bytes_max = 128 * 1024 * 1024;

}  // namespace

HttpPeer::HttpPeer(aio::Loop& loop, const std::string& url, std::string key,
                   const runtime::PlatformTls& tls)
    : client_(loop, tls.for_calls({.connect_time_max = std::chrono::milliseconds{1'000},
                                   .head_time_max = std::chrono::milliseconds{5'000},
                                   .body_stall_max = std::chrono::milliseconds{5'000},
                                   .body_bytes_max = answer_bytes_max},
                                  "registry")),
      key_(std::move(key)) {
    auto address = runtime::RegistryAddress::parse(url);
    if (!address) {
        throw Failure{Kind::invalid, "config.bad_url",
                      hide_credentials(url) + " is not of the form http://host:port"};
    }
    address_ = std::move(*address);
    const bool is_secure = address_.origin.scheme == net::http::Scheme::https;
    name_ = (is_secure ? "https://" : "http://") + address_.origin.authority();
}

Task<PeerAnswer> HttpPeer::ask(net::http::ClientRequest request, Steady deadline) {
    request.origin = address_.origin;
    request.headers.append("Accept", "application/json");
    request.headers.append("x-netflix-discovery-replication", "true");
    if (!key_.empty()) {
        request.headers.append(std::string{runtime::internal_key_field}, key_);
    }
    if (!address_.credentials.empty()) {
        request.headers.append("Authorization", address_.credentials);
    }
    request.replay = net::http::Replay::allowed;
    net::http::ClientResponse answer = co_await client_.request(std::move(request), deadline);
    co_return PeerAnswer{.status = answer.status,
                         .is_starting = answer.headers.get("X-Loquat-Registry") == "starting",
                         .body = std::move(answer.body)};
}

Task<PeerAnswer> HttpPeer::send_batch(std::string body, Steady deadline) {
    net::http::ClientRequest request{
        .method = "POST", .target = "/eureka/peerreplication/batch/", .body = std::move(body)};
    request.headers.append("Content-Type", "application/json");
    co_return co_await ask(std::move(request), deadline);
}

Task<PeerAnswer> HttpPeer::fetch_all(Steady deadline) {
    net::http::ClientRequest request{.target = "/eureka/apps/"};
    co_return co_await ask(std::move(request), deadline);
}

}  // namespace loquat::registry
