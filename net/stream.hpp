#pragma once
#include <sys/uio.h>
#include <boost/system/error_code.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "aio/loop.hpp"
#include "net/address.hpp"

namespace loquat::net {

namespace tls {
class ServerContext;
class ClientContext;
enum class Trouble : std::uint8_t;
}  // namespace tls

enum class Io : std::uint8_t {
    bytes,        // `bytes` were moved (at least one)
    would_block,  // wait for readable() or writable(), then try again
    closed,       // reading: the other side has finished; writing: it will take nothing more
    error,        // the connection is dead; `error` is the errno (EPROTO: the TLS session broke)
};
struct IoResult {
    Io state = Io::would_block;
    std::size_t bytes = 0;
    int error = 0;
};

class Socket;
enum class Way : std::uint8_t { read, write };
enum class Wake : std::uint8_t { ready, aborted };
using Waiter = std::move_only_function<void(Wake)>;

// One connected byte stream, plain TCP or TLS.  Movable; it may be handed from one owner to the
// next as long as nobody waits on it.  Everything on its loop's thread.  A plain idle stream takes
// about 150 bytes.
class Stream {
  public:
    Stream();
    // Takes over a connected, non-blocking descriptor.
    Stream(aio::Loop& loop, int fd, const Endpoint& peer);
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;
    ~Stream();

    bool is_open() const { return socket_ != nullptr; }

    // At once, never waiting.  A TLS handshake still under way is carried on by either.
    IoResult try_read(std::span<char> into);
    // Writes from the front of `parts`; it may take only some of it.
    IoResult try_write(std::span<const iovec> parts);
    IoResult try_write(std::string_view bytes);

    // Wait after would_block; they may also return early, so try again in a loop.  One waiter each.
    // Cancellation and `close` end them with operation_aborted; an error or a hang-up makes them
    // return.
    Task<void> readable();
    Task<void> writable();
    // The same as a single call from the loop, never from inside these functions.  `call` is
    // dropped when the stream is closed or destroyed.  With a `call` that captures at most two
    // pointers nothing is allocated.
    template <class Call>
    void on_readable(Call call) {
        wait(Way::read, wrap(std::move(call)));
    }
    template <class Call>
    void on_writable(Call call) {
        wait(Way::write, wrap(std::move(call)));
    }
    // Takes back a pending on_readable or on_writable.  False when there was none.
    bool forget_readable();
    bool forget_writable();
    // Ends both pending waits as if the stream were ready: for a timer that has set a flag.
    void wake();

    // False when a read would certainly block, as far as the loop has heard; costs nothing.
    bool may_be_readable() const;

    // Of a connect that was begun: would_block while it is under way (then writable), bytes once it
    // stands.
    IoResult finish_connect();

    // All of `bytes`, waiting as needed.  Throws Failure `net.closed` when the other side is gone.
    Task<void> write_all(std::string_view bytes);

    // No more will be written (FIN; TLS sends close_notify first).
    void shutdown_write();
    // Closes at once; `reset` drops what is unsent and sends RST.
    void close();
    void reset();

    // The other side has finished writing or is gone, as far as the loop has heard.  Data may still
    // be unread.
    bool is_hung_up() const;
    // Calls once when that happens, at once (from the loop) when it has.  One call; empty takes it
    // back.
    void on_hang_up(std::move_only_function<void()> call);

    const Endpoint& peer() const;
    bool is_tls() const;
    aio::Loop& loop() const;
    int fd() const;
    // Of TLS: DNS names of the certificate that the other side has shown; the view lives as long as
    // the stream.
    std::span<const std::string> peer_names() const;
    // Why TLS came to nothing; `none` while it did not, and without it.
    tls::Trouble tls_trouble() const;
    // The same for the log; empty where there is none.
    std::string tls_reason() const;
    // Bytes that TLS has decrypted but nobody has read; always 0 for plain ones.
    std::size_t buffered() const;

    // Before the first read: everything goes through TLS from now on, this side as the server.  A
    // client whose first byte is none of TLS is heard as it is; `is_tls` is false then.
    void start_tls(const tls::ServerContext& context);
    // As the client.  Ends when the certificate has been verified for `host`; throws Failure
    // `upstream.untrusted`, `upstream.unavailable`, `upstream.timeout`, and with a mutual context
    // what tls::code_for_caller says.
    Task<void> start_tls(std::shared_ptr<const tls::ClientContext> context, std::string host,
                         Steady deadline);

  private:
    template <class Call>
    static auto wrap(Call call) {
        return [call = std::move(call)](Wake why) mutable {
            if (why == Wake::ready) {
                call();
            }
        };
    }
    void wait(Way way, Waiter waiter);
    Task<void> until_ready(Way way);

    std::shared_ptr<Socket> socket_;
};

// Connects by TCP (TCP_NODELAY).  `host` is a name or a numeric address; the addresses of a name
// are tried in turn, but only those that `may` takes, where it is given: it is asked of what a name
// stands for at this moment. Throws Failure `upstream.unavailable` (refused, unknown name, no
// address that may be) and `upstream.timeout`.
using AddressRule = std::function<bool(const Address&)>;
// A connect that somebody may give up; it fails then with `upstream.unavailable`.  It outlives the
// connect.
struct ConnectHandle {
    void give_up();

    Stream* stream = nullptr;  // while it waits
    bool is_given_up = false;
};
struct ConnectOptions {
    AddressRule may = {};
    ConnectHandle* handle = nullptr;
};
Task<Stream> connect(aio::Loop& loop, std::string host, std::uint16_t port, Steady deadline,
                     ConnectOptions options = {});

}  // namespace loquat::net
