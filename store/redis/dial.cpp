#include "store/redis/dial.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include "aio/timer.hpp"
#include "base/redact.hpp"
#include "base/text.hpp"
#include "net/tls/context.hpp"
#include "net/tls/trouble.hpp"
#include "store/redis/failure.hpp"

namespace loquat::store {
namespace {

constexpr std::uint64_t oldest_major = 6;  // the first with access lists
constexpr std::size_t read_bytes = 16 * 1024;
constexpr const char* closed = " has closed the connection (does it want TLS: rediss://?)";

std::shared_ptr<const net::tls::ClientContext> context_of(const RedisTarget& target) {
    if (target.authority_file.empty()) {
        return net::tls::ClientContext::make();
    }
    std::ifstream in{target.authority_file};
    const std::string authorities{std::istreambuf_iterator<char>{in}, {}};
    if (authorities.empty()) {
        throw redis_unfit("The file of authorities for Redis cannot be read: " +
                          target.authority_file);
    }
    return net::tls::ClientContext::make_trusting(authorities);
}

// What net says, as a store says it.
Failure translated(const Failure& failure, const std::string& peer) {
    if (failure.code == "upstream.untrusted" || failure.code == "tls.bad_certificate") {
        return redis_denied("The certificate of Redis at " + peer + " is not trusted: " +
                            (failure.detail.empty() ? failure.message : failure.detail) +
                            " The URL's `?ca=FILE` names who has signed it.");
    }
    return redis_unavailable(peer + ": " +
                             (failure.detail.empty() ? failure.message : failure.detail));
}

Task<net::Stream> connect_to(aio::Loop& loop, RedisTarget::Host host, RedisTarget target,
                             Steady deadline) {
    const std::string peer = host.name + ":" + std::to_string(host.port);
    std::optional<Failure> failed;
    net::Stream stream;
    try {
        stream = co_await net::connect(loop, host.name, host.port, deadline);
        if (target.transport == RedisTransport::tls) {
            co_await stream.start_tls(context_of(target), host.name, deadline);
        }
        co_return stream;
    } catch (const Failure& failure) {
        if (is_refusal(failure)) {
            throw;
        }
        failed = translated(failure, peer);
    }
    if (stream.is_open() && !is_refusal(*failed)) {
        failed->detail += " (in the TLS handshake; redis:// is for a server without TLS)";
    }
    throw *std::move(failed);
}

bool is_denial(std::string_view error) {
    return error.starts_with("WRONGPASS") || error.starts_with("NOAUTH") ||
           error.starts_with("NOPERM") || error.starts_with("ERR invalid password") ||
           error.contains("without any password configured");
}

// `secret` has no business in what is said.
void refuse_error(const RedisReply& reply, const std::string& peer, const std::string& secret) {
    if (!reply.is_error()) {
        return;
    }
    const std::string words = hide_secret(reply.text, secret);
    if (is_denial(reply.text)) {
        throw redis_denied("Redis at " + peer + " refuses: " + words);
    }
    throw redis_unavailable(peer + ": " + words);
}

Task<void> sign_in(RedisConnection& connection, RedisTarget target, std::string name,
                   Steady deadline) {
    if (!target.password.empty()) {
        std::vector<std::string> auth{"AUTH"};
        if (!target.user.empty()) {
            auth.push_back(target.user);
        }
        auth.push_back(target.password);
        const RedisReply said = co_await connection.ask(std::move(auth), deadline);
        refuse_error(said, connection.peer(), target.password);
    }
    std::vector<std::string> select{"SELECT", std::to_string(target.database)};
    const RedisReply selected = co_await connection.ask(std::move(select), deadline);
    refuse_error(selected, connection.peer(), target.password);
    // Only for who looks at the server; an access list may forbid it.
    std::vector<std::string> called{"CLIENT", "SETNAME", std::move(name)};
    co_await connection.ask(std::move(called), deadline);
}

Task<RedisTarget::Host> ask_sentinel(aio::Loop& loop, RedisTarget::Host sentinel,
                                     RedisTarget target, Steady deadline) {
    const std::string peer = sentinel.name + ":" + std::to_string(sentinel.port);
    net::Stream stream = co_await connect_to(loop, sentinel, target, deadline);
    RedisConnection connection{std::move(stream), peer};
    if (!target.sentinel_password.empty()) {
        std::vector<std::string> auth{"AUTH", target.sentinel_password};
        const RedisReply said = co_await connection.ask(std::move(auth), deadline);
        refuse_error(said, peer, target.sentinel_password);
    }
    std::vector<std::string> where{"SENTINEL", "get-master-addr-by-name", target.master};
    const RedisReply said = co_await connection.ask(std::move(where), deadline);
    refuse_error(said, peer, target.sentinel_password);
    const auto port = said.items.size() == 2 ? parse_number(said.items[1].text) : std::nullopt;
    if (!port || *port > 65'535) {
        throw redis_unavailable("the Sentinel " + peer + " does not know " + target.master);
    }
    co_return RedisTarget::Host{said.items[0].text, static_cast<std::uint16_t>(*port)};
}

// The first Sentinel that knows decides; each has an equal share of the time.
Task<RedisTarget::Host> find_master(aio::Loop& loop, RedisTarget target, Steady deadline) {
    std::size_t left = target.hosts.size();
    std::optional<Failure> last;
    for (const RedisTarget::Host& sentinel : target.hosts) {
        const Steady now = std::chrono::steady_clock::now();
        const Steady share = now + (deadline - now) / static_cast<int>(left--);
        try {
            co_return co_await ask_sentinel(loop, sentinel, target, share);
        } catch (const Failure& failure) {
            last = failure;
        }
    }
    throw *std::move(last);
}

// `name:value` lines of INFO.
std::string_view fact_of(std::string_view info, std::string_view name) {
    for (std::string_view line : split(info, '\n')) {
        line = trim(line);
        if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
            return line.substr(name.size() + 1);
        }
    }
    return {};
}

std::string judge_memory(std::string_view info, const std::string& peer) {
    const std::string policy{fact_of(info, "maxmemory_policy")};
    const bool is_bounded = parse_number(fact_of(info, "maxmemory")).value_or(0) > 0;
    if (policy.starts_with("allkeys") && is_bounded) {
        throw redis_unfit("Redis at " + peer + " has maxmemory-policy " + policy +
                          ": it would drop locks and limits when its memory is full. Set "
                          "maxmemory-policy noeviction.");
    }
    return policy.empty() || policy == "noeviction"
               ? ""
               : "maxmemory-policy " + policy +
                     " drops locks and limits when its memory is full; noeviction does not";
}

}  // namespace

Task<RedisReply> RedisConnection::receive() {
    std::array<char, read_bytes> bytes;
    while (true) {
        std::optional<RedisReply> reply = replies_.next();
        if (reply) {
            co_return *std::move(reply);
        }
        const net::IoResult got = stream_.try_read(bytes);
        if (got.state == net::Io::bytes) {
            replies_.feed({bytes.data(), got.bytes});
        } else if (got.state == net::Io::would_block) {
            co_await stream_.readable();
        } else {
            throw redis_unavailable(peer_ + closed);
        }
    }
}

Task<RedisReply> RedisConnection::ask(std::vector<std::string> args, Steady deadline) {
    bool is_late = false;
    aio::Timer timer{[this, &is_late] {
        is_late = true;
        stream_.reset();
    }};
    const Steady now = std::chrono::steady_clock::now();
    timer.start(stream_.loop(),
                std::max(std::chrono::milliseconds{0},
                         std::chrono::ceil<std::chrono::milliseconds>(deadline - now)));
    std::string command;
    append_command(command, args);
    std::exception_ptr error;
    try {
        co_await stream_.write_all(command);
        RedisReply reply = co_await receive();
        co_return reply;
    } catch (...) {
        error = std::current_exception();
    }
    if (is_late) {
        throw redis_unavailable(peer_ + " accepts connections and does not answer");
    }
    try {
        std::rethrow_exception(error);
    } catch (const Failure& failure) {
        throw failure.code == "net.closed" ? redis_unavailable(peer_ + closed) : failure;
    }
}

Task<std::unique_ptr<RedisConnection>> dial_redis(aio::Loop& loop, RedisTarget target,
                                                  std::string name, Steady deadline) {
    RedisTarget::Host host = target.hosts.front();
    if (target.has_sentinels()) {
        host = co_await find_master(loop, target, deadline);
    }
    const std::string peer = host.name + ":" + std::to_string(host.port);
    net::Stream stream = co_await connect_to(loop, host, target, deadline);
    auto connection = std::make_unique<RedisConnection>(std::move(stream), peer);
    co_await sign_in(*connection, target, std::move(name), deadline);
    co_return connection;
}

Task<std::string> judge_redis(RedisConnection& connection, RedisUse use, Steady deadline) {
    std::vector<std::string> args{"INFO"};
    const RedisReply said = co_await connection.ask(std::move(args), deadline);
    const std::string& peer = connection.peer();
    if (said.is_error() && said.text.starts_with("NOPERM")) {
        co_return "its user may not ask INFO, so nobody has looked whether it will do";
    }
    refuse_error(said, peer, {});
    const std::string_view info = said.text;
    const std::string version{fact_of(info, "redis_version")};
    const auto major = parse_number(version.substr(0, version.find('.')));
    if (!major || *major < oldest_major) {
        throw redis_unfit("Redis at " + peer + " is version " + version +
                          "; Loquat needs 6 or newer.");
    }
    if (fact_of(info, "cluster_enabled") == "1") {
        throw redis_unfit("Redis at " + peer +
                          " is a node of a Cluster, whose redirections Loquat does not follow: use "
                          "one server, or Sentinels.");
    }
    if (fact_of(info, "loading") == "1" || fact_of(info, "role") == "slave") {
        throw redis_unavailable(peer + " is loading its data, or follows another server");
    }
    co_return use == RedisUse::keys ? judge_memory(info, peer) : std::string{};
}

}  // namespace loquat::store
