#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/alarm.hpp"
#include "net/http/client.hpp"

// Only for net/http itself.
namespace loquat::net::http {

struct Upstream;

struct OriginHash {
    std::size_t operator()(const Origin& origin) const noexcept {
        return std::hash<std::string>{}(origin.host) ^
               (static_cast<std::size_t>(origin.port) << 1) ^
               static_cast<std::size_t>(origin.scheme);
    }
};

struct OriginPool {
    std::vector<std::unique_ptr<Upstream>> idle;  // the one used last is at the back
    std::size_t open = 0;                         // idle, in use, and being connected
    bool is_left = false;                         // what is given back is closed
};
using OriginPools = std::unordered_map<Origin, OriginPool, OriginHash>;

// One connection to an origin: in use by one call, or idle in its pool.
struct Upstream final : Alarm {
    Upstream(ClientState& of, OriginPools::iterator at);
    ~Upstream();

    // Nothing has been heard on it since it became idle.
    bool is_quiet();
    // Wakes who waits; an idle one leaves the pool.
    void on_alarm() override;

    ClientState& client;
    OriginPools::iterator place;
    Stream stream;
    bool used_before = false;
    bool idle = false;
    bool timed_out = false;
};

// What a call needs; kept for the next one when it ends.
struct CallState {
    explicit CallState(const ClientConfig& config);

    void reset();
    std::string_view unread() const { return {buffer.get() + begin, end - begin}; }

    ClientState* client = nullptr;
    const Origin* origin = nullptr;
    Steady deadline;
    std::unique_ptr<Upstream> upstream;
    ResponseHead head;
    ResponseParser parser;
    ChunkedDecoder chunks;
    std::string method;
    std::string out;
    std::size_t capacity;
    std::unique_ptr<char[]> buffer;
    std::size_t begin = 0;  // bytes [begin, end) are read but not used
    std::size_t end = 0;
    std::size_t body_base = 0;    // behind the head
    std::uint64_t body_left = 0;  // of the answer, Framing::length
    std::uint64_t request_left = 0;
    std::string_view replay_body;
    bool may_replay = false;
    bool request_chunked = false;
    bool sending_broke = false;  // the answer may still tell why
    bool received = false;       // at least one byte of an answer
    bool body_done = false;
    bool canceled = false;
    ConnectHandle connecting = {};
};

struct ClientState {
    ClientState(aio::Loop& on, ClientConfig with) : loop(on), config(std::move(with)) {}
    ~ClientState();

    // A pooled connection, or none.
    std::unique_ptr<Upstream> take_idle(const Origin& origin);
    Task<std::unique_ptr<Upstream>> connect(const Origin& origin, Steady deadline,
                                            ConnectHandle& handle);
    void give_back(std::unique_ptr<Upstream> upstream);
    void leave(const Origin& origin);
    std::unique_ptr<CallState> take_call();
    void keep_call(std::unique_ptr<CallState> call);

    aio::Loop& loop;
    ClientConfig config;
    OriginPools pools;  // an origin without connections has none
    std::vector<std::unique_ptr<CallState>> calls;
    ClientCounts counts;
};

}  // namespace loquat::net::http
